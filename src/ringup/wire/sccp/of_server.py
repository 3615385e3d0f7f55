"""The messages that a server sends, with their numbers (P-SCCP-5 to P-SCCP-22).

A docstring in the imperative is the order that the message gives to the phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ringup.wire.sccp.layout import chars, ipv4, items, raw, uint


@dataclass(frozen=True, slots=True)
class RegisterAck:
    """The server accepts the phone's registration."""

    keep_alive: int = uint()
    """Seconds between the phone's KeepAlive messages."""
    date_template: str = chars(6)
    spare: bytes = raw(2)
    second_keep_alive: int = uint()
    protocol: int = uint(1)
    rest: bytes = raw(3)


@dataclass(frozen=True, slots=True)
class StartTone:
    """Play a tone."""

    tone: int = uint()
    direction: int = uint()
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class StopTone:
    """Stop the tone that is playing."""

    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class SetRinger:
    """Ring, or stop ringing."""

    mode: int = uint()
    """The ring: 1 is off, 2 an inside, 3 an outside call, 4 a feature."""
    duration: int = uint()
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class SetLamp:
    """Switch the lamp of a button, or the message lamp."""

    stimulus: int = uint()
    """The lamp: 9 is that of a line, 15 the message lamp."""
    instance: int = uint()
    mode: int = uint()
    """The state of the lamp: 1 is off, 2 on, 3 wink, 4 flash, 5 blink."""


@dataclass(frozen=True, slots=True)
class SetSpeaker:
    """Switch the speaker."""

    mode: int = uint()
    """The state of the speaker: 1 is on, 2 off."""


@dataclass(frozen=True, slots=True)
class StartMediaTransmission:
    """Send sound to this address and port."""

    conference: int = uint()
    party: int = uint()
    address: str = ipv4()
    port: int = uint()
    milliseconds: int = uint()
    codec: int = uint()


@dataclass(frozen=True, slots=True)
class StopMediaTransmission:
    """Stop sending sound."""

    conference: int = uint()
    party: int = uint()


@dataclass(frozen=True, slots=True)
class CallInfo:
    """The names and numbers of the caller and the called party."""

    calling_name: str = chars(40)
    calling_number: str = chars(24)
    called_name: str = chars(40)
    called_number: str = chars(24)
    line: int = uint()
    call: int = uint()
    kind: int = uint()
    """The direction: 1 is a call to the phone, 2 a call from it."""


@dataclass(frozen=True, slots=True)
class ForwardStat:
    """Reports whether calls of a line are forwarded."""

    is_active: int = uint()
    line: int = uint()


@dataclass(frozen=True, slots=True)
class SpeedDialStat:
    """The number and name of a speed dial."""

    number: int = uint()
    digits: str = chars(24)
    name: str = chars(40)


@dataclass(frozen=True, slots=True)
class LineStat:
    """The number and name of a line."""

    line: int = uint()
    number: str = chars(24)
    name: str = chars(24)


@dataclass(frozen=True, slots=True)
class DefineTimeDate:
    """Set the phone's clock; no other message does so."""

    year: int = uint()
    month: int = uint()
    weekday: int = uint()
    day: int = uint()
    hour: int = uint()
    minute: int = uint()
    second: int = uint()
    millisecond: int = uint()
    unix: int = uint()


@dataclass(frozen=True, slots=True)
class Button:
    """The function of one line button."""

    instance: int = uint(1)
    kind: int = uint(1)
    """The function: 9 is a line, 2 a speed dial, 0x14 a page, 0xFF nothing."""


@dataclass(frozen=True, slots=True)
class ButtonTemplate:
    """The functions of all line buttons."""

    buttons: tuple[Button, ...] = items(Button, 42, is_part=True, is_padded=True)


@dataclass(frozen=True, slots=True)
class Version:
    """The load that the phone should run."""

    load: str = chars(16)


@dataclass(frozen=True, slots=True)
class ClearDisplay:
    """Clear the screen."""


@dataclass(frozen=True, slots=True)
class CapabilitiesReq:
    """The server asks for the codecs."""


