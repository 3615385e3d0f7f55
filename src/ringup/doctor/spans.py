"""Parts of a phone's events that the rules use: the events since it was last in service, and runs of
requests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, TypeVar

from ringup.doctor.evidence import Evidence
from ringup.events import (
    AddressLeased,
    Event,
    FileEvent,
    FileRequested,
    FileSent,
    TransferFailed,
)
from ringup.journey import file_kinds
from ringup.journey.overdue import Overdue, longest_seconds, overdue, stage_overdue
from ringup.rule import Unknown

LONGEST_REPEAT = 25.0
"""Maximum seconds between a request and its repetition: 16 from the same port, 13 from a new port (P-TFTP-6,
P-TFTP-7). A request of an unprovisioned phone comes every 31 s and is not a repetition (P-BOOT-18).
"""

LONGEST_TRANSFER = 1800.0
"""Maximum seconds of a transfer. A request without an outcome for longer means that the server was killed, or
that the log ends. An application takes ten minutes over a path that needs 200 ms per block (P-TFTP-3).
"""

LONGEST_PAUSE = 105.0
"""Maximum seconds of silence after a transfer that broke off. The phone repeats its request within 20 s, and
pauses at most 75 s before a new search (P-TFTP-6 to P-TFTP-8); 30 s are added for lost datagrams.
"""

kind_of = lru_cache(maxsize=4096)(file_kinds.kind_of)
"""Return the kind of a file by its name (`file_kinds.kind_of`); cached, because rules ask for the same names
again.
"""

Kind = TypeVar("Kind", bound=Event)


def since_service(evidence: Evidence) -> tuple[Event, ...]:
    """Return the events after the last one that shows a line in service."""
    return evidence.since_service


def since_last(events: Sequence[Event], *kinds: type[Event]) -> tuple[Event, ...]:
    """Return the events after the last one of these kinds; if there is none, all events."""
    last = max((n for n, event in enumerate(events) if isinstance(event, kinds)), default=-1)
    return tuple(events[last + 1 :])


def of_kind(events: Sequence[Event], kind: type[Kind]) -> tuple[Kind, ...]:
    """Return the events of one kind."""
    return tuple(event for event in events if isinstance(event, kind))


def file_events(events: Sequence[Event]) -> tuple[FileEvent, ...]:
    """Return the outcomes of file requests."""
    return tuple(event for event in events if isinstance(event, FileEvent))


def about(events: Sequence[Event], mac: str, *kinds: str) -> tuple[FileEvent, ...]:
    """Return the events of files of these kinds (`file_kinds.FILE_KINDS`)."""
    return tuple(event for event in file_events(events) if kind_of(event.name, mac) in kinds)


def is_transferring(evidence: Evidence) -> bool:
    """Return whether a transfer is running: a request has no outcome yet, so a long silence is normal."""
    last = next((event for event in reversed(evidence.events) if isinstance(event, FileRequested)), None)
    is_recent = last is not None and evidence.now - last.at < LONGEST_TRANSFER
    return is_recent and any(request.open for request in evidence.journey.requested)


def late(evidence: Evidence) -> Overdue | None:
    """Return the overdue stage; while a phone fetches an image, the time counts from the end of the
    transfer.
    """
    if is_transferring(evidence):
        return None
    journey = evidence.journey
    images = about(evidence.events, evidence.mac, "loader", "application")
    if journey.stage in ("loader", "application") and images:
        since = max(journey.since, images[-1].at)
        return stage_overdue(
            journey.stage, since, evidence.now, longest=_longest_silence(images[-1], evidence)
        )
    return overdue(journey, evidence.now, sees_pbx=_sees_pbx(evidence))


def _longest_silence(image: FileEvent, evidence: Evidence) -> float | None:
    """Return the maximum seconds of silence after this event of an image; None if the maximum of the stage
    applies.

    On a slow line, a boot stage with an image takes long only while the image is transferred, and our server
    sees the end of the transfer.
    """
    if not evidence.source.proves_silence("TFTP") or isinstance(image, FileRequested):
        return None
    if isinstance(image, TransferFailed):
        return LONGEST_PAUSE
    return longest_seconds(evidence.journey.stage, with_transfer=False)


def _sees_pbx(evidence: Evidence) -> bool:
    """Return whether the events would show a registration, or a registration is known to be impossible."""
    heard = evidence.source.heard("PBX") or evidence.source.heard("SIP")
    return heard or bool(evidence.pbx_lost) or not isinstance(evidence.pbx, Unknown)


def since_lease(evidence: Evidence) -> tuple[Event, ...]:
    """Return the events since service that follow the last lease; without a lease, all events since
    service.
    """
    return since_last(since_service(evidence), AddressLeased)


@dataclass(slots=True)
class Run:
    """Successive requests of a phone for one file, with their outcomes."""

    name: str
    events: list[FileEvent] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    """The Unix time of each request in the run."""

    @property
    def count(self) -> int:
        """Return the number of requests."""
        return len(self.asked_at)

    @property
    def last(self) -> FileEvent:
        """Return the last event."""
        return self.events[-1]

    @property
    def gaps(self) -> tuple[float, ...]:
        """Return the seconds between the requests."""
        return tuple(later - earlier for earlier, later in pairwise(self.asked_at))

    @property
    def ports(self) -> tuple[int, ...]:
        """Return the different source ports of the requests, as far as the events name them."""
        known = (event.port for event in self.events if isinstance(event, FileRequested) and event.port)
        return tuple(dict.fromkeys(known))

    @property
    def arrived(self) -> bool:
        """Return whether the file, or a block of it, was delivered."""
        return self.shows(FileSent) or any(
            event.sent for event in self.events if isinstance(event, TransferFailed)
        )

    def shows(self, *kinds: type[Event]) -> bool:
        """Return whether the run contains an event of these kinds."""
        return any(isinstance(event, kinds) for event in self.events)


def runs(events: Sequence[Event]) -> list[Run]:
    """Group the events into runs of requests. An outcome without an earlier FileRequested stands for the
    request as well.
    """
    return [_run(name, group) for name, group in groupby(file_events(events), lambda event: event.name)]


def _run(name: str, events: Iterator[FileEvent]) -> Run:
    run, waiting = Run(name), 0
    for event in events:
        run.events.append(event)
        if isinstance(event, FileRequested):
            waiting += 1
            run.asked_at.append(event.at)
        elif waiting:
            waiting -= 1
        else:
            run.asked_at.append(_asked_at(event))
    return run


def _asked_at(event: Any) -> float:
    return float(event.at - event.seconds) if isinstance(event, FileSent) else float(event.at)


def since_arrival(found: Sequence[Run]) -> list[Run]:
    """Return the runs after the last file, or block of a file, that was delivered."""
    last = max((n for n, run in enumerate(found) if run.arrived), default=-1)
    return list(found[last + 1 :])


def repetitions(run: Run) -> tuple[float, ...]:
    """Return the times of the longest series of a request and its repetitions; of equally long ones, the
    last.
    """
    longest: tuple[float, ...] = ()
    row: list[float] = []
    for at in run.asked_at:
        row = [*row, at] if row and at - row[-1] <= LONGEST_REPEAT else [at]
        longest = tuple(row) if len(row) >= len(longest) else longest
    return longest


def repeats(run: Run) -> int:
    """Return the number of requests in `repetitions`."""
    return len(repetitions(run))
