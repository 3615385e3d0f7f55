"""Traces that two devices leave which use one MAC or one address; and which address a phone is bound to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegisteredElsewhere:
    """The phone boots at one address while the PBX has a living registration of it from another."""

    at: float
    mac: str
    address: str
    """Where it boots."""
    registered: str
    """The address of the registration."""


@dataclass(frozen=True, slots=True)
class FilesFromTwoAddresses:
    """Two addresses requested the phone's own files within a minute."""

    at: float
    mac: str
    address: str
    before: str
    """The address of the request before."""


@dataclass(frozen=True, slots=True)
class LeasedAddressElsewhere:
    """Another MAC answers ARP for an address that is leased to the phone."""

    at: float
    mac: str
    address: str
    holder: str
    """The MAC that says that it has the address."""


@dataclass(frozen=True, slots=True)
class PhonePinned:
    """From now on the phone's own files go to this address."""

    at: float
    mac: str
    address: str
    before: str
    """The address of its pin before; empty: it had none."""
    by: str
    """What bound it: ``first request``, ``neighbour`` or ``operator``."""


@dataclass(frozen=True, slots=True)
class PhoneUnpinned:
    """The phone is free: the next address that requests its own file gets it."""

    at: float
    mac: str
    address: str
    """The address that it was bound to."""
