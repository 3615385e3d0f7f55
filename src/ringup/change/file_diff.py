"""Make a unified diff of two texts of one rendered file, with masked secrets.

Strategy: a small file is compared line by line. A large file (one of Asterisk's, with thousands of similar
sections) is cut into blocks. The first line of a block identifies it, and only blocks that differ are
compared line by line. The time therefore grows linearly with the file; difflib alone would take minutes for
30,000 lines. A block that only moved is not shown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ringup.render.masked import masked

Side = Literal["phone", "asterisk"]

CONTEXT = 1
"""Number of unchanged lines around a change; one is enough, because each row of these files explains
itself.
"""
MOST_LINES = 200
"""Maximum number of lines in a block; a longer block (mailboxes) is cut into single lines."""


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One rendered file that changes."""

    side: Side
    name: str
    kind: Literal["added", "removed", "changed"]
    added: int
    """Number of added lines."""
    removed: int
    diff: str
    """Hunks of a unified diff with masked secrets; empty if only the order of the lines changed."""


def file_diff(side: Side, name: str, before: str, after: str) -> FileDiff:
    """Compare two texts of a file; an empty text means that the file does not exist."""
    hunks = list(_hunks(before, after))
    signs = Counter(line[0] for line in hunks)
    kind: Literal["added", "removed", "changed"] = (
        "added" if not before else "removed" if not after else "changed"
    )
    return FileDiff(side, name, kind, signs["+"], signs["-"], "".join(_shown(line) for line in hunks))


def _shown(line: str) -> str:
    """Return a line of a hunk with its secret masked; a changed secret therefore appears as two equal
    lines.
    """
    return f"{line[0]}{masked(line[1:])}"


def _hunks(before: str, after: str) -> Iterator[str]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(len(old), len(new)) <= MOST_LINES:
        yield from _by_line(old, new, 0, 0)
        return
    first, old_end, new_end = _differing(old, new)
    yield from _by_block(_blocks(old[first:old_end], first), _blocks(new[first:new_end], first))


def _differing(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Return the part in which the files differ: its first line, and its end in the old and in the new
    file.
    """
    shorter = min(len(old), len(new))
    first = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), shorter)
    backwards = zip(reversed(old), reversed(new), strict=False)
    same = next((n for n, pair in enumerate(backwards) if pair[0] != pair[1]), shorter)
    same = min(same, shorter - first)
    while first and old[first - 1] != "\n":
        first -= 1
    while same and old[len(old) - same] != "\n":
        same -= 1
    return first, len(old) - same, len(new) - same


def _by_line(old: Sequence[str], new: Sequence[str], old_start: int, new_start: int) -> Iterator[str]:
    """Yield the hunks of a comparison line by line; their line numbers count from the beginning of the
    file.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        yield (f"@@ -{_span(old_start, first[1], last[2])} +{_span(new_start, first[3], last[4])} @@\n")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[i1:i2])
                continue
            yield from (f"-{line}" for line in old[i1:i2])
            yield from (f"+{line}" for line in new[j1:j2])


def _span(start: int, first: int, last: int) -> str:
    """Return the span of a hunk in the notation of a unified diff."""
    length = last - first
    return f"{start + first + (1 if length else 0)},{length}"


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    """Number of lines in the file before the block."""
    lines: tuple[str, ...]


def _blocks(lines: Sequence[str], before: int) -> dict[tuple[str, int], _Block]:
    """Cut lines into blocks at empty lines.

    Blocks that have the same first line get numbers. `before` is the number of lines of the file before
    these.
    """
    found: dict[tuple[str, int], _Block] = {}
    seen: Counter[str] = Counter()
    for start, end in _spans(lines):
        key = lines[start].partition("=")[0].strip() if end - start == 1 else lines[start]
        found[key, seen[key]] = _Block(before + start, tuple(lines[start:end]))
        seen[key] += 1
    return found


def _spans(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first line and the end of each block, without the empty line before it."""
    bounds = [number for number, line in enumerate(lines) if line == "\n"]
    for start, end in zip([-1, *bounds], [*bounds, len(lines)], strict=True):
        if end - start - 1 > MOST_LINES:
            yield from ((number, number + 1) for number in range(start + 1, end))
        elif end > start + 1:
            yield start + 1, end


def _by_block(old: dict[tuple[str, int], _Block], new: dict[tuple[str, int], _Block]) -> Iterator[str]:
    nothing = _Block(0, ())
    for key in dict.fromkeys([*old, *new]):
        was, is_now = old.get(key, nothing), new.get(key, nothing)
        if was.lines != is_now.lines:
            yield from _by_line(was.lines, is_now.lines, was.start, is_now.start)
