"""Events of CDP: a phone's announcement, which it sends before it has an address, and the answer to it."""

from dataclasses import dataclass

POE_CLASSES = {"1": 3_840, "2": 6_490, "3": 12_950}
"""The classes of powered devices, and the maximum milliwatts of each (IEEE 802.3af, table 33-10)."""


@dataclass(frozen=True, slots=True)
class CdpSeen:
    """A CDP announcement of a phone (P-CDP-1), which shows that the phone has power and a link."""

    at: float
    mac: str
    device_id: str
    """The phone's name: ``SIP001646C0FFEE`` from a SIP load, ``SEP…`` from an SCCP load."""
    platform: str
    """The phone's platform, like ``Cisco IP Phone 7960``."""
    version: str
    """The loader's name, not the application's: ``P003-08-2-00``."""
    port: str
    """The phone's port, like ``Port 1``."""
    voice_vlan: int
    """The voice VLAN in the announcement; 0: a priority tag only, 4095: untagged (P-CDP-5); -1: no VLAN."""
    milliwatts: int = 0
    """Milliwatts that the phone takes from the switch (P-CDP-2); 0: the phone does not report them."""

    @property
    def power(self) -> str:
        """Return the power in watts and the PoE class, as in ``, takes 6.3 W (PoE class 2)``.

        The class is the one that allows this power (IEEE 802.3af, table 33-10). Empty: the phone does not
        report it.
        """
        if not self.milliwatts:
            return ""
        at_most = next((name for name, most in POE_CLASSES.items() if self.milliwatts <= most), "4")
        return f", takes {self.milliwatts / 1000:.1f} W (PoE class {at_most})"


@dataclass(frozen=True, slots=True)
class VoiceVlanAnswered:
    """A switch, or ringup (``--voice-vlan``), answered a phone's CDP query with a voice VLAN."""

    at: float
    mac: str
    by: str
    """The device that answered: ``sw1 (cisco WS-C2950-12)``, or ``ringup on eth0``."""
    vlan: int
    """The voice VLAN: 1 to 4094 for tagged frames; 0: a priority tag only; 4095: untagged (P-CDP-5)."""
