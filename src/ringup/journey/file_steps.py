"""A fast way to update a journey after a file event, for the time when many phones boot at once.

It handles files that were requested, sent or not found, if only the stage and the requests change. `follow`
computes the same result, but takes several times as long. Strategy: phones of the same model go through the
same steps. So a step is computed once from the stage, the requests and the name, and is then cached. The
values of the single phone, such as the times and the address, are filled in.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from ringup.events import Event, FileNotFound, FileRequested, FileSent
from ringup.journey.describe import LONGEST_LINE, plain
from ringup.journey.file_kinds import kind_of
from ringup.journey.record import (
    MOST_REQUESTS,
    OWN_MAC,
    TIME_BYTES,
    Journey,
    SharedRequest,
    packed_time,
    shared,
    shared_request,
)
from ringup.journey.requests import OUTCOMES, answered, load_in, repeated
from ringup.journey.stages import IN_SERVICE, UP, reached, starts_a_boot
from ringup.journey.troubles import MOST_ATTEMPTS, shows_trouble
from ringup.wire.file_names import ANY_MAC, MAC

MOST_STEPS = 4096
"""Maximum number of cached steps; the cache is cleared when it is full.

A real fleet needs a few dozen steps, but a client that invents file names could create any number.
"""

_MAY_BE_A_MAC = re.compile(MAC, re.ASCII)
_made = tuple.__new__
"""Makes a Journey directly, as `Journey._make` would."""


class _Step(NamedTuple):
    """The effect of an event on every journey that has the same stage and the same requests."""

    before: tuple[SharedRequest, ...]
    """The requests before the event.

    The cache is keyed by their `id`; keeping them here ensures that no other object gets the same `id`.
    """
    requested: tuple[SharedRequest, ...]
    kept: slice
    """The part of the list of request times that stays."""
    request_times: slice | None
    """The position of the answered request's time, if an earlier event reported the request.

    None if this event also stands for the request, so that the time comes from the event.
    """
    stage: str
    moved: bool
    """True if the event changes the stage."""
    moved_by_outcome: bool
    begins_a_boot: bool
    load: str
    """The load to which the file belongs, if the file is a `.loads` list; empty for other files."""


_steps: dict[tuple[int, str, type[Event], str], _Step | None] = {}


def file_step(journey: Journey, event: FileRequested | FileSent | FileNotFound) -> Journey | None:
    """Return the journey after this event of the same phone; None if only `follow` can compute it."""
    (mac, address, model, stage, since, boots, load, _,
     files, times, lines, calls, boxes, troubles, attempts) = journey  # fmt: skip
    kind, spelt, at = type(event), event.name, event.at
    if troubles or not spelt.isprintable() or len(spelt) > LONGEST_LINE:
        return None
    if lines and event.address != address:  # perhaps requested by another host
        return None
    name = spelt.replace(mac, OWN_MAC)
    try:
        step = _steps[id(files), stage, kind, name]
    except KeyError:
        step = _remember(files, stage, kind, name)
    if step is None:
        return None
    _, files, kept, request_times, stage, moved, moved_by_outcome, begins_a_boot, load_named = step
    requested_at = at - event.seconds if type(event) is FileSent else at
    packed = packed_time(requested_at)
    if request_times:
        if times[request_times] < packed:
            return None
    elif times[-TIME_BYTES:] > packed:
        return None
    else:
        times = times[kept] + packed
        if event.address != address:
            address = plain(event.address)
    if begins_a_boot:
        if attempts >= MOST_ATTEMPTS:
            return None
        attempts += 1
        boots, since, lines, calls = boots + 1, requested_at, (), ()
    if moved:
        attempts = 0 if stage in UP else attempts
        boots, since = boots or 1, at if moved_by_outcome else requested_at
    load = load_named or load
    # Unpacked and packed at once: `Journey._replace` would make a dict and check its keys for each event.
    return _made(Journey, (mac, address, model, stage, since, boots, load, event,
                           files, times, lines, calls, boxes, troubles, attempts))  # fmt: skip


def _remember(requested: tuple[SharedRequest, ...], stage: str, kind: type[Event], name: str) -> _Step | None:
    if len(_steps) >= MOST_STEPS:
        _steps.clear()
    step = _steps[id(requested), stage, kind, name] = _step(requested, stage, kind, name)
    return step


def _step(requested: tuple[SharedRequest, ...], stage: str, kind: type[Event], name: str) -> _Step | None:
    """Return the step; None if it also depends on troubles or calls, or if two open requests could be the
    answered one.
    """
    file = _kind_without_mac(name)
    matches = [place for place, one in enumerate(requested) if one.open and one.name == name]
    if file is None or (kind is not FileRequested and len(matches) > 1):
        return None
    if matches and kind is not FileRequested:
        return _answer(requested, stage, kind, matches[0])
    begins = starts_a_boot(FileRequested, file, stage, lambda: {one.file for one in requested})
    earlier, before = ((), "new") if begins else (requested, stage)
    again = bool(earlier) and earlier[-1].name == name
    request = repeated(earlier[-1]) if again else shared_request(name, file, "asked", 1, 1)
    if kind is not FileRequested:
        request = answered(request, OUTCOMES[kind])
    earlier = earlier[:-1] if again else earlier
    new = shared((*earlier, request)[-MOST_REQUESTS:])
    by_request = reached(FileRequested, file, before, tuple)
    after = reached(kind, file, by_request, lambda: _sent(new))
    load = load_in(name) if file == "load_list" else ""
    if before in IN_SERVICE or shows_trouble(kind, file, after):
        return None
    if file == "load_list" and (not load or OWN_MAC in load):
        return None
    return _Step(
        before=requested,
        requested=new,
        kept=slice((len(earlier) + 1 - len(new)) * TIME_BYTES, len(earlier) * TIME_BYTES),
        request_times=None,
        stage=after,
        moved=after != before,
        moved_by_outcome=after != by_request,
        begins_a_boot=begins,
        load=load,
    )


def _answer(requested: tuple[SharedRequest, ...], stage: str, kind: type[Event], place: int) -> _Step | None:
    request = answered(requested[place], OUTCOMES[kind])
    new = shared((*requested[:place], request, *requested[place + 1 :]))
    after = reached(kind, request.file, stage, lambda: _sent(new))
    if stage in IN_SERVICE or shows_trouble(kind, request.file, after):
        return None
    return _Step(
        before=requested,
        requested=new,
        kept=slice(None),
        request_times=slice(place * TIME_BYTES, (place + 1) * TIME_BYTES),
        stage=after,
        moved=after != stage,
        moved_by_outcome=True,
        begins_a_boot=False,
        load="",
    )


def _sent(requested: tuple[SharedRequest, ...]) -> set[str]:
    return {one.file for one in requested if one.outcome == "sent"}


@lru_cache(maxsize=4096)
def _kind_without_mac(name: str) -> str | None:
    """Return the kind of a name in which OWN_MAC stands for the MAC; None if the name contains another
    MAC.
    """
    spelt = name.upper()
    return None if _MAY_BE_A_MAC.search(spelt) else kind_of(spelt.replace(OWN_MAC, ANY_MAC), ANY_MAC)
