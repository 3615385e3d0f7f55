"""Keep the sightings of all files in bounded memory: if there are too many, busy phones lose their oldest."""

from collections import deque
from collections.abc import Iterator

from ringup.evidence.sighting import Sighting, Sightings
from ringup.wire.file_names import owner_of

MOST_SIGHTINGS = 300_000
"""Maximum number of sightings that are kept, about 100 MB: two hundred complete boots of 100 phones."""
MOST_KEYS = 20_000
"""Maximum number of phones and addresses; later ones are counted and dropped."""


class Store:
    """Keeps sightings by phone, as far as the line itself names the phone: by MAC, name or address."""

    def __init__(self) -> None:
        self._by_key: dict[str, deque[tuple[int, Sighting]]] = {}
        self._count = 0
        self._number = 0
        self.omitted = 0
        """The number of sightings that were dropped."""

    def add(self, sightings: Sightings) -> None:
        """Keep sightings, in the order of their file."""
        for sighting in sightings:
            kept = self._of(_key(sighting))
            if kept is None:
                self.omitted += 1
                continue
            self._number += 1
            kept.append((self._number, sighting))
            self._count += 1
            if self._count > MOST_SIGHTINGS:
                self._thin()

    def in_order(self) -> Iterator[Sighting]:
        """Yield all kept sightings by time; those of the same time in the order of reading."""
        everything = [entry for kept in self._by_key.values() for entry in kept]
        everything.sort(key=lambda entry: (entry[1].event.at, entry[0]))
        return (sighting for _, sighting in everything)

    def _of(self, key: str) -> deque[tuple[int, Sighting]] | None:
        if key not in self._by_key:
            if len(self._by_key) >= MOST_KEYS:
                return None
            self._by_key[key] = deque()
        return self._by_key[key]

    def _thin(self) -> None:
        share = max(MOST_SIGHTINGS // (2 * len(self._by_key)), 1)
        for kept in self._by_key.values():
            while len(kept) > share:
                kept.popleft()
                self.omitted += 1
        self._count = sum(map(len, self._by_key.values()))


def _key(sighting: Sighting) -> str:
    event = sighting.event
    return (
        event.mac or owner_of(getattr(event, "name", "")) or sighting.address or getattr(event, "address", "")
    )
