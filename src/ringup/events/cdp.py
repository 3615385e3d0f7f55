"""The event of a phone's CDP announcement, which it sends before it has an address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CdpSeen:
    """A CDP announcement of a phone (P-CDP-1): it has power and a link."""

    at: float
    mac: str
    device_id: str
    """``SIP001646C0FFEE`` from a SIP load, ``SEP…`` from an SCCP load."""
    platform: str
    """``Cisco IP Phone 7960``."""
    version: str
    """The loader's name, not the application's: ``P003-08-2-00``."""
    port: str
    """``Port 1``."""
    voice_vlan: int
    """The voice VLAN in the announcement; 0: a priority tag only, 4095: untagged (P-CDP-5); -1: no VLAN."""
    milliwatts: int = 0
    """The power that it takes from the switch (P-CDP-2); 0: it does not tell."""
