"""The messages that a phone sends, with their numbers (P-SCCP-4 to P-SCCP-20)."""

from collections.abc import Mapping
from dataclasses import dataclass

from ringup.wire.sccp.layout import chars, ipv4, items, raw, uint

MOST_CODECS = 18


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """The phone reports that it is still connected."""


@dataclass(frozen=True, slots=True)
class Register:
    """The phone registers with the server."""

    device: str = chars(16)
    """The phone's name: ``SEP`` and the MAC."""
    user: int = uint()
    instance: int = uint(default=1)
    """The instance: 1 on a 7960, 0 on a 7941."""
    address: str = ipv4()
    device_type: int = uint()
    """The model: 7 is a 7960, 8 a 7940."""
    most_streams: int = uint()
    active_streams: int = uint()
    protocol: int = uint(1)
    """The version of the protocol: 11 with load 8.1.2."""
    spare: bytes = raw(1)
    features: bytes = raw(2)
    rest: bytes = raw(24)


@dataclass(frozen=True, slots=True)
class IpPort:
    """The UDP port for sound; only old phones send it."""

    port: int = uint()


@dataclass(frozen=True, slots=True)
class KeypadButton:
    """A button of the number pad was pressed: 0 to 9, 14 is the star, 15 the pound key."""

    button: int = uint()
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class EnblocCall:
    """A complete number, dialled at once."""

    number: str = chars(24)


@dataclass(frozen=True, slots=True)
class Stimulus:
    """A line button or a function button was pressed; chan_skinny reads only the first two fields
    (P-SCCP-18).
    """

    stimulus: int = uint()
    instance: int = uint()
    call: int = uint()
    status: int = uint()


@dataclass(frozen=True, slots=True)
class OffHook:
    """The handset was lifted."""

    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class OnHook:
    """The handset was put down."""

    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class ForwardStatReq:
    """The phone asks whether calls of a line are forwarded."""

    line: int = uint()


@dataclass(frozen=True, slots=True)
class SpeedDialStatReq:
    """The phone asks for a speed dial."""

    number: int = uint()


@dataclass(frozen=True, slots=True)
class LineStatReq:
    """The phone asks for a line's number and name."""

    line: int = uint()


@dataclass(frozen=True, slots=True)
class ConfigStatReq:
    """The phone asks for its users and numbers of lines."""


@dataclass(frozen=True, slots=True)
class TimeDateReq:
    """The phone asks for the time."""


@dataclass(frozen=True, slots=True)
class ButtonTemplateReq:
    """The phone asks what its line buttons do."""


@dataclass(frozen=True, slots=True)
class VersionReq:
    """The phone asks for the load that it should run."""


@dataclass(frozen=True, slots=True)
class Codec:
    """An audio codec of the phone."""

    codec: int = uint()
    """The codec: 2 is A-law, 4 is µ-law, 11 is G.729, 12 is G.729A."""
    most_frames: int = uint()
    parameters: bytes = raw(8)


@dataclass(frozen=True, slots=True)
class CapabilitiesRes:
    """The codecs of the phone."""

    codecs: tuple[Codec, ...] = items(Codec, MOST_CODECS)


@dataclass(frozen=True, slots=True)
class Alarm:
    """The phone reports why it started: ``Name=SEP… Load=… Last=…``."""

    severity: int = uint()
    text: str = chars(80)
    first: int = uint()
    second: int = uint()


@dataclass(frozen=True, slots=True)
class OpenReceiveChannelAck:
    """The phone is ready to receive sound at this address and port."""

    status: int = uint()
    """0: the phone is ready."""
    address: str = ipv4()
    port: int = uint()
    party: int = uint()


@dataclass(frozen=True, slots=True)
class SoftKeySetReq:
    """The phone asks which soft keys it must show in each call state."""


@dataclass(frozen=True, slots=True)
class SoftKeyEvent:
    """A soft key was pressed."""

    event: int = uint()
    line: int = uint()
    call: int = uint()


@dataclass(frozen=True, slots=True)
class Unregister:
    """The phone signs off."""


@dataclass(frozen=True, slots=True)
class SoftKeyTemplateReq:
    """The phone asks for the soft keys' labels."""


@dataclass(frozen=True, slots=True)
class RegisterAvailableLines:
    """The number of lines that the phone can have."""

    lines: int = uint()


@dataclass(frozen=True, slots=True)
class ServiceUrlStatReq:
    """The phone asks for the page behind a button."""

    number: int = uint()


OF_PHONE: Mapping[int, type] = {
    0x0000: KeepAlive,
    0x0001: Register,
    0x0002: IpPort,
    0x0003: KeypadButton,
    0x0004: EnblocCall,
    0x0005: Stimulus,
    0x0006: OffHook,
    0x0007: OnHook,
    0x0009: ForwardStatReq,
    0x000A: SpeedDialStatReq,
    0x000B: LineStatReq,
    0x000C: ConfigStatReq,
    0x000D: TimeDateReq,
    0x000E: ButtonTemplateReq,
    0x000F: VersionReq,
    0x0010: CapabilitiesRes,
    0x0020: Alarm,
    0x0022: OpenReceiveChannelAck,
    0x0025: SoftKeySetReq,
    0x0026: SoftKeyEvent,
    0x0027: Unregister,
    0x0028: SoftKeyTemplateReq,
    0x002D: RegisterAvailableLines,
    0x0033: ServiceUrlStatReq,
}
