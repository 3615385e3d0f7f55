"""A fast way to update a journey after an AddressOffered or AddressLeased, for the time when many phones boot
at once.

`follow` computes the same result, but takes several times as long.
"""

from ringup.events import AddressLeased, AddressOffered, DiscoverReceived
from ringup.journey.changes import model_in
from ringup.journey.describe import plain
from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE, STAGES, reached

_STAGES_AFTER = {
    (kind, now_in.key): reached(kind, "", now_in.key, tuple)
    for kind in (DiscoverReceived, AddressLeased)
    for now_in in STAGES
}


def address_step(journey: Journey, event: AddressOffered | AddressLeased) -> Journey | None:
    """Return the journey after this event of the same phone; None if only `follow` can compute it."""
    (mac, address, model, stage, since, boots, load, _,
     files, times, lines, calls, boxes, troubles, attempts) = journey  # fmt: skip
    if troubles:
        return None
    if isinstance(event, AddressOffered):
        if not event.interface:
            return None
        if stage in IN_SERVICE:  # the phone has restarted
            stage, since, boots, files, times, lines, calls = "new", event.at, boots + 1, (), b"", (), ()
            attempts = 1
        model, after = model_in(event.vendor_class) or model, _STAGES_AFTER[DiscoverReceived, stage]
    elif stage in IN_SERVICE:
        return None
    else:
        address, after = plain(event.address), _STAGES_AFTER[AddressLeased, stage]
    if after != stage:
        stage, since, boots = after, event.at, boots or 1
    # Unpacked and packed at once: `Journey._replace` would make a dict and check its keys for each event.
    return tuple.__new__(Journey, (mac, address, model, stage, since, boots, load, event,
                                   files, times, lines, calls, boxes, troubles, attempts))  # fmt: skip
