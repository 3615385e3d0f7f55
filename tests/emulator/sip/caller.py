"""A far end that sends one phone exactly what a test wants."""

from random import Random
from typing import Any

from ringup.emulator.report import Report
from ringup.emulator.sip.phone import SipPhone
from ringup.wire import sip
from tests.emulator.sip.world import config, from_phone

FAR = ("192.0.2.99", 40000)
OFFER = (
    b"v=0\r\no=x 1 1 IN IP4 192.0.2.99\r\ns=x\r\nc=IN IP4 192.0.2.99\r\nt=0 0\r\n"
    b"m=video 4002 RTP/AVP 34\r\nm=audio 4000 RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\n"
)


class Caller:
    """A far end that sends exactly what a test wants."""

    def __init__(self, **changes: Any) -> None:
        self.phone = SipPhone(config(**changes), Random(1))
        self.now = 100.0
        self.to = "<sip:201@192.0.2.11>"
        self.branch = 0

    def request(self, method: str, cseq: int = 1, body: bytes = b"", **further: str) -> bytes:
        self.branch += method not in ("ACK", "CANCEL")
        headers = {
            "Via": f"SIP/2.0/UDP 192.0.2.99:5070;branch=z9hG4bK{self.branch}",
            "From": '"Zoë" <sip:299@192.0.2.99>;tag=z',
            "To": self.to,
            "Call-ID": "call@z",
            "CSeq": f"{cseq} {method}",
            "Contact": "<sip:299@192.0.2.99:5071>",
            **{name.replace("_", "-"): value for name, value in further.items()},
            "Content-Length": str(len(body)),
        }
        return sip.build(sip.SipRequest(method, "sip:201@192.0.2.11:5060", tuple(headers.items()), body))

    def hear(self, datagram: bytes) -> list[sip.Message]:
        answers = self.phone.receive(datagram, self.now, FAR)
        for outgoing in answers:
            if isinstance(from_phone(outgoing), sip.Response):
                assert outgoing.destination == ("192.0.2.99", 5070), "not the port of Via"
        return [from_phone(outgoing) for outgoing in answers]

    def ask(self, method: str, cseq: int = 1, body: bytes = b"", **further: str) -> list[int | str]:
        return words(self.hear(self.request(method, cseq, body, **further)))

    def call(self) -> None:
        """Call, wait for the answer, and acknowledge it."""
        ringing = self.hear(self.request("INVITE", 1, OFFER))[-1]
        self.to = sip.first(ringing, "To")
        self.do("answer")
        assert self.ask("ACK") == []

    def do(self, command: str, **arguments: object) -> list[sip.Message]:
        return [from_phone(outgoing) for outgoing in self.phone.command(command, self.now, **arguments)]

    def wake(self, seconds: float) -> list[sip.Message]:
        """Return everything that the phone sent during some seconds, except sound."""
        said: list[sip.Message] = []
        until = self.now + seconds
        while (due := self.phone.wake_at) is not None and due <= until:
            self.now = due
            said += [from_phone(out) for out in self.phone.wake(due) if not out.media]
        self.now = until
        return said

    def reports(self, kind: str) -> list[Report]:
        return [report for report in self.phone.take_reports() if report.kind == kind]


def words(messages: list[sip.Message]) -> list[int | str]:
    return [each.status if isinstance(each, sip.Response) else each.method for each in messages]
