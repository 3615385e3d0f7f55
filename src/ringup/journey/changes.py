"""Update the fields of a journey, except its stage, after each event: one function per kind of event."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from sys import intern
from typing import Any

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressRefused,
    AddressReleased,
    CallAnswered,
    CallEnded,
    CallStarted,
    CdpSeen,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnregistered,
    MessagesWaiting,
    OtherServerChosen,
    TransferFailed,
)
from ringup.journey.describe import plain
from ringup.journey.record import Call, Journey, Mailbox
from ringup.journey.requests import Changes, note_outcome, note_request
from ringup.journey.stages import LOADING

MOST_LINES = 6
"""Maximum number of lines that are kept per phone; a 7960 has six line buttons."""
MOST_CALLS = 12
"""Maximum number of calls that are kept per phone: two per line."""

_MODEL_IN_VENDOR_CLASS = re.compile(r"Cisco.* (?:CP-)?(\d{4})", re.ASCII)
"""Matches all spellings of P-DHCP-16 to P-DHCP-20, like ``… CP-7960G``, ``…IP Phone 7912``, ``…Wireless Phone
7921``.
"""


@lru_cache(maxsize=256)
def model_in(vendor_class: str) -> str:
    """Return the four digits of the phone's model in a vendor class; empty if it contains none."""
    found = _MODEL_IN_VENDOR_CLASS.match(vendor_class)
    return intern(found[1]) if found else ""


def _model(_journey: Journey, event: DiscoverReceived, _file: str) -> Changes:
    model = model_in(event.vendor_class)
    return {"model": model} if model else {}


def _announced_model(_journey: Journey, event: CdpSeen, _file: str) -> Changes:
    model = model_in(event.platform)
    return {"model": model} if model else {}


def _address(_journey: Journey, event: AddressLeased, _file: str) -> Changes:
    return {"address": plain(event.address)}


def _no_address(_journey: Journey, _event: Event, _file: str) -> Changes:
    return {"address": ""}


def _line(journey: Journey, event: LineRegistered | LineAuthenticated | LineReachable, _file: str) -> Changes:
    if event.extension in journey.registered:
        return {}
    return {"registered": (*journey.registered, event.extension)[-MOST_LINES:]}


def _reachable_line(journey: Journey, event: LineReachable, file: str) -> Changes:
    """Note a line as registered, because the phone answers at its contact.

    During a boot, the event may be about the contact from before the boot, so it does not count.
    """
    return {} if journey.stage in LOADING else _line(journey, event, file)


def _no_line(journey: Journey, event: LineUnregistered, _file: str) -> Changes:
    return {"registered": tuple(line for line in journey.registered if line != event.extension)}


def _call(journey: Journey, event: CallStarted, _file: str) -> Changes:
    call = Call(event.extension, event.to, event.at)
    return {"in_call": (*journey.in_call, call)[-MOST_CALLS:]}


def _answered_call(journey: Journey, event: CallAnswered, _file: str) -> Changes:
    """Note a call as answered; for the called phone, this may be the PBX's first report of the call."""
    talking = Call(event.extension, event.to, event.at, answered=True)
    others = tuple(
        call for call in journey.in_call if (call.extension, call.to) != (event.extension, event.to)
    )
    return {"in_call": (*others, talking)[-MOST_CALLS:]}


def _ended_call(journey: Journey, event: CallEnded, _file: str) -> Changes:
    """Remove the latest call of the line, because the event does not say which of the line's calls ended."""
    of_the_line = [call for call in journey.in_call if call.extension == event.extension]
    return {"in_call": tuple(call for call in journey.in_call if call not in of_the_line[-1:])}


def _messages(journey: Journey, event: MessagesWaiting, _file: str) -> Changes:
    others = tuple(box for box in journey.mailboxes if box.extension != event.extension)
    return {"mailboxes": (*others, Mailbox(event.extension, event.new))[-MOST_LINES:]}


CHANGES: Mapping[type[Event], Callable[[Journey, Any, str], Changes]] = {
    DiscoverReceived: _model,
    CdpSeen: _announced_model,
    AddressLeased: _address,
    AddressRefused: _no_address,
    AddressDeclined: _no_address,
    AddressReleased: _no_address,
    OtherServerChosen: _no_address,
    FileRequested: note_request,
    FileSent: note_outcome,
    FileNotFound: note_outcome,
    FileRefused: note_outcome,
    TransferFailed: note_outcome,
    LineRegistered: _line,
    LineAuthenticated: _line,
    LineReachable: _reachable_line,
    LineUnregistered: _no_line,
    CallStarted: _call,
    CallAnswered: _answered_call,
    CallEnded: _ended_call,
    MessagesWaiting: _messages,
}
"""The function for each kind of event that returns the changed fields without the stage.

An event of another kind changes only `last_event`.
"""
