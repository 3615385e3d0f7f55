"""Random events of every kind, made from the types of their fields; their names and MACs often have a
meaning.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import strategies as st

from ringup.events import (
    KINDS,
    AddressLeased,
    AddressOffered,
    DiscoverReceived,
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    LineRegistered,
    TransferFailed,
)

MACS = ("001646C0FFEE", "000E84C060A6", "0011BB73AD61")

NAMES = (
    *(f"CTLSEP{mac}.tlv" for mac in MACS),
    *(f"./SIP{mac}.cnf" for mac in MACS),
    f"SEP{MACS[0]}.cnf.xml",
    "XMLDefault.cnf.xml",
    "OS79XX.TXT",
    "P0S3-8-12-00.loads",
    ".loads",
    "P003-8-12-00.sbn",
    "P0S3-8-12-00.sb2",
    "SIPDefault.cnf",
    "RINGLIST.DAT",
    "dialplan.xml",
    f"sip{MACS[0].lower()}.cnf",
    "SIP<MAC>.cnf",
)

ADDRESS = "10.0.0.11"

STORM_NAMES = (f"CTLSEP{MACS[0]}.tlv", "SIPDefault.cnf", "RINGLIST.DAT", "dialplan.xml")

_BY_TYPE: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=200),
    int: st.integers(),
    float: st.floats(),
    bool: st.booleans(),
}

_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "at": st.floats(min_value=0, max_value=4e9),
    "mac": st.sampled_from(("", *MACS)),
    "name": st.sampled_from(NAMES) | st.text(max_size=40),
    "address": st.sampled_from(("", "10.0.0.11", "10.0.0.12")) | st.text(max_size=20),
    "extension": st.sampled_from(("201", "202")) | st.text(max_size=10),
    "vendor_class": st.sampled_from(("Cisco Systems, Inc. IP Phone CP-7960G\0", "MSFT 5.0")),
}


def events_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Return events of one kind."""
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{field.name: _BY_NAME.get(field.name, _BY_TYPE[hints[field.name]]) for field in fields(kind)}
    )


def events() -> st.SearchStrategy[Event]:
    """Return events of every kind."""
    return st.one_of([events_of(kind) for kind in KINDS.values()])


def storm_events() -> st.SearchStrategy[Event]:
    """Return file events of one or two phones, mixed with events that bring a phone into any stage."""
    of = {"at": _BY_NAME["at"], "mac": st.sampled_from((MACS[0], MACS[0], MACS[1]))}
    name = st.sampled_from(STORM_NAMES * 4 + NAMES)
    address = st.sampled_from(("", "10.0.0.11"))
    files = st.one_of(
        st.builds(FileRequested, **of, name=name, address=address, port=st.just(50_000)),
        st.builds(FileSent, **of, name=name, address=address, size=st.just(9), seconds=st.just(0.1)),
        st.builds(FileNotFound, **of, name=name, address=address, reason=st.just("")),
    )
    others = (
        DiscoverReceived,
        AddressLeased,
        LineRegistered,
        TransferFailed,
    )  # there are few of these, because a trouble ends the fast steps
    return st.one_of(*[files] * 7, *[events_of(kind) for kind in others])


Turn = tuple[list[Event], list[Event]]
"""The events with one for each request, and the same events without requests that an answer implies."""


def _answered(at: float, mac: str, name: str, answer: Event) -> Turn:
    return [FileRequested(at, mac, name, ADDRESS, 50_000), answer], [answer]


def _offered(at: float, mac: str) -> Turn:
    asked, offered = ("Cisco Systems, Inc. IP Phone CP-7960G", "eth0"), ("10.0.0.11", "10.0.0.1")
    both: list[Event] = [DiscoverReceived(at, mac, *asked), AddressOffered(at, mac, *offered)]
    return both, [AddressOffered(at, mac, *offered, *asked)]


def _alone(event: Event) -> Turn:
    return [event], [event]


_TURNS: tuple[Callable[[float, str, str], Turn], ...] = (
    lambda at, mac, name: _answered(at, mac, name, FileSent(at + 1, mac, name, ADDRESS, 9, 1.0)),
    lambda at, mac, name: _answered(at, mac, name, FileNotFound(at, mac, name, ADDRESS, "")),
    lambda at, mac, name: _answered(at, mac, name, FileRefused(at, mac, name, ADDRESS, "")),
    lambda at, mac, _: _offered(at, mac),
    lambda at, mac, name: _alone(FileRequested(at, mac, name, ADDRESS, 50_000)),
    lambda at, mac, name: _alone(FileSent(at + 1, mac, name, ADDRESS, 9, 1.0)),
    lambda at, mac, name: _alone(TransferFailed(at, mac, name, ADDRESS, 1, 2, "silence")),
    lambda at, mac, _: _alone(DiscoverReceived(at, mac, "")),
    lambda at, mac, _: _alone(AddressLeased(at, mac, ADDRESS, 60)),
    lambda at, mac, _: _alone(LineRegistered(at, mac, "201", "")),
)


def questions_and_answers() -> st.SearchStrategy[list[Turn]]:
    """Return requests of one or two phones and the answers to them, one every two seconds."""
    turn = st.tuples(
        st.sampled_from(_TURNS),
        st.sampled_from((MACS[0], MACS[0], MACS[1])),
        st.sampled_from(STORM_NAMES * 3 + NAMES),
    )
    return st.lists(turn, max_size=40).map(
        lambda turns: [turn(2.0 * number, mac, name) for number, (turn, mac, name) in enumerate(turns)]
    )
