"""Events about two devices with one MAC or one address, and about the address of a phone's pin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegisteredElsewhere:
    """The phone boots at one address while the PBX has a current registration of it from another."""

    at: float
    mac: str
    address: str
    """The address at which the phone boots."""
    registered: str
    """The address of the registration."""


@dataclass(frozen=True, slots=True)
class FilesFromTwoAddresses:
    """Two addresses requested the phone's own files within a minute."""

    at: float
    mac: str
    address: str
    before: str
    """The address of the previous request."""


@dataclass(frozen=True, slots=True)
class LeasedAddressElsewhere:
    """Another MAC answers ARP for an address that is leased to the phone."""

    at: float
    mac: str
    address: str
    holder: str
    """The MAC that claims the address."""


@dataclass(frozen=True, slots=True)
class PhonePinned:
    """The phone was pinned: its own files now go only to this address."""

    at: float
    mac: str
    address: str
    before: str
    """The address of its previous pin; empty: it had none."""
    by: str
    """The cause of the pin: ``first request``, ``neighbour`` or ``operator``."""


@dataclass(frozen=True, slots=True)
class PhoneUnpinned:
    """The phone's pin was removed: the phone is pinned to the next address that requests its own file."""

    at: float
    mac: str
    address: str
    """The address of the removed pin."""


DeviceEvent = (
    RegisteredElsewhere | FilesFromTwoAddresses | LeasedAddressElsewhere | PhonePinned | PhoneUnpinned
)
