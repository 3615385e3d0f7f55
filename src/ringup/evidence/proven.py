"""Conclude from a phone's next request that it received a file: for logs that contain requests only.

While its own file is missing, the SIP application requests nothing else (P-BOOT-18). A phone learns the name
of an image from the load's list, and the SIP application starts only after its image is complete.
"""

from collections.abc import Mapping, Sequence

from ringup.events import (
    FILE_EVENTS,
    AddressLeased,
    Event,
    FileRequested,
    FileSent,
)
from ringup.evidence.tftp_words import NOT_LOGGED
from ringup.journey.file_kinds import kind_of

PROVED_BY: Mapping[str, tuple[str, ...]] = {
    "load_list": ("loader", "application"),
    "application": ("sip_default",),
    "own_file": ("ring_list", "dial_plan", "sync", "locale"),
}
"""For each kind of file (`file_kinds.FILE_KINDS`): the kinds whose requests prove that it was received."""


def with_proven(events: Sequence[Event]) -> list[Event]:
    """Return the events with added FileSent: one before each request that proves it, if no outcome was
    logged.

    The events are in the order of their times; those of one phone have its key as `mac`.
    """
    found: list[Event] = []
    waiting: dict[str, dict[str, FileRequested]] = {}
    """The last request without an outcome, by phone and kind of file."""
    open_ended = _without_outcome(events)
    for number, event in enumerate(events):
        if isinstance(event, FileRequested) and event.mac:
            found += _proved(event, waiting.setdefault(event.mac, {}), is_open=number in open_ended)
        elif isinstance(event, AddressLeased) and not event.renewed:
            waiting.pop(event.mac, None)
        found.append(event)
    return found


def _without_outcome(events: Sequence[Event]) -> set[int]:
    """Return the positions of the requests after which no outcome for the same file was logged."""
    found: set[int] = set()
    next_is_outcome: dict[tuple[str, str], bool] = {}
    for number in range(len(events) - 1, -1, -1):
        event = events[number]
        if isinstance(event, FileRequested) and not next_is_outcome.get((event.mac, event.name), False):
            found.add(number)
        if isinstance(event, FILE_EVENTS):
            next_is_outcome[event.mac, event.name] = not isinstance(event, FileRequested)
    return found


def _proved(request: FileRequested, waiting: dict[str, FileRequested], *, is_open: bool) -> list[Event]:
    """Return the files whose delivery this request proves."""
    kind = kind_of(request.name, request.mac)
    proved = [waiting.pop(each) for each, by in PROVED_BY.items() if kind in by and each in waiting]
    if kind in PROVED_BY:
        waiting.pop(kind, None)
        if is_open:
            waiting[kind] = request
    return [_sent(each, request) for each in proved]


def _sent(request: FileRequested, proof: FileRequested) -> FileSent:
    seconds = max(proof.at - request.at, 0.0)
    return FileSent(proof.at, request.mac, request.name, request.address, NOT_LOGGED, seconds)
