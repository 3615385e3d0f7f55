"""Keep the observations of all files in bounded memory; when it is full, the busiest phones lose their oldest
ones.
"""

from collections import deque
from collections.abc import Iterator

from ringup.evidence.observation import Observation, Observations
from ringup.wire.file_names import owner_of

MOST_KEPT = 300_000
"""Maximum number of observations, about 100 MB: two hundred complete boots of 100 phones."""
MOST_KEYS = 20_000
"""Maximum number of phones and addresses; observations of further ones are counted and dropped."""


class Store:
    """Keeps observations by phone, as far as a line itself shows the phone: by MAC, file name or address."""

    def __init__(self) -> None:
        self._by_key: dict[str, deque[tuple[int, Observation]]] = {}
        self._count = 0
        self._number = 0
        self.omitted = 0
        """The number of observations that were dropped."""

    def add(self, observations: Observations) -> None:
        """Keep observations, which are in the order of their file."""
        for observation in observations:
            kept = self._of(_key(observation))
            if kept is None:
                self.omitted += 1
                continue
            self._number += 1
            kept.append((self._number, observation))
            self._count += 1
            if self._count > MOST_KEPT:
                self._thin()

    def in_order(self) -> Iterator[Observation]:
        """Yield all kept observations by time; those with the same time in the order in which they were
        read.
        """
        everything = [entry for kept in self._by_key.values() for entry in kept]
        everything.sort(key=lambda entry: (entry[1].event.at, entry[0]))
        return (observation for _, observation in everything)

    def _of(self, key: str) -> deque[tuple[int, Observation]] | None:
        if key not in self._by_key:
            if len(self._by_key) >= MOST_KEYS:
                return None
            self._by_key[key] = deque()
        return self._by_key[key]

    def _thin(self) -> None:
        share = max(MOST_KEPT // (2 * len(self._by_key)), 1)
        for kept in self._by_key.values():
            while len(kept) > share:
                kept.popleft()
                self.omitted += 1
        self._count = sum(map(len, self._by_key.values()))


def _key(observation: Observation) -> str:
    event = observation.event
    return (
        event.mac
        or owner_of(getattr(event, "name", ""))
        or observation.address
        or getattr(event, "address", "")
    )
