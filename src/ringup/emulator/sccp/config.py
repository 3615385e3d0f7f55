"""The configuration of the phone's SCCP half before it connects, and its times."""

from dataclasses import dataclass
from typing import NamedTuple

from ringup.emulator.behaviour import StimulusLength


class Server(NamedTuple):
    """A CallManager of the phone's configuration file."""

    address: str
    port: int = 2000


@dataclass(frozen=True, slots=True)
class SccpTimes:
    """The waits of the SCCP application in seconds. No source gives them, so each is a guess [R]."""

    connect: float = 10.0
    """The longest wait for a TCP connection."""
    digit: float = 0.2
    """From one key to the next, of a person who dials."""
    missed_keep_alives: int = 3
    """After so many unanswered KeepAlive messages the connection counts as lost (P-SCCP-26: chan_skinny's
    own limit).
    """
    unregister: float = 1.0
    """The longest wait for UnregisterAck before the connection is closed."""


@dataclass(frozen=True, slots=True)
class SccpConfig:
    """One phone's SCCP half."""

    address: str
    mac: str
    """Twelve upper-case hexadecimal digits."""
    model: str
    device_type: int
    """7 is a 7960, 8 a 7940 (P-MODEL-1)."""
    load: str
    servers: tuple[Server, ...]
    """In the order in which they are tried."""
    protocol: int = 11
    """The protocol's version of SCCP 8.1.2 (P-SCCP-7)."""
    first_media_port: int = 16384
    last_media_port: int = 32766
    times: SccpTimes = SccpTimes()
    stimulus: StimulusLength = StimulusLength.SIXTEEN

    @property
    def device(self) -> str:
        """Return the name that the phone registers with."""
        return f"SEP{self.mac}"
