"""Describe a plan, for a terminal or as Markdown: first the numbers, then the effects on phones, then the
files.
"""

from collections.abc import Iterable, Iterator, Sequence

from ringup.change.file_diff import FileDiff
from ringup.change.plan import Count, Plan

MOST_NAMED = 5
"""Maximum number of records that a line names; further records are only counted."""
MOST_FILES = 20
"""Maximum number of files whose diff is shown without --verbose."""


def count_lines(plan: Plan) -> Iterator[str]:
    """Yield a line per kind of record: ``phones: 2 added, 1 removed (001646C0FFEE), 297 unchanged``."""
    for count in plan.counts:
        if count.kind == "site":
            yield "site: changed"
        else:
            yield f"{count.kind}s: {', '.join(_parts(plan, count))}{_groups(plan, count)}"


def _parts(plan: Plan, count: Count) -> Iterator[str]:
    for name in ("added", "changed", "removed", "unchanged"):
        if number := getattr(count, name):
            yield f"{number} {name}{_removed(plan, count.kind) if name == 'removed' else ''}"


def _removed(plan: Plan, kind: str) -> str:
    """Return the names of the removed records, because a phone that was omitted from a file by mistake is
    removed.
    """
    names = (name.partition(" ") for name, how in plan.changes.kinds() if how == "removed")
    return f" ({_some([name for own, _, name in names if own == kind])})"


def _groups(plan: Plan, count: Count) -> str:
    if count.kind != "phone" or not plan.groups:
        return ""
    return f"; in groups: {_some([f'{group.name} {group.phones}' for group in plan.groups])}"


def effect_lines(plan: Plan) -> Iterator[str]:
    """Yield a line for each effect on phones and calls."""
    if plan.restarts:
        yield f"{_phones(plan.restarts)} must restart to follow: {_some(plan.restarts)}"
    if plan.refreshes:
        yield f"{_phones(plan.refreshes)} must read the dial template again: {_some(plan.refreshes)}"
    if plan.registrations:
        dropped = [f"{each.extension} ({each.reason})" for each in plan.registrations]
        yield f"{_count(dropped, 'registration')} dropped: {_some(dropped)}"
    if plan.calls:
        calls = [f"{call.extension} with {call.to}" for call in plan.calls]
        yield f"{_count(calls, 'call')} in the way: {_some(calls)}"


def unsafe_lines(plan: Plan) -> Iterator[str]:
    """Yield the reasons to ask the operator before the change is made."""
    return (found.sentence for found in plan.unsafe)


def file_lines(plan: Plan, most: int = MOST_FILES) -> Iterator[str]:
    """Yield every changed file with its number of lines; the first `most` files have their diffs."""
    for number, file in enumerate(plan.files):
        yield file_line(file)
        if number < most:
            yield from file.diff.splitlines()
    if len(plan.files) > most:
        yield f"The diffs of {len(plan.files) - most} files are not shown."


def file_line(file: FileDiff) -> str:
    """Return a line about one file, like ``asterisk: ringup_pjsip.conf changed (+2 -1)``."""
    return f"{file.side}: {file.name} {file.kind} (+{file.added} -{file.removed})"


def markdown(plan: Plan, title: str, most: int = MOST_FILES) -> str:
    """Return the plan as a Markdown document, for a review or a ticket; `most` is the maximum number of
    diffs.
    """
    if not plan:
        return f"# {title}\n\nNothing to change.\n"
    parts = [f"# {title}\n", _list(count_lines(plan))]
    for heading, lines in (("Ask first", unsafe_lines(plan)), ("What phones notice", effect_lines(plan))):
        if found := list(lines):
            parts.append(f"## {heading}\n\n{_list(found)}")
    parts.append(f"## Records\n\n{_list(f'{how}: {name}' for name, how in plan.changes.kinds())}")
    if plan.files:
        parts.append("## Files\n")
        parts += [_file_section(file, shown=number < most) for number, file in enumerate(plan.files)]
    return "\n".join(parts)


def _file_section(file: FileDiff, *, shown: bool) -> str:
    if not (shown and file.diff):
        return f"- {file_line(file)}"
    return f"### {file_line(file)}\n\n````diff\n{file.diff.rstrip()}\n````\n"


def _list(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def _phones(macs: Sequence[str]) -> str:
    return _count(macs, "phone")


def _count(items: Sequence[object], noun: str) -> str:
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
