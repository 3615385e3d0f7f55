"""The events of phones and of the server, one dataclass per kind, and their conversion to plain data.

Every event has `at` (Unix seconds) and `mac` (twelve upper-case digits; empty if the phone is not known).
Engines return events, the database keeps them, and a phone's journey (its boot progress) is computed from
them.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

from ringup.events.cdp import CdpSeen, VoiceVlanAnswered
from ringup.events.devices import (
    DeviceEvent,
    FilesFromTwoAddresses,
    LeasedAddressElsewhere,
    PhonePinned,
    PhoneUnpinned,
    RegisteredElsewhere,
)
from ringup.events.dhcp import (
    AddressDeclined,
    AddressInUse,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    DhcpEvent,
    DhcpIgnored,
    DiscoverReceived,
    InformReceived,
    OtherServerChosen,
    OtherServerSeen,
    PoolEmpty,
)
from ringup.events.pbx import (
    CallAnswered,
    CallEnded,
    CallMissed,
    CallStarted,
    LineAuthenticated,
    LineChallenged,
    LineHungUp,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    MessagesWaiting,
    PbxEvent,
    RegistrationRefused,
)
from ringup.events.server import (
    EventsOmitted,
    InterfaceBack,
    InterfaceLost,
    MachineFault,
    MachineFaultOver,
    NodeActive,
    NodeStandby,
    PbxConnected,
    PbxLost,
    PbxReloaded,
    ServerAddressChanged,
    ServerEvent,
    ServerFault,
    ServerStarted,
    ServerStopped,
    SiteChanged,
    StoreSlow,
)
from ringup.events.sip import SipSeen
from ringup.events.tftp import (
    FILE_EVENTS,
    DatagramsDropped,
    FileEvent,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    TftpEvent,
    TftpIgnored,
    TransferFailed,
    TransferProgress,
)

__all__ = [
    "FIELDS",
    "FILE_EVENTS",
    "FORMER_NAMES",
    "KINDS",
    "OF_A_NODE",
    "AddressDeclined",
    "AddressInUse",
    "AddressLeased",
    "AddressOffered",
    "AddressRefused",
    "AddressReleased",
    "CallAnswered",
    "CallEnded",
    "CallMissed",
    "CallStarted",
    "CdpSeen",
    "DatagramsDropped",
    "DhcpIgnored",
    "DiscoverReceived",
    "Event",
    "EventsOmitted",
    "FileEvent",
    "FileNotFound",
    "FileRefused",
    "FileRequested",
    "FileSent",
    "FilesFromTwoAddresses",
    "InformReceived",
    "InterfaceBack",
    "InterfaceLost",
    "LeasedAddressElsewhere",
    "LineAuthenticated",
    "LineChallenged",
    "LineHungUp",
    "LineReachable",
    "LineRegistered",
    "LineUnreachable",
    "LineUnregistered",
    "MachineFault",
    "MachineFaultOver",
    "MessagesWaiting",
    "NodeActive",
    "NodeStandby",
    "OtherServerChosen",
    "OtherServerSeen",
    "PbxConnected",
    "PbxLost",
    "PbxReloaded",
    "PhonePinned",
    "PhoneUnpinned",
    "PoolEmpty",
    "RegisteredElsewhere",
    "RegistrationRefused",
    "ServerAddressChanged",
    "ServerFault",
    "ServerStarted",
    "ServerStopped",
    "SipSeen",
    "SiteChanged",
    "StoreSlow",
    "TftpIgnored",
    "TransferFailed",
    "TransferProgress",
    "VoiceVlanAnswered",
    "from_record",
    "given_to",
    "of_node",
    "to_record",
]

Event = DhcpEvent | DeviceEvent | TftpEvent | PbxEvent | SipSeen | CdpSeen | VoiceVlanAnswered | ServerEvent

KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
"""Every class of event by its name, which the database and the JSON form use."""

FORMER_NAMES: Mapping[str, str] = {
    "AddressWanted": "DiscoverReceived",
    "OptionsAsked": "InformReceived",
    "FileAsked": "FileRequested",
    "FileAbsent": "FileNotFound",
    "TransferAbandoned": "TransferFailed",
    "LineLoggedIn": "LineAuthenticated",
}
"""Former names of events, used by versions up to 0.2.0, and their present names."""

_FORMERLY: Mapping[type[Event], str] = {KINDS[name]: former for former, name in FORMER_NAMES.items()}


FIELDS: Mapping[type[Event], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in Event.__args__
}
"""The names of every event's fields, in their order: ``at`` and ``mac`` first."""

OF_A_NODE: frozenset[type[Event]] = frozenset(
    kind for kind in Event.__args__ for field in fields(kind) if field.name == "node" and field.default == ""
)
"""Events of a server that carry its node's name if several servers share a database."""

_VALUES = {kind: attrgetter(*names) for kind, names in FIELDS.items()}


def to_record(event: Event) -> dict[str, Any]:
    """Return the event's plain-data form: ``kind``, every field, and ``formerly``.

    ``formerly`` is the name of the kind in versions up to 0.2.0.
    """
    kind = type(event)
    # `asdict` would take ten times as long, because it searches for nested values, which no event has.
    record = {"kind": kind.__name__, **dict(zip(FIELDS[kind], _VALUES[kind](event), strict=True))}
    return record if kind not in _FORMERLY else {**record, "formerly": _FORMERLY[kind]}


def kind_named(name: str) -> type[Event] | None:
    """Return the event class of a name, former names included; None for an unknown name."""
    return KINDS.get(FORMER_NAMES.get(name, name))


def given_to(mac: str, event: Event) -> Event:
    """Return a copy of the event with `mac` as its phone."""
    kind = type(event)
    # `replace` would also take longer.
    return kind(event.at, mac, *_VALUES[kind](event)[2:])


def of_node(node: str, event: Event) -> Event:
    """Return the event with the name of its node, if this kind of event has one."""
    if type(event) not in OF_A_NODE:
        return event
    kind: Callable[..., Event] = type(event)
    return kind(*_VALUES[type(event)](event)[:-1], node)


def from_record(record: Mapping[str, Any]) -> Event:
    """Return the event of a record of plain data; fields that this version does not know are dropped.

    Raises KeyError for a kind that this version does not know, and for a missing field without a default.
    """
    kind = kind_named(record["kind"])
    if kind is None:
        raise KeyError(record["kind"])
    try:
        return kind(*[record[name] for name in FIELDS[kind]])
    except KeyError:  # an older version wrote it
        wanted = (field for field in fields(kind) if field.name in record or field.default is MISSING)
        return kind(**{field.name: record[field.name] for field in wanted})
