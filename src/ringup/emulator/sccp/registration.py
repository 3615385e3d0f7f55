"""Registration with an SCCP server: the phone sends Register, then requests what it shows (P-SCCP-6 to 17).

Strategy: after each answer of the server the phone sends its next request; `_NEXT` is that chain. After the
last answer, which contains the time, the phone is in service.
"""

from collections.abc import Callable, Mapping, Sequence

from ringup.emulator.sccp.config import SccpConfig
from ringup.wire.sccp import of_phone, of_server
from ringup.wire.sccp.of_phone import Codec

ULAW, ALAW = 4, 2
LINE, SPEED_DIAL, PAGE = 0x09, 0x02, 0x14
"""The kinds of button in a button template (P-SCCP-11)."""


class SccpRegistration:
    """The registration on one connection."""

    def __init__(self, config: SccpConfig) -> None:
        self._config = config
        self.is_registered = False
        self.rejected = ""
        """The server's reason in RegisterReject; empty: the server did not reject the phone."""
        self.keep_alive = 0
        """Seconds between KeepAlive messages; 0 before the server has sent the number."""
        self.load = ""
        """The load that the server wants the phone to run."""
        self.buttons: Sequence[of_server.Button] = ()
        self.soft_keys: Sequence[of_server.SoftKey] = ()
        self.lines: dict[int, of_server.LineStat] = {}
        self.speed_dials: dict[int, of_server.SpeedDialStat] = {}
        self.pages: dict[int, of_server.ServiceUrlStat] = {}
        self.time: of_server.DefineTimeDate | None = None

    def start(self) -> list[object]:
        """Return the first messages of a registration."""
        config = self._config
        return [
            of_phone.Alarm(2, f"Name={config.device} Load={config.load} Last=Initialized"),
            of_phone.Register(
                device=config.device,
                address=config.address,
                device_type=config.device_type,
                protocol=config.protocol,
                features=b"\x60\x85",
            ),
            of_phone.IpPort(config.first_media_port),
        ]

    def receive(self, message: object) -> list[object]:
        """Handle an answer of the server and return the next request; other messages are ignored."""
        row = _NEXT.get(type(message))
        return row(self, message) if row else []

    def _acknowledged(self, message: of_server.RegisterAck) -> list[object]:
        self.keep_alive = message.keep_alive
        return []

    def _rejected(self, message: of_server.RegisterReject) -> list[object]:
        self.rejected = message.reason or "without a reason"
        return []

    def _capabilities(self, _message: of_server.CapabilitiesReq) -> list[object]:
        codecs = tuple(Codec(codec, 40) for codec in (ULAW, ALAW))
        if self.is_registered:  # chan_skinny may request the capabilities again.
            return [of_phone.CapabilitiesRes(codecs)]
        return [of_phone.CapabilitiesRes(codecs), of_phone.VersionReq()]

    def _version(self, message: of_server.Version) -> list[object]:
        self.load = message.load
        return [of_phone.ButtonTemplateReq()]

    def _button_template(self, message: of_server.ButtonTemplate) -> list[object]:
        self.buttons = message.buttons
        return [of_phone.SoftKeyTemplateReq()]

    def _soft_key_template(self, message: of_server.SoftKeyTemplate) -> list[object]:
        self.soft_keys = message.keys
        return [of_phone.SoftKeySetReq()]

    def _soft_key_sets(self, _message: of_server.SoftKeySets) -> list[object]:
        return [
            *(of_phone.LineStatReq(number) for number in self._instances(LINE)),
            of_phone.RegisterAvailableLines(0),
            *(of_phone.SpeedDialStatReq(number) for number in self._instances(SPEED_DIAL)),
            *(of_phone.ServiceUrlStatReq(number) for number in self._instances(PAGE)),
            of_phone.TimeDateReq(),
        ]

    def _instances(self, kind: int) -> list[int]:
        return [button.instance for button in self.buttons if button.kind == kind]

    def _line(self, message: of_server.LineStat) -> list[object]:
        self.lines[message.line] = message
        return []

    def _speed_dial(self, message: of_server.SpeedDialStat) -> list[object]:
        self.speed_dials[message.number] = message
        return []

    def _page(self, message: of_server.ServiceUrlStat) -> list[object]:
        self.pages[message.number] = message
        return []

    def _clock(self, message: of_server.DefineTimeDate) -> list[object]:
        self.time = message
        self.is_registered = True
        return []


_NEXT: Mapping[type, Callable[..., list[object]]] = {
    of_server.RegisterAck: SccpRegistration._acknowledged,
    of_server.RegisterReject: SccpRegistration._rejected,
    of_server.CapabilitiesReq: SccpRegistration._capabilities,
    of_server.Version: SccpRegistration._version,
    of_server.ButtonTemplate: SccpRegistration._button_template,
    of_server.SoftKeyTemplate: SccpRegistration._soft_key_template,
    of_server.SoftKeySets: SccpRegistration._soft_key_sets,
    of_server.LineStat: SccpRegistration._line,
    of_server.SpeedDialStat: SccpRegistration._speed_dial,
    of_server.ServiceUrlStat: SccpRegistration._page,
    of_server.DefineTimeDate: SccpRegistration._clock,
}
