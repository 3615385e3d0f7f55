"""Count events since the server started; the metrics read these numbers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ringup.events import Event, FileSent


class Counts:
    """Counts of events; the recorder adds to them in batches, and any thread may read them."""

    def __init__(self, stages: Callable[[], Mapping[str, int]], waiting: Callable[[], int]) -> None:
        self._stages = stages
        self._waiting = waiting
        self._events: Counter[type[Event]] = Counter()
        self.files_sent = 0
        self.bytes_sent = 0
        self.blocks_resent = 0
        """Number of retransmitted DATA packets of files that arrived."""
        self.lost = 0
        """Number of events that were dropped because the database accepted none for too long."""

    def take(self, events: Sequence[Event]) -> None:
        """Count these events."""
        self._events.update(map(type, events))
        sent = [event for event in events if type(event) is FileSent]
        self.files_sent += len(sent)
        self.bytes_sent += sum(event.size for event in sent)
        self.blocks_resent += sum(event.resent for event in sent)

    @property
    def events(self) -> Mapping[str, int]:
        """Return the number of events by the name of the event class."""
        return {kind.__name__: count for kind, count in list(self._events.items())}

    @property
    def waiting(self) -> int:
        """Return the number of events that are not in the database yet."""
        return self._waiting()

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage, of those that sent a packet since the server started."""
        return self._stages()
