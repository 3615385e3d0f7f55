"""The present calls and the parked calls, as Asterisk lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from ringup.asterisk.asker import PbxAsker
from ringup.asterisk.channel_names import extension_of


@dataclass(frozen=True, slots=True)
class PresentCall:
    """A call in which a line of the site takes part now."""

    extension: str
    other: str
    """The number at the other end; empty if Asterisk does not know it."""
    state: str
    """Asterisk's word for the state: ``Up``, ``Ringing``, ``Ring`` and others."""
    duration: str
    """The duration as hours, minutes and seconds, like ``00:00:42``."""


@dataclass(frozen=True, slots=True)
class ParkedCall:
    """A parked call, which any phone can take."""

    space: str
    """The number that a phone dials to take the call."""
    number: str
    name: str
    seconds_left: str


def calls_now(pbx: PbxAsker) -> Iterator[PresentCall]:
    """Yield the present calls of all lines; raises OutsideError."""
    for each in pbx.ask("CoreShowChannels").listed:
        if extension := extension_of(each.get("Channel")):
            other = each.get("ConnectedLineNum") or each.get("Exten")
            state, duration = each.get("ChannelStateDesc"), each.get("Duration")
            yield PresentCall(extension, other.strip("<>").replace("unknown", ""), state, duration)


def parked_calls(pbx: PbxAsker) -> Iterator[ParkedCall]:
    """Yield the parked calls; raises AmiRefused if Asterisk has no parking (res_parking), or OutsideError."""
    for each in pbx.ask("ParkedCalls").listed:
        yield ParkedCall(
            each.get("ParkingSpace"),
            each.get("ParkeeCallerIDNum").replace("<unknown>", ""),
            each.get("ParkeeCallerIDName").replace("<unknown>", ""),
            each.get("ParkingTimeout"),
        )
