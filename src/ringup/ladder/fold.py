"""Replace groups of arrows that repeat by one group with a number, and show where nothing was sent for a
while.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ringup.ladder.rows import Arrow, Note, Pause, Repeat, Row

LEAST_TIMES = 3
"""Minimum number of repetitions for a group of arrows to be folded."""
LONGEST_PERIOD = 24
"""Maximum number of arrows in a group that repeats; a boot with all the file names it tries has about twenty.
"""
LEAST_PAUSE = 20.0
"""Minimum seconds of silence that are shown as a pause."""


def folded(found: Sequence[Arrow | Note]) -> Iterator[Row]:
    """Yield the rows: each repeated group once, with the number of repetitions, and the pauses."""
    place, last = 0, found[0].at if found else 0.0
    while place < len(found):
        if found[place].at - last >= LEAST_PAUSE:
            yield Pause(found[place].at - last)
        period, times = _repetition(found, place)
        yield from _with_comments(found[place : place + period * times], period)
        if times > 1:
            first, latest = found[place].at, found[place + period * (times - 1)].at
            yield Repeat(period, times, (latest - first) / (times - 1), latest)
        place += period * times
        last = found[place - 1].at


def _repetition(found: Sequence[Arrow | Note], place: int) -> tuple[int, int]:
    """Return the length of the group that repeats from here, and how often it occurs.

    Of several possible lengths, the one that saves most rows counts; if two save equally many, the shorter
    one.
    """
    best = (1, 1)
    for period in range(1, min(LONGEST_PERIOD, (len(found) - place) // LEAST_TIMES) + 1):
        times = _times(found, place, period)
        if times >= LEAST_TIMES and period * (times - 1) > best[0] * (best[1] - 1):
            best = period, times
    return best


def _times(found: Sequence[Arrow | Note], place: int, period: int) -> int:
    equal = 0
    while place + period + equal < len(found) and _key(found[place + equal]) == _key(
        found[place + period + equal]
    ):
        equal += 1
    return 1 + equal // period


def _key(row: Arrow | Note) -> object:
    return row.key if isinstance(row, Arrow) else row.text


def _with_comments(found: Sequence[Arrow | Note], period: int) -> Iterator[Arrow | Note]:
    """Yield the first repetition of the group; each arrow gets the first comment of any of its
    repetitions.
    """
    for place in range(period):
        row = found[place]
        comments = (each.comment for each in found[place::period] if isinstance(each, Arrow) and each.comment)
        yield replace(row, comment=next(comments, "")) if isinstance(row, Arrow) else row
