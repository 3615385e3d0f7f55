"""Correct the usual mistakes in YAML that people write, and report them in words that these people
understand.

A YAML parser stops at the first line that it cannot read, and its message describes the parser's state. So
each line near that place is changed to what its writer may have meant. If the parser then gets further, the
change is proposed as the cure.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ringup.errors import Problem

MOST_FAULTS = 20
"""Maximum number of mistakes that are corrected in one file, because the file is parsed again for each
attempt.
"""
AHEAD = 3
"""Number of lines after the error that an attempt parses.

With too few lines, a missing end would look like a correction.
"""
LINES_BACK = 3
"""Number of lines before the error that are changed as an attempt.

For example, the parser notices a comment that begins with ``;`` only on the lines after the comment.
"""

_TAB = re.compile(r"[ ]*\t[ \t]*")
_SEMICOLON = re.compile(r"\s*;")
_VALUE = re.compile(r"""(?P<key>\s*(?:- +)*[A-Za-z_][\w.]*:[ ]+)(?P<value>[^\s"'\[{&*!|>%@`#].*?)\s*$""")
_DASH = re.compile(r"[ ]*-[ ]+")


class _Mend(NamedTuple):
    line: str
    """The corrected line."""
    what: str
    cure: str


Find = Callable[[Sequence[str], int], Iterator[_Mend]]
"""Yields corrections of the line with this index."""


def mend(text: str, name: str, fault_at: Callable[[str], int | None]) -> tuple[str, list[Problem]]:
    """Return the text with its usual mistakes corrected, and a problem for each; the number of lines does not
    change.

    `fault_at` returns the line, counted from 0, at which a parser stops, or None. The corrections end at the
    first mistake of another kind, which stays in the text.
    """
    lines, problems = text.split("\n"), list[Problem]()
    while (place := fault_at("\n".join(lines))) is not None and len(problems) < MOST_FAULTS:
        found = _mended(lines, place, fault_at)
        if found is None:
            break
        index, chosen = found
        lines[index] = chosen.line
        problems.append(Problem(f"{name}:{index + 1}", chosen.what, chosen.cure))
    return "\n".join(lines), problems


def _mended(lines: list[str], place: int, fault_at: Callable[[str], int | None]) -> tuple[int, _Mend] | None:
    """Return the first correction with which the parser gets further, and the index of its line; None if
    there is none.
    """
    skipped, near = _near(lines, place, fault_at)
    here = place - skipped
    for find in _USUAL:
        for index in range(min(here, len(near) - 1), max(-1, here - LINES_BACK), -1):
            for tried in find(near, index):
                after = fault_at("\n".join([*near[:index], tried.line, *near[index + 1 :]]))
                if after is None or after > here:
                    return index + skipped, tried
    return None


def _near(lines: list[str], place: int, fault_at: Callable[[str], int | None]) -> tuple[int, list[str]]:
    """Return a part of the file that has the same fault, and the number of lines before the part that were
    left out.

    `place` is the line of the fault. The part is the last record before that line with its heading, so that
    an attempt takes no longer in a long file. If this record alone does not show the fault, the part is the
    complete file up to that line.
    """
    end, back = place + AHEAD, max(0, place - LINES_BACK)
    heading = max((n for n in range(back) if lines[n][:1].isalpha()), default=0)
    dashes = [n for n in range(heading + 1, back) if _DASH.match(lines[n])]
    width = min((len(lines[n]) - len(lines[n].lstrip(" ")) for n in dashes), default=0)
    record = max((n for n in dashes if lines[n].startswith(f"{' ' * width}-")), default=heading + 1)
    near, skipped = [lines[heading], *lines[record:end]], record - 1
    if fault_at("\n".join(near)) == place - skipped:
        return skipped, near
    return 0, lines[:end]


def _semicolons(lines: Sequence[str], index: int) -> Iterator[_Mend]:
    if _SEMICOLON.match(lines[index]):
        commented = lines[index].replace(";", "#", 1)
        yield _Mend(commented, "a comment does not begin with a semicolon.", "Begin it with # instead of ;.")


def _tabs(lines: Sequence[str], index: int) -> Iterator[_Mend]:
    if found := _TAB.match(lines[index]):
        rest = lines[index][found.end() :]
        for width in _widths(lines, index):
            yield _Mend(
                " " * width + rest, "the line is indented with a tab.", f"Write {width} spaces instead."
            )


def _colons(lines: Sequence[str], index: int) -> Iterator[_Mend]:
    if (found := _VALUE.match(lines[index])) and ": " in f"{found['value']} ":
        quoted = '"' + found["value"].replace("\\", "\\\\").replace('"', '\\"') + '"'
        key = found["key"].strip().removeprefix("- ")
        yield _Mend(found["key"] + quoted, "the value has a colon.", f"Put it in quotes: {key} {quoted}")


def _indentation(lines: Sequence[str], index: int) -> Iterator[_Mend]:
    rest = lines[index].lstrip(" ")
    width = len(lines[index]) - len(rest)
    for wanted in _widths(lines, index):
        if rest and wanted != width:
            what = f"the line is indented by {width} spaces, which fits no line above it."
            yield _Mend(" " * wanted + rest, what, f"Indent it by {wanted}.")


_USUAL: tuple[Find, ...] = (_tabs, _semicolons, _colons, _indentation)


def _widths(lines: Sequence[str], index: int) -> list[int]:
    """Return the indentations of the lines around this one, the nearest first, including those after a
    dash.
    """
    widths: list[int] = []
    for near in (
        *reversed(lines[max(0, index - LINES_BACK) : index]),
        *lines[index + 1 : index + 1 + LINES_BACK],
    ):
        if near.strip() and not _TAB.match(near):
            dash = _DASH.match(near)
            widths += [dash.end()] if dash else []
            widths.append(len(near) - len(near.lstrip(" ")))
    return [*dict.fromkeys(widths)]
