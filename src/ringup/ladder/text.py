"""Draw a ladder diagram as text with 80 columns."""

import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from ringup.journey.overdue import duration
from ringup.ladder.rows import DOTTED, TITLES, Arrow, Ladder, Lane, Note, Pause, Repeat, Tone

WIDTH = 80
COLUMNS = {Lane.PHONE: 12, Lane.DHCP: 37, Lane.TFTP: 58, Lane.PBX: 76}
"""The column of each lane, counted from 0; the time is written before the first lane."""
REMARK = COLUMNS[Lane.PHONE] + 2
"""The column at which remarks begin."""
_BAR, _LINE, _DOTS, _RIGHT, _LEFT = "│", "─", "┄", "▶", "◀"
_SIGNS, _IN_ASCII = f"{_BAR}{_LINE}{_DOTS}{_RIGHT}{_LEFT}⋮×…", "|-.><:x~"
ASCII = str.maketrans(_SIGNS, _IN_ASCII)
"""Replaces the drawing characters on a terminal that lacks them."""

Clock = Callable[[float], str]
"""Turns Unix seconds into a time for people, like ``08:15:02``, or a date, a space and a time."""


class Piece(NamedTuple):
    """A part of a line, with its style."""

    text: str
    tone: Tone


Line = tuple[Piece, ...]


def text_lines(ladder: Ladder, clock: Clock) -> Iterator[Line]:
    """Yield the lines of the diagram."""
    yield (Piece(ladder.title, Tone.PLAIN),)
    yield _heading({lane: TITLES[lane] for lane in Lane})
    if ladder.addresses:
        yield _heading(ladder.addresses)
    day = ""
    for row in ladder.rows:
        if isinstance(row, Arrow | Note):
            before, (day, time) = day, _split(clock(row.at))
            if day not in ("", before):
                yield _line("", day, Tone.FAINT)
            yield from _timed(row, time)
        else:
            yield _line("", remark(row, clock), Tone.FAINT)


def plain_text(ladder: Ladder, clock: Clock) -> str:
    """Return the diagram without colours; each line ends with a line feed."""
    lines = ("".join(piece.text for piece in line) for line in text_lines(ladder, clock))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _split(stamp: str) -> tuple[str, str]:
    day, _, time = stamp.rpartition(" ")
    return day, time


def remark(row: Repeat | Pause, clock: Clock) -> str:
    """Return the text for a repetition or a pause."""
    if isinstance(row, Pause):
        return f"⋮ {duration(row.seconds)}"
    which = "" if row.arrows == 1 else f"these {row.arrows} "
    return f"{which}×{row.times}, every {_seconds(row.every)}, until {_split(clock(row.until))[1]}"


def _seconds(seconds: float) -> str:
    return duration(seconds) if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _timed(row: Arrow | Note, time: str) -> Iterator[Line]:
    if isinstance(row, Note):
        for number, part in enumerate(textwrap.wrap(row.text, WIDTH - REMARK) or [""]):
            yield _line("" if number else time, part, row.tone)
        return
    yield _arrow(row, time)
    for part in textwrap.wrap(row.comment, WIDTH - REMARK):
        yield _line("", part, Tone.WRONG)


def _heading(texts: dict[Lane, str]) -> Line:
    line = [" "] * WIDTH
    for lane, text in texts.items():
        start = max(0, min(COLUMNS[lane] - len(text) // 2, WIDTH - len(text)))
        line[start : start + len(text)] = text
    return (Piece("".join(line).rstrip(), Tone.PLAIN),)


def _bars(time: str) -> list[Piece]:
    signs = [Piece(sign, Tone.PLAIN) for sign in time[: COLUMNS[Lane.PHONE]].ljust(WIDTH)]
    for column in COLUMNS.values():
        signs[column] = Piece(_BAR, Tone.FAINT)
    return signs


def _line(time: str, text: str, tone: Tone) -> Line:
    """Return a line whose text is drawn over the lanes."""
    signs, text = _bars(time), text[: WIDTH - REMARK]
    signs[REMARK : REMARK + len(text)] = [Piece(sign, tone) for sign in text]
    if REMARK + len(text) < WIDTH:
        signs[REMARK + len(text)] = Piece(" ", Tone.PLAIN)
    return _joined(signs)


def _arrow(arrow: Arrow, time: str) -> Line:
    signs = _bars(time)
    ends = COLUMNS[arrow.source], COLUMNS[arrow.target]
    first, last = min(ends) + 1, max(ends)
    shaft = [_DOTS if arrow.tone in DOTTED else _LINE] * (last - first)
    shaft[0 if ends[1] < ends[0] else -1] = _LEFT if ends[1] < ends[0] else _RIGHT
    room = len(shaft) - 4
    label = arrow.label if len(arrow.label) <= room else arrow.label[: room - 1] + "…"
    start = 2 if len(label) <= room - 2 else 1
    shaft[start : start + 2 + len(label)] = f" {label} "
    signs[first:last] = [Piece(sign, arrow.tone) for sign in shaft]
    return _joined(signs)


def _joined(signs: list[Piece]) -> Line:
    pieces = [
        Piece("".join(sign.text for sign in group), tone)
        for tone, group in groupby(signs, lambda sign: sign.tone)
    ]
    return tuple(piece for piece in pieces if piece.text)
