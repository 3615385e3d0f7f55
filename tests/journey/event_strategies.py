"""Random events of every kind, from their own field types; names and MACs often mean something."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import strategies as st

from ringup.events import (
    KINDS,
    AddressLeased,
    AddressWanted,
    Event,
    FileAbsent,
    FileAsked,
    FileRefused,
    FileSent,
    LineRegistered,
    TransferAbandoned,
)

MACS = ("001646C0FFEE", "000E84C060A6", "0011BB73AD61")

NAMES = (
    *(f"CTLSEP{mac}.tlv" for mac in MACS),
    *(f"./SIP{mac}.cnf" for mac in MACS),
    f"SEP{MACS[0]}.cnf.xml",
    "XMLDefault.cnf.xml",
    "OS79XX.TXT",
    "P0S3-8-12-00.loads",
    "P003-8-12-00.sbn",
    "P0S3-8-12-00.sb2",
    "SIPDefault.cnf",
    "RINGLIST.DAT",
    "dialplan.xml",
    f"sip{MACS[0].lower()}.cnf",
    "SIP<MAC>.cnf",
)

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
    """Events of one kind."""
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{field.name: _BY_NAME.get(field.name, _BY_TYPE[hints[field.name]]) for field in fields(kind)}
    )


def events() -> st.SearchStrategy[Event]:
    """Events of every kind."""
    return st.one_of([events_of(kind) for kind in KINDS.values()])


def storm_events() -> st.SearchStrategy[Event]:
    """Files asked for, sent and absent by one phone or two, between what brings a phone into any stage."""
    of = {"at": _BY_NAME["at"], "mac": st.sampled_from((MACS[0], MACS[0], MACS[1]))}
    name = st.sampled_from(STORM_NAMES * 4 + NAMES)
    address = st.sampled_from(("", "10.0.0.11"))
    files = st.one_of(
        st.builds(FileAsked, **of, name=name, address=address, port=st.just(50_000)),
        st.builds(FileSent, **of, name=name, address=address, size=st.just(9), seconds=st.just(0.1)),
        st.builds(FileAbsent, **of, name=name, address=address, reason=st.just("")),
    )
    others = (
        AddressWanted,
        AddressLeased,
        LineRegistered,
        TransferAbandoned,
    )  # few: a trouble ends the storm
    return st.one_of(*[files] * 7, *[events_of(kind) for kind in others])


def requests() -> st.SearchStrategy[list[list[Event]]]:
    """Turns of one phone or two: a request and its outcome together, one of them alone, or another event."""
    turn = st.tuples(
        st.sampled_from(
            ("asked", "sent", "asked sent", "asked absent", "asked refused", "other", "abandoned")
        ),
        st.sampled_from((MACS[0], MACS[0], MACS[1])),
        st.sampled_from(STORM_NAMES * 3 + NAMES),
    )
    return st.lists(turn, max_size=40).map(
        lambda turns: [list(_told(2.0 * number, *turn)) for number, turn in enumerate(turns)]
    )


def _told(at: float, what: str, mac: str, name: str) -> Iterator[Event]:
    if "asked" in what.split():
        yield FileAsked(at, mac, name, "10.0.0.11", 50_000)
    if "sent" in what.split():
        yield FileSent(at + 1, mac, name, "10.0.0.11", 9, 1.0)
    if "absent" in what.split():
        yield FileAbsent(at, mac, name, "10.0.0.11", "")
    if "refused" in what.split():
        yield FileRefused(at, mac, name, "10.0.0.11", "")
    if what == "abandoned":
        yield TransferAbandoned(at, mac, name, "10.0.0.11", 1, 2, "silence")
    if what == "other":
        yield (AddressWanted(at, mac, "") if at % 4 else LineRegistered(at, mac, "201", ""))
