"""The requests of a boot: the file, the time and the outcome of each.

A request that is answered at once makes only one event, its outcome. If a request is still open after half a
second, a FileRequested comes first. So if no FileRequested came before an outcome, the outcome implies the
request.
"""

from collections.abc import Mapping
from sys import intern
from typing import Any

from ringup.events import Event, FileNotFound, FileRefused, FileRequested, FileSent, TransferFailed
from ringup.journey.describe import plain
from ringup.journey.record import (
    MOST_REQUESTS,
    TIME_BYTES,
    Journey,
    SharedRequest,
    packed_time,
    shared,
    shared_request,
    without_mac,
)
from ringup.wire.file_names import base_name

OUTCOMES: Mapping[type[Event], str] = {
    FileSent: "sent",
    FileNotFound: "absent",
    FileRefused: "refused",
    TransferFailed: "abandoned",
}
"""The outcome of a request, by the kind of event that reports it."""

Changes = dict[str, Any]
"""The fields of a journey that change, with their new values."""

Answer = FileSent | FileNotFound | FileRefused


def requested_when(event: Answer) -> float:
    """Return the time of the request that this event answers."""
    return event.at - event.seconds if isinstance(event, FileSent) else event.at


def implied_request(journey: Journey, event: Event) -> FileRequested | None:
    """Return the request that this outcome implies; None if an earlier event reported the request.

    A failed transfer never implies a request. Its request was reported before, perhaps during the previous
    boot.
    """
    if not isinstance(event, Answer):
        return None
    at = requested_when(event)
    if _open_place(journey, without_mac(event.name, journey.mac), packed_time(at)) is not None:
        return None
    return FileRequested(at, event.mac, event.name, event.address, 0)


def note_request(journey: Journey, event: FileRequested, file: str) -> Changes:
    """Return the changes that insert a request at its position by time.

    The position may not be the last one: of two parallel transfers, the one that began later may end first.
    """
    requested, times, at = journey.requested, journey.requested_at, packed_time(event.at)
    place = after = _place_by_time(times, at)
    new = shared_request(without_mac(event.name, journey.mac), file, "asked", 1, 1)
    if place and requested[place - 1].name == new.name:
        place -= 1
        new = repeated(requested[place])
    changes: Changes = {
        "requested": shared((*requested[:place], new, *requested[after:])[-MOST_REQUESTS:]),
        "requested_at": _latest(times[: place * TIME_BYTES] + at + times[after * TIME_BYTES :]),
        "address": plain(event.address),
    }
    if file == "load_list":
        changes["firmware_asked"] = load_in(plain(event.name))
    return changes


def note_outcome(journey: Journey, event: Answer | TransferFailed, file: str) -> Changes:
    """Return the changes that give the latest open request for this name its outcome.

    If no request for the name is open, the latest request for this name gets the outcome.
    """
    requested, name, outcome = journey.requested, without_mac(event.name, journey.mac), OUTCOMES[type(event)]
    at = None if isinstance(event, TransferFailed) else packed_time(requested_when(event))
    place = _open_place(journey, name, at)
    if place is None:
        latest_first = reversed(range(len(requested)))
        place = next((place for place in latest_first if requested[place].name == name), None)
    if place is not None:
        request = answered(requested[place], outcome)
        return {"requested": shared((*requested[:place], request, *requested[place + 1 :]))}
    return {
        "requested": shared((*requested, shared_request(name, file, outcome, 1, 0))[-MOST_REQUESTS:]),
        "requested_at": _latest(journey.requested_at + packed_time(event.at)),
    }


def _place_by_time(times: bytes, at: bytes) -> int:
    """Return the number of requests that came at this time or earlier."""
    place = len(times) // TIME_BYTES
    while place and times[(place - 1) * TIME_BYTES : place * TIME_BYTES] > at:
        place -= 1
    return place


def repeated(request: SharedRequest) -> SharedRequest:
    """Return the request with its number of times increased by one."""
    return shared_request(request.name, request.file, "asked", request.times + 1, request.open + 1)


def answered(request: SharedRequest, outcome: str) -> SharedRequest:
    """Return the request with its outcome."""
    return shared_request(request.name, request.file, outcome, request.times, max(request.open - 1, 0))


def load_in(name: str) -> str:
    """Return the load whose `.loads` list has this name."""
    return intern(base_name(name).rpartition(".")[0])


def _open_place(journey: Journey, name: str, at: bytes | None) -> int | None:
    """Return the position of the latest open request for this name.

    If `at` is given, only a request at that time or later counts.
    """
    for place in range(len(journey.requested) - 1, -1, -1):
        requested = journey.requested[place]
        if requested.name == name and requested.open:
            last = journey.requested_at[place * TIME_BYTES : (place + 1) * TIME_BYTES]
            if at is None or last >= at:
                return place
    return None


def _latest(times: bytes) -> bytes:
    return times[-MOST_REQUESTS * TIME_BYTES :]
