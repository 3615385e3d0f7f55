"""Limit rates with token buckets, which allow bursts."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(slots=True)
class TokenBucket:
    """A limit of `burst` at once, and `per_second` in the long run."""

    burst: float
    per_second: float
    tokens: float = field(init=False)
    """The amount that could still be counted after the last call."""
    _at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Begin with a full bucket."""
        self.tokens = self.burst

    def take(self, now: float, amount: float = 1) -> bool:
        """Count one more, or `amount`, at `now` (seconds of any clock); return whether it fits."""
        # The code of `_tokens` is repeated here, because each event and each DHCP message of a boot storm is
        # counted here, some twice.
        tokens = self.tokens
        if now > self._at:
            tokens = min(self.burst, tokens + (now - self._at) * self.per_second)
        self._at = now
        is_room = tokens >= amount
        self.tokens = tokens - amount if is_room else tokens
        return is_room

    def is_full(self, now: float) -> bool:
        """Return whether nothing was counted for so long that a complete burst fits at `now`."""
        return self._tokens(now) >= self.burst

    def _tokens(self, now: float) -> float:
        return min(self.burst, self.tokens + max(now - self._at, 0.0) * self.per_second)

    def give_back(self, amount: float) -> None:
        """Give back an amount that was counted and not used."""
        self.tokens = min(self.burst, self.tokens + amount)


class Bucket(Protocol):
    """A limit of bytes to send: a `TokenBucket`, or a bucket that C code takes from, too."""

    def take(self, now: float, amount: float) -> bool:
        """Count an amount; return whether it fits."""

    def give_back(self, amount: float) -> None:
        """Give back an amount that was counted."""
