"""What each event changes in a journey besides its stage: a table from the event to a function."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressRefused,
    AddressReleased,
    AddressWanted,
    CallAnswered,
    CallEnded,
    CallStarted,
    Event,
    FileAbsent,
    FileAsked,
    FileRefused,
    FileSent,
    LineLoggedIn,
    LineReachable,
    LineRegistered,
    LineUnregistered,
    MessagesWaiting,
    OtherServerChosen,
    TransferAbandoned,
)
from ringup.journey.describe import plain
from ringup.journey.file_kinds import base_name, kind_of
from ringup.journey.record import Call, Journey, Request
from ringup.journey.stages import LOADING

MOST_REQUESTS = 40
"""Of one boot. The longest real one, a conversion, asks for 16 names (§1.3 D); repeats are counted."""
MOST_LINES = 6
"""A 7960 has six line keys."""
MOST_CALLS = 12
"""Two a line."""

_MODEL_IN_VENDOR_CLASS = re.compile(r"Cisco.* (?:CP-)?(\d{4})", re.ASCII)
"""All spellings of §1.2: ``…IP Phone CP-7960G``, ``…IP Phone 7912``, ``…Wireless Phone 7921``."""

OUTCOMES: Mapping[type[Event], str] = {
    FileSent: "sent",
    FileAbsent: "absent",
    FileRefused: "refused",
    TransferAbandoned: "abandoned",
}
"""What became of a request."""


def _with_model(journey: Journey, event: AddressWanted) -> Journey:
    found = _MODEL_IN_VENDOR_CLASS.match(event.vendor_class)
    return replace(journey, model=found[1]) if found else journey


def _with_address(journey: Journey, event: AddressLeased) -> Journey:
    return replace(journey, address=plain(event.address))


def _without_address(journey: Journey, _event: Event) -> Journey:
    return replace(journey, address="")


def _with_request(journey: Journey, event: FileAsked) -> Journey:
    name = plain(event.name)
    last = journey.requests[-1] if journey.requests else None
    if last and last.name == name:
        again = replace(last, at=event.at, outcome="asked", times=last.times + 1)
        asked = (*journey.requests[:-1], again)
    else:
        asked = (*journey.requests, Request(event.at, name))
    if kind_of(event.name, journey.mac) == "load_list":
        load = plain(base_name(event.name)).rpartition(".")[0]
        journey = replace(journey, firmware_asked=load)
    return replace(journey, requests=asked[-MOST_REQUESTS:], address=plain(event.address))


def _with_outcome(
    journey: Journey, event: FileSent | FileAbsent | FileRefused | TransferAbandoned
) -> Journey:
    """The request this event answers is the last of its name: two run in parallel at the end of a boot."""
    name, outcome = plain(event.name), OUTCOMES[type(event)]
    requests = list(journey.requests)
    for number in reversed(range(len(requests))):
        if requests[number].name == name:
            requests[number] = replace(requests[number], outcome=outcome)
            return replace(journey, requests=tuple(requests))
    return replace(journey, requests=(*requests, Request(event.at, name, outcome))[-MOST_REQUESTS:])


def _with_line(journey: Journey, event: LineRegistered | LineLoggedIn | LineReachable) -> Journey:
    if event.extension in journey.registered:
        return journey
    return replace(journey, registered=(*journey.registered, event.extension)[-MOST_LINES:])


def _with_reachable_line(journey: Journey, event: LineReachable) -> Journey:
    """Who answers at its contact is registered; in a boot it is the contact of the boot before."""
    return journey if journey.stage in LOADING else _with_line(journey, event)


def _without_line(journey: Journey, event: LineUnregistered) -> Journey:
    left = tuple(extension for extension in journey.registered if extension != event.extension)
    return replace(journey, registered=left)


def _with_call(journey: Journey, event: CallStarted) -> Journey:
    call = Call(event.extension, event.to, event.at)
    return replace(journey, in_call=(*journey.in_call, call)[-MOST_CALLS:])


def _with_answered_call(journey: Journey, event: CallAnswered) -> Journey:
    """The PBX may tell of an answer only: to the phone that was called."""
    talking = Call(event.extension, event.to, event.at, answered=True)
    others = tuple(
        call for call in journey.in_call if (call.extension, call.to) != (event.extension, event.to)
    )
    return replace(journey, in_call=(*others, talking)[-MOST_CALLS:])


def _without_call(journey: Journey, event: CallEnded) -> Journey:
    """The event does not say which call of the line is over; the newest is as good as any."""
    of_the_line = [call for call in journey.in_call if call.extension == event.extension]
    left = tuple(call for call in journey.in_call if call not in of_the_line[-1:])
    return replace(journey, in_call=left)


def _with_messages(journey: Journey, event: MessagesWaiting) -> Journey:
    others = tuple(box for box in journey.mailboxes if box[0] != event.extension)
    return replace(journey, mailboxes=(*others, (event.extension, event.new))[-MOST_LINES:])


CHANGES: Mapping[type[Event], Callable[[Journey, Any], Journey]] = {
    AddressWanted: _with_model,
    AddressLeased: _with_address,
    AddressRefused: _without_address,
    AddressDeclined: _without_address,
    AddressReleased: _without_address,
    OtherServerChosen: _without_address,
    FileAsked: _with_request,
    FileSent: _with_outcome,
    FileAbsent: _with_outcome,
    FileRefused: _with_outcome,
    TransferAbandoned: _with_outcome,
    LineRegistered: _with_line,
    LineLoggedIn: _with_line,
    LineReachable: _with_reachable_line,
    LineUnregistered: _without_line,
    CallStarted: _with_call,
    CallAnswered: _with_answered_call,
    CallEnded: _without_call,
    MessagesWaiting: _with_messages,
}
"""What an event changes besides the stage; the others change only the last line."""
