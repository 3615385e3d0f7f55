"""Random events of every kind, from their own field types; names and MACs often mean something."""

from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import strategies as st

from ringup.events import KINDS, Event

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
)

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
