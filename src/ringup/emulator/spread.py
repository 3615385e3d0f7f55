"""What differs from boot to boot, drawn from what was measured: times and source ports."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Spread:
    """Measured values, in rising order; what is drawn lies between them as they do, so the median stays."""

    measured: tuple[float, ...]

    def draw(self, dice: Random) -> float:
        """One value, from the least to the greatest that was measured."""
        place = dice.random() * (len(self.measured) - 1)
        below = int(place)
        above = min(below + 1, len(self.measured) - 1)
        low, high = self.measured[below], self.measured[above]
        return low + (high - low) * (place - below)


@dataclass(frozen=True, slots=True)
class PortRanges:
    """Where the first source port of a boot lies."""

    ranges: tuple[tuple[int, int], ...]
    """The first and the last port of each; every range is as likely as the others."""
    source: str

    def draw(self, dice: Random) -> int:
        """One port."""
        return dice.randint(*dice.choice(self.ranges))
