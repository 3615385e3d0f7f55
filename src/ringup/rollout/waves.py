"""Divide phones into waves: first the canaries, then twice as many in each wave, up to a maximum."""

from collections.abc import Iterable, Iterator, Sequence


def wave_sizes(canary: int, at_most: int) -> Iterator[int]:
    """Yield the size of each wave in an endless sequence; no wave is larger than `at_most`."""
    size = min(canary, at_most)
    while True:
        yield size
        size = min(size * 2, at_most)


def wave_numbers(count: int, canary: int, at_most: int, first: int = 1) -> list[int]:
    """Return the number of the wave for each of `count` phones; the first wave has the number `first`."""
    numbers: list[int] = []
    for wave, size in enumerate(wave_sizes(canary, at_most), first):
        numbers += [wave] * min(size, count - len(numbers))
        if len(numbers) == count:
            return numbers
    raise AssertionError


def sizes(waves: Iterable[int]) -> Sequence[int]:
    """Return the number of phones in each wave; `waves` is the wave of each phone."""
    counted: dict[int, int] = {}
    for wave in waves:
        counted[wave] = counted.get(wave, 0) + 1
    return [counted[wave] for wave in sorted(counted)]
