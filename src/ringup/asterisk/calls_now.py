"""The calls of this moment, and the parked ones, as Asterisk lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from ringup.asterisk.asker import PbxAsker
from ringup.asterisk.channel_names import extension_of


@dataclass(frozen=True, slots=True)
class PresentCall:
    """One line that is on the phone."""

    extension: str
    other: str
    """The number at the other end; empty: Asterisk does not know it."""
    state: str
    """``Up``, ``Ringing``, ``Ring`` …, in Asterisk's words."""
    duration: str
    """Hours, minutes and seconds, like ``00:00:42``."""


@dataclass(frozen=True, slots=True)
class ParkedCall:
    """One call that waits to be taken back."""

    space: str
    """The number that takes it back."""
    number: str
    name: str
    seconds_left: str


def calls_now(pbx: PbxAsker) -> Iterator[PresentCall]:
    """Yield the calls of all lines; raises OutsideError."""
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
