"""Make the SIP messages of a 7960: generated numbers, headers and their order (P-SIP-3 to P-SIP-7).

REGISTER is the same as that of SIP 8.12, letter for letter (LKML20, PB09). ACK has the header order of a
published 8.0 trace of 2006; INVITE and the responses follow that order too, because no capture of them was
found.
"""

from dataclasses import dataclass, field
from random import Random

from ringup.emulator.report import Report
from ringup.emulator.sip.config import OutgoingDatagram, SipConfig, SipLine
from ringup.wire import sip

DEFAULT_PORT = 5060
FIRST_CSEQ = 101
FIRST_COUNT = 2
"""The count in the first tag and the first Call-ID of a boot; LKML20 shows `0002` in both."""

ALLOW = "ACK,BYE,CANCEL,INVITE,NOTIFY,OPTIONS,REFER,REGISTER,UPDATE"
"""The methods in the Allow header of traces of 7960s, with UPDATE for 8.x; UPDATE is a guess."""


@dataclass(slots=True)
class PhoneContext:
    """The context that all dialogs of one phone share: settings, random generator and reports."""

    config: SipConfig
    random: Random
    reports: list[Report] = field(default_factory=list)
    _tags: int = FIRST_COUNT
    _calls: int = FIRST_COUNT

    def report(self, at: float, kind: str, **detail: object) -> None:
        """Report an event of the phone."""
        self.reports.append(Report(at, kind, detail))

    def report_call(
        self, at: float, state: str, direction: str, line: SipLine, number: str, **detail: object
    ) -> None:
        """Report the state of a call with a number."""
        self.report(
            at, "call", state=state, direction=direction, line=line.index, **{"with": number}, **detail
        )

    def digits(self) -> str:
        """Return eight random hexadecimal digits."""
        return f"{self.random.getrandbits(32):08x}"

    def tag(self) -> str:
        """Return a From tag, ``<mac><count><8 digits>-<8 digits>``: ``000e84c060a60002421e8cdc-0e061182``."""
        count, self._tags = self._tags, self._tags + 1
        return f"{self.config.mac.lower()}{count & 0xFFFF:04x}{self.digits()}-{self.digits()}"

    def call_id(self) -> str:
        """Return a Call-ID, ``<mac>-<mac><count>-<8 digits>-<8 digits>@<address>``:
        ``000e84c0-60a60002-3cf23940-64dcadcc@192.168.1.130``.
        """
        count, self._calls = self._calls, self._calls + 1
        mac = self.config.mac.lower()
        place = self.config.public_address
        return f"{mac[:8]}-{mac[8:]}{count & 0xFFFF:04x}-{self.digits()}-{self.digits()}@{place}"

    def via(self) -> str:
        """Return a Via header with a new branch; it names the listening port, not the sending port."""
        place = f"{self.config.public_address}:{self.config.voip_control_port}"
        return f"SIP/2.0/UDP {place};branch=z9hG4bK{self.digits()}"

    def contact_uri(self, line: SipLine) -> str:
        """Return the Contact URI to which the PBX sends requests for a line."""
        user = "" if self.config.user_info == "none" else f";user={self.config.user_info}"
        place = f"{self.config.public_address}:{self.config.voip_control_port}"
        return f"sip:{line.name}@{place}{user};transport=udp"


def line_uri(line: SipLine) -> str:
    """Return the line's address of record."""
    port = "" if line.proxy_port == DEFAULT_PORT else f":{line.proxy_port}"
    return f"sip:{line.name}@{line.proxy_address}{port}"


def register_contact(context: PhoneContext, line: SipLine) -> str:
    """Return the Contact header of REGISTER, with the phone's instance and model number."""
    instance = f"urn:uuid:00000000-0000-0000-0000-{context.config.mac.lower()}"
    return (
        f'<{context.contact_uri(line)}>;+sip.instance="<{instance}>"'
        f';+u.sip!model.ccm.cisco.com="{context.config.model_number}"'
    )


def named(line: SipLine) -> str:
    """Return the name and address of a line for the From header: ``"Anna" <sip:201@192.168.1.9>``."""
    display = sip.quoted(line.display_name) + " " if line.display_name else ""
    return f"{display}<{line_uri(line)}>"


def body_headers(body: bytes) -> list[tuple[str, str]]:
    """Return the headers of a body: Content-Length, and those of an SDP description if there is one."""
    if not body:
        return [("Content-Length", "0")]
    return [
        ("Content-Length", str(len(body))),
        ("Content-Type", "application/sdp"),
        ("Content-Disposition", "session;handling=optional"),
    ]


def request(
    context: PhoneContext,
    method: str,
    uri: str,
    *,
    sender: str,
    to: str,
    call_id: str,
    cseq: int,
    via: str = "",
    further: list[tuple[str, str]] | None = None,
    body: bytes = b"",
    last: tuple[tuple[str, str], ...] = (),
) -> sip.SipRequest:
    """Return a request in the phone's order of headers; `further` stands between User-Agent and
    Content-Length.
    """
    headers = [
        ("Via", via or context.via()),
        ("From", sender),
        ("To", to),
        ("Call-ID", call_id),
        ("Max-Forwards", "70"),
        ("CSeq", f"{cseq} {method}"),
        ("User-Agent", context.config.user_agent),
        *(further or []),
        *body_headers(body),
        *last,
    ]
    return sip.SipRequest(method, uri, tuple(headers), body)


def response(
    context: PhoneContext,
    request: sip.SipRequest,
    status: int,
    reason: str,
    *,
    tag: str = "",
    further: list[tuple[str, str]] | None = None,
    body: bytes = b"",
) -> sip.Response:
    """Return a response: the headers copied from the request, then the phone's own headers."""
    to = sip.first(request, "To")
    if tag and sip.parameter(sip.parse_address(to).parameters, "tag") is None:
        to = f"{to};tag={tag}"
    headers = [
        *(("Via", value) for value in sip.every(request, "Via")),
        ("From", sip.first(request, "From")),
        ("To", to),
        ("Call-ID", sip.first(request, "Call-ID")),
        ("CSeq", sip.first(request, "CSeq")),
        ("Server", context.config.user_agent),
        *(further or []),
        *body_headers(body),
    ]
    return sip.Response(status, reason, tuple(headers), body)


def answer_to(request: sip.SipRequest, reply: sip.Response, source: tuple[str, int]) -> OutgoingDatagram:
    """Return a response with its destination: the request's source address, and the port in its Via
    (RFC 3261 §18.2.2).

    The phone does not implement rport (RFC 3581): it ignores the parameter in requests, and sends none of
    its own.
    """
    return OutgoingDatagram(sip.build(reply), (source[0], sip.top_via(request).port or DEFAULT_PORT))
