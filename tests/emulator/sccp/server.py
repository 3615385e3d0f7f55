"""An SCCP server for the tests: it answers the messages of a registration, and sends what a test wants."""

from random import Random
from typing import TYPE_CHECKING

from ringup.emulator.sccp.config import SccpConfig, Server
from ringup.emulator.sccp.phone import SccpPhone
from ringup.emulator.sip.config import OutgoingDatagram
from ringup.wire.sccp import of_phone, of_server

if TYPE_CHECKING:
    from ringup.emulator.report import Report

CONFIG = SccpConfig("10.0.0.7", "0011223344AA", "7960", 7, "P00308010200", (Server("10.0.0.1"),))

ANSWERS: dict[type, list[object]] = {
    of_phone.Register: [of_server.RegisterAck(30, "D.M.Y"), of_server.CapabilitiesReq()],
    of_phone.VersionReq: [of_server.Version("P00308010200")],
    of_phone.ButtonTemplateReq: [
        of_server.ButtonTemplate((of_server.Button(1, 9), of_server.Button(1, 2), of_server.Button(1, 0xFF)))
    ],
    of_phone.SoftKeyTemplateReq: [of_server.SoftKeyTemplate((of_server.SoftKey("\x80\x01", 1),))],
    of_phone.SoftKeySetReq: [of_server.SoftKeySets((of_server.SoftKeySet(),))],
    of_phone.LineStatReq: [of_server.LineStat(1, "601", "Anna")],
    of_phone.SpeedDialStatReq: [of_server.SpeedDialStat(1, "602", "Bob")],
    of_phone.TimeDateReq: [of_server.DefineTimeDate(2026, 11, 5, 27, 9, 5, 1)],
    of_phone.KeepAlive: [of_server.KeepAliveAck()],
}


class Talk:
    """One phone and its server, with a simulated clock."""

    def __init__(self, config: SccpConfig = CONFIG) -> None:
        self.now = 100.0
        self.answers = dict(ANSWERS)
        self.sent: list[object] = []
        self.sound: list[OutgoingDatagram] = []
        self.reports: list[Report] = []
        self.phone = SccpPhone(config, Random(1))

    def begin(self) -> "Talk":
        """Register the phone."""
        self._carry(self.phone.start())
        return self

    def say(self, *messages: object) -> None:
        """Send messages to the phone."""
        for message in messages:
            self._carry(self.phone.receive(message, self.now))

    def do(self, name: str, **arguments: object) -> None:
        """Press keys."""
        self._carry(self.phone.command(name, self.now, **arguments))

    def wait(self, seconds: float) -> None:
        """Let some seconds pass."""
        until = self.now + seconds
        while self.phone.wake_at is not None and self.phone.wake_at <= until:
            self.now = self.phone.wake_at
            self._carry(self.phone.wake(self.now))
        self.now = until

    def _carry(self, outgoing: list[object]) -> None:
        for each in outgoing:
            if isinstance(each, OutgoingDatagram):
                self.sound.append(each)
                continue
            self.sent.append(each)
            self.say(*self.answers.get(type(each), []))
        self.reports += self.phone.take_reports()

    def told(self, kind: str) -> list[dict[str, object]]:
        """Return the details of all reports of a kind."""
        return [dict(report.detail) for report in self.reports if report.kind == kind]

    def sent_of(self, kind: type) -> list[object]:
        """Return all messages of a kind that the phone sent."""
        return [message for message in self.sent if isinstance(message, kind)]
