"""Show the results of the rules as text in 80 columns, or as plain data for programs."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ringup.finding import ERROR, WARNING, Severity
from ringup.rule import Found, Result

WIDTH = 80
SUBJECT_COLUMNS = 24
"""Width of the mark, the subject and two spaces."""

MARKS: dict[Severity | None, str] = {ERROR: "✗", WARNING: "!", None: "✓"}
UNKNOWN_MARK = "–"

_COMMAND_INDENT = " " * 6


def lines(results: Sequence[Result], *, quiet: bool = False) -> Iterator[str]:
    """Yield the lines of all results; with `quiet`, only of those with a fault."""
    for result in results:
        if result.state == "found":
            for number, (severity, found) in enumerate(result.found):
                yield from _found(MARKS[severity], "" if number else result.subject, found)
        elif not quiet and result.state != "waiting":
            mark = UNKNOWN_MARK if result.state == "unknown" else MARKS[None]
            yield from _wrapped(mark, result.subject, result.note)


def _found(mark: str, subject: str, found: Found) -> Iterator[str]:
    yield from _wrapped(mark, subject, f"{found.what} {found.cure}")
    for command in found.commands:
        yield from _command(command)


def _wrapped(mark: str, subject: str, text: str) -> list[str]:
    head = f"{mark} {subject}".ljust(SUBJECT_COLUMNS - 2) + "  "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * SUBJECT_COLUMNS,
        break_on_hyphens=False,
    ) or [head.rstrip()]


def _command(command: str) -> list[str]:
    """Yield a command on a line of its own; a long command continues after a backslash, so that it can be
    pasted.
    """
    room = WIDTH - len(_COMMAND_INDENT)
    if len(command) <= room:
        return [_COMMAND_INDENT + command]
    parts = textwrap.wrap(command, room - 6, break_long_words=False, break_on_hyphens=False)
    rows = [f"{_COMMAND_INDENT}{part} \\" for part in parts]
    return [rows[0], *(f"    {row}" for row in rows[1:-1]), f"{_COMMAND_INDENT}    {parts[-1]}"]


def summary(results: Sequence[Result]) -> str:
    """Return the last line."""
    counts = Counter(severity for result in results for severity, _ in result.found)
    faults = [
        f"{counts[kind]} {kind}{'' if counts[kind] == 1 else 's'}"
        for kind in (ERROR, WARNING)
        if counts[kind]
    ]
    waiting = sum(result.state == "waiting" for result in results)
    later = (
        f" {waiting} checks must wait until that is repaired."
        if waiting > 1
        else " 1 check must wait until that is repaired."
        if waiting
        else ""
    )
    return f"{' and '.join(faults)}.{later}" if faults else "No fault was found."


def has_errors(results: Sequence[Result]) -> bool:
    """Return whether a fault would make a phone fail."""
    return any(result.worst is ERROR for result in results)


def record(results: Sequence[Result]) -> dict[str, Any]:
    """Return all results as plain data."""
    return {"ok": not has_errors(results), "checks": [_row(result) for result in results]}


def _row(result: Result) -> dict[str, Any]:
    return {
        "code": result.code,
        "subject": result.subject,
        "state": result.state,
        "note": result.note,
        "found": [
            {
                "severity": severity,
                "what": found.what,
                "cure": found.cure,
                "commands": list(found.commands),
            }
            for severity, found in result.found
        ],
    }
