"""Everything that can happen to a phone, one dataclass each, and their plain-data form.

Every event has `at` (Unix seconds) and `mac` (twelve upper-case digits; empty while nobody knows whose
packet it was). Engines return them, the store keeps them, the journey is a fold over them.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any

from ringup.events.dhcp import (
    AddressDeclined,
    AddressInUse,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    AddressWanted,
    DhcpIgnored,
    OptionsAsked,
    OtherServerChosen,
    OtherServerSeen,
    PoolEmpty,
)
from ringup.events.pbx import (
    CallAnswered,
    CallEnded,
    CallStarted,
    LineHungUp,
    LineLoggedIn,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    MessagesWaiting,
    RegistrationRefused,
)
from ringup.events.server import (
    InterfaceBack,
    InterfaceLost,
    PbxConnected,
    PbxLost,
    PbxReloaded,
    ServerFault,
    ServerStarted,
    ServerStopped,
    SiteChanged,
    StoreSlow,
)
from ringup.events.tftp import (
    DatagramsDropped,
    FileAbsent,
    FileAsked,
    FileRefused,
    FileSent,
    TftpIgnored,
    TransferAbandoned,
)

__all__ = [
    "FIELDS",
    "KINDS",
    "AddressDeclined",
    "AddressInUse",
    "AddressLeased",
    "AddressOffered",
    "AddressRefused",
    "AddressReleased",
    "AddressWanted",
    "CallAnswered",
    "CallEnded",
    "CallStarted",
    "DatagramsDropped",
    "DhcpIgnored",
    "Event",
    "FileAbsent",
    "FileAsked",
    "FileRefused",
    "FileSent",
    "InterfaceBack",
    "InterfaceLost",
    "LineHungUp",
    "LineLoggedIn",
    "LineReachable",
    "LineRegistered",
    "LineUnreachable",
    "LineUnregistered",
    "MessagesWaiting",
    "OptionsAsked",
    "OtherServerChosen",
    "OtherServerSeen",
    "PbxConnected",
    "PbxLost",
    "PbxReloaded",
    "PoolEmpty",
    "RegistrationRefused",
    "ServerFault",
    "ServerStarted",
    "ServerStopped",
    "SiteChanged",
    "StoreSlow",
    "TftpIgnored",
    "TransferAbandoned",
    "from_record",
    "given_to",
    "to_record",
]

Event = (
    AddressWanted
    | AddressOffered
    | AddressLeased
    | AddressRefused
    | AddressDeclined
    | AddressReleased
    | OptionsAsked
    | OtherServerChosen
    | OtherServerSeen
    | DhcpIgnored
    | PoolEmpty
    | AddressInUse
    | FileAsked
    | FileSent
    | FileAbsent
    | FileRefused
    | TransferAbandoned
    | TftpIgnored
    | DatagramsDropped
    | LineRegistered
    | LineUnregistered
    | LineLoggedIn
    | LineReachable
    | LineUnreachable
    | RegistrationRefused
    | CallStarted
    | CallAnswered
    | LineHungUp
    | CallEnded
    | MessagesWaiting
    | ServerStarted
    | ServerStopped
    | SiteChanged
    | PbxConnected
    | PbxLost
    | PbxReloaded
    | ServerFault
    | InterfaceLost
    | InterfaceBack
    | StoreSlow
)

KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
"""Every event by its name; the name is what the store and the JSON form keep."""


FIELDS: Mapping[type[Event], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in Event.__args__
}
"""The names of every event's fields, in their order: ``at`` and ``mac`` first."""

_VALUES = {kind: attrgetter(*names) for kind, names in FIELDS.items()}


def to_record(event: Event) -> dict[str, Any]:
    """The plain-data form: ``kind`` and every field."""
    kind = type(event)
    # Not `asdict`: it looks for values inside values, which no event has, at ten times the cost.
    return {"kind": kind.__name__, **dict(zip(FIELDS[kind], _VALUES[kind](event), strict=True))}


def given_to(mac: str, event: Event) -> Event:
    """The same event of the phone `mac`."""
    kind = type(event)
    # Not `replace`, for the same reason.
    return kind(event.at, mac, *_VALUES[kind](event)[2:])


def from_record(record: Mapping[str, Any]) -> Event:
    """The event of a plain-data form; fields that this version does not know are dropped.

    Raises KeyError for a kind that this version does not know, and for a missing field without a default.
    """
    kind = KINDS[record["kind"]]
    try:
        return kind(*[record[name] for name in FIELDS[kind]])
    except KeyError:  # an older version wrote it
        wanted = (field for field in fields(kind) if field.name in record or field.default is MISSING)
        return kind(**{field.name: record[field.name] for field in wanted})