@dataclass(frozen=True, slots=True)
class RegisterReject:
    """The server refuses the phone's registration."""

    reason: str = chars(33)


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset or restart."""

    kind: int = uint()
    """The kind of reset: 1 is a full reset, 2 a restart."""


@dataclass(frozen=True, slots=True)
class KeepAliveAck:
    """The server confirms that it received a KeepAlive."""


@dataclass(frozen=True, slots=True)
class OpenReceiveChannel:
    """Get ready to receive sound."""

    conference: int = uint()
    party: int = uint()
    milliseconds: int = uint()
    codec: int = uint()
    echo: int = uint()
    rate: int = uint()


@dataclass(frozen=True, slots=True)
class CloseReceiveChannel:
    """Stop receiving sound."""

    conference: int = uint()
    party: int = uint()


@dataclass(frozen=True, slots=True)
class SoftKey:
    """A soft key's label, and the event that it sends."""

    label: str = chars(16)
    event: int = uint()


@dataclass(frozen=True, slots=True)
class SoftKeyTemplate:
    """The labels and events of all soft keys."""

    keys: tuple[SoftKey, ...] = items(SoftKey, 32, is_part=True, is_padded=True)


@dataclass(frozen=True, slots=True)
class SoftKeySet:
    """The soft keys of one call state: places in the template, from 1."""

    places: bytes = raw(16)
    help_texts: bytes = raw(32)


@dataclass(frozen=True, slots=True)
class SoftKeySets:
    """The soft keys of all call states."""

    sets: tuple[SoftKeySet, ...] = items(SoftKeySet, 16, is_part=True, is_padded=True)


@dataclass(frozen=True, slots=True)
class SelectSoftKeys:
    """Show the soft keys of a call state."""

    line: int = uint()
    call: int = uint()
    place: int = uint()
    valid: int = uint(default=0xFFFFFFFF)
    """One bit for each soft key of the set that can be pressed."""


@dataclass(frozen=True, slots=True)
class CallState:
    """A call's state changed."""

    state: int = uint()
    """1 off-hook, 2 on-hook, 3 ring out, 4 ringing, 5 connected, 6 busy, 7 congestion, 8 hold, 12 proceed."""
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class DisplayPromptStatus:
    """Show a prompt: a line of text above the soft keys."""

    timeout: int = uint()
    text: str = chars(32)
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class ClearPromptStatus:
    """Remove the prompt, so that the standing text shows again."""

    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class DisplayNotify:
    """Show a text for several seconds."""

    timeout: int = uint()
    text: str = chars(100)


@dataclass(frozen=True, slots=True)
class ActivateCallPlane:
    """Show the calls of a line; 0: of none."""

    line: int = uint()


@dataclass(frozen=True, slots=True)
class UnregisterAck:
    """The server confirms that the phone has signed off."""

    status: int = uint()


@dataclass(frozen=True, slots=True)
class DialedNumber:
    """The number as the server understood it."""

    number: str = chars(24)
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class DisplayPriNotify:
    """Show a text with a priority for several seconds."""

    timeout: int = uint()
    priority: int = uint()
    text: str = chars(100)


@dataclass(frozen=True, slots=True)
class ServiceUrlStat:
    """The URL and name of the page behind a button."""

    number: int = uint()
    url: str = chars(256)
    name: str = chars(40)


OF_SERVER: Mapping[int, type] = {
    0x0081: RegisterAck,
    0x0082: StartTone,
    0x0083: StopTone,
    0x0085: SetRinger,
    0x0086: SetLamp,
    0x0088: SetSpeaker,
    0x008A: StartMediaTransmission,
    0x008B: StopMediaTransmission,
    0x008F: CallInfo,
    0x0090: ForwardStat,
    0x0091: SpeedDialStat,
    0x0092: LineStat,
    0x0094: DefineTimeDate,
    0x0097: ButtonTemplate,
    0x0098: Version,
    0x009A: ClearDisplay,
    0x009B: CapabilitiesReq,
    0x009D: RegisterReject,
    0x009F: Reset,
    0x0100: KeepAliveAck,
    0x0105: OpenReceiveChannel,
    0x0106: CloseReceiveChannel,
    0x0108: SoftKeyTemplate,
    0x0109: SoftKeySets,
    0x0110: SelectSoftKeys,
    0x0111: CallState,
    0x0112: DisplayPromptStatus,
    0x0113: ClearPromptStatus,
    0x0114: DisplayNotify,
    0x0116: ActivateCallPlane,
    0x0118: UnregisterAck,
    0x011D: DialedNumber,
    0x0120: DisplayPriNotify,
    0x012F: ServiceUrlStat,
}
