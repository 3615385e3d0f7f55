"""The value of `serve --owners`: how the phone of an address is identified."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class OwnersBy(StrEnum):
    """The methods that identify the phone of an address."""

    OWN_LEASES = ""
    """The default if ringup is the DHCP server."""
    LEASES = "leases"
    NEIGHBOURS = "neighbours"
    PIN = "pin"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class OwnerSource:
    """A method, and for `leases` the file to follow."""

    by: OwnersBy
    file: Path | None = None


OWN_LEASES = OwnerSource(OwnersBy.OWN_LEASES)
NEIGHBOURS = OwnerSource(OwnersBy.NEIGHBOURS)
PIN = OwnerSource(OwnersBy.PIN)
OPEN = OwnerSource(OwnersBy.OPEN)


def read_source(text: str) -> OwnerSource:
    """Read ``leases:FILE``, ``neighbours``, ``pin`` or ``open``; raises ValueError for any other text."""
    name, colon, file = text.partition(":")
    if name == OwnersBy.LEASES and file:
        return OwnerSource(OwnersBy.LEASES, Path(file))
    if colon or not name or name == OwnersBy.LEASES or name not in list(OwnersBy):
        raise ValueError("it must be leases:FILE, neighbours, pin or open.")
    return OwnerSource(OwnersBy(name))
