"""The configuration of the phone's SCCP client before it connects, and its timing."""

from dataclasses import dataclass
from typing import NamedTuple

from ringup.emulator.behaviour import StimulusLength


class Server(NamedTuple):
    """A CallManager that the phone's configuration file names."""

    address: str
    port: int = 2000


@dataclass(frozen=True, slots=True)
class SccpTimes:
    """The waits of the SCCP application in seconds. No source gives them, so each is a guess [R]."""

    connect: float = 10.0
    """Maximum seconds to wait for a TCP connection."""
    digit: float = 0.2
    """Seconds from one key to the next when a person dials."""
    missed_keep_alives: int = 3
    """Number of unanswered KeepAlive messages after which the connection counts as lost (P-SCCP-26:
    chan_skinny has the same limit).
    """
    unregister: float = 1.0
    """Maximum seconds to wait for UnregisterAck before the phone closes the connection."""


@dataclass(frozen=True, slots=True)
class SccpConfig:
    """The configuration of one phone's SCCP client."""

    address: str
    mac: str
    """The phone's MAC, as twelve upper-case hexadecimal digits."""
    model: str
    device_type: int
    """The phone's device type: 7 is a 7960, 8 a 7940 (P-MODEL-1)."""
    load: str
    servers: tuple[Server, ...]
    """The CallManagers, in the order in which the phone tries them."""
    protocol: int = 11
    """The protocol version that the phone sends: that of SCCP 8.1.2 (P-SCCP-7)."""
    first_media_port: int = 16384
    last_media_port: int = 32766
    times: SccpTimes = SccpTimes()
    stimulus: StimulusLength = StimulusLength.SIXTEEN

    @property
    def device(self) -> str:
        """Return the name that the phone registers with."""
        return f"SEP{self.mac}"
