"""Values that differ from boot to boot, drawn from measurements: times and source ports."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Spread:
    """Measured values in rising order. Drawn values have the same distribution, and so the same median."""

    measured: tuple[float, ...]

    def draw(self, dice: Random) -> float:
        """Draw one value, between the smallest and the largest measured one."""
        place = dice.random() * (len(self.measured) - 1)
        below = int(place)
        above = min(below + 1, len(self.measured) - 1)
        low, high = self.measured[below], self.measured[above]
        return low + (high - low) * (place - below)


@dataclass(frozen=True, slots=True)
class PortRanges:
    """The ranges of ports from which the first source port of a boot is drawn."""

    ranges: tuple[tuple[int, int], ...]
    """The first and the last port of each range; each range is equally likely."""
    source: str

    def draw(self, dice: Random) -> int:
        """Draw one port."""
        return dice.randint(*dice.choice(self.ranges))
