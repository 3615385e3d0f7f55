"""An answered call: its dialog, its sound, re-INVITE and BYE in both directions (RFC 3261 §12-15)."""

from dataclasses import dataclass, replace
from ipaddress import ip_address

from ringup.emulator.sip import login as sip_login
from ringup.emulator.sip import text as sip_text
from ringup.emulator.sip import timers as sip_timers
from ringup.emulator.sip.config import OutgoingDatagram, SipLine
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import UnansweredRequest, earliest
from ringup.errors import WireError
from ringup.wire import sdp, sip

ORIGIN = "Cisco-SIPUA"
"""The user name in the o= line of every SDP description of these phones."""
SESSION = "SIP Call"
CODECS = {"g711ulaw": (0, 8), "g711alaw": (8, 0)}
"""RTP payload types in the order of the offer, by preferred_codec. The phone also offers G.729, which this
emulator does not support; with any other preference µ-law comes first.
"""
_TURNED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


@dataclass(frozen=True, slots=True)
class Dialog:
    """The two ends of a dialog, and the proxies between them."""

    call_id: str
    local: str
    """The phone's own From or To value, with its tag."""
    remote: str
    target: str
    """The URI in the Contact of the far end."""
    route: tuple[str, ...] = ()


def route_of(message: sip.Message, *, backwards: bool) -> tuple[str, ...]:
    """Return the route set from Record-Route: reversed from a response, in order from a request."""
    hops = sip.listed(message, "Record-Route")
    for hop in hops:
        sip.parse_address(hop)
    return tuple(reversed(hops)) if backwards else tuple(hops)


def contact_of(message: sip.Message, otherwise: str) -> str:
    """Return the URI of the first Contact."""
    contacts = sip.listed(message, "Contact")
    return sip.parse_address(contacts[0]).uri if contacts else otherwise


def destination_of(uri: str, otherwise: tuple[str, int]) -> tuple[str, int]:
    """Return the address and port of a URI that contains an address; a URI with a name goes to the proxy."""
    try:
        place = sip.parse_uri(uri)
        ip_address(place.host)
    except (WireError, ValueError):
        return otherwise
    return place.host, place.port or sip_text.DEFAULT_PORT


def sound_in(message: sip.Message) -> sdp.MediaDescription | None:
    """Return the audio description in a message's SDP; None if the message has no readable SDP."""
    description = description_in(message)
    try:
        return sdp.sound_of(description) if description else None
    except WireError:
        return None


def description_in(message: sip.Message) -> sdp.Description | None:
    """Return the SDP description in a message; None if the message has none that is readable."""
    try:
        return sdp.parse(message.body)
    except WireError:
        return None


def has_common_codec(remote: sdp.MediaDescription) -> bool:
    """Return whether the far end's description has a codec that the phone supports."""
    return any(codec in remote.codecs for codec in CODECS["g711ulaw"])


def in_dialog(
    context: PhoneContext,
    dialog: Dialog,
    method: str,
    cseq: int,
    proxy: tuple[str, int],
    further: list[tuple[str, str]] | None = None,
) -> tuple[sip.SipRequest, tuple[str, int]]:
    """Return a request inside the dialog and its destination (RFC 3261 §12.2.1.1; every proxy is a loose
    router).
    """
    routes = [("Route", hop) for hop in dialog.route]
    request = sip_text.request(
        context,
        method,
        dialog.target,
        sender=dialog.local,
        to=dialog.remote,
        call_id=dialog.call_id,
        cseq=cseq,
        further=routes + (further or []),
    )
    hop = sip.parse_address(dialog.route[0]).uri if dialog.route else dialog.target
    return request, destination_of(hop, proxy)


class AnsweredCall:
    """A call that was answered, until both sides have hung up."""

    def __init__(
        self, context: PhoneContext, line: SipLine, dialog: Dialog, media: MediaStream, cseq: int = 100
    ) -> None:
        self._context = context
        self.line = line
        self.dialog = dialog
        self.media = media
        self.over = False
        """True if the call is over for the person; requests may still be waiting for answers."""
        self.ended_by = ""
        """Who hung up: `us` or `them`."""
        self._cseq = cseq
        self._last_cseq = 0
        """The CSeq number of the far end's last request."""
        self._sent_description = b""
        self._version = 0
        self._session = context.random.randrange(1, 30000)
        self._ending: UnansweredRequest | None = None
        self._logged_in = False
        self._unacknowledged: UnansweredRequest | None = None
        self._offered = False
        """True if our last answer contained an offer, so that the far end's ACK contains the SDP answer."""

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        ending = self._ending.wake_at if self._ending else None
        waiting = self._unacknowledged.wake_at if self._unacknowledged else None
        return earliest(ending, waiting, None if self.over else self.media.wake_at)

    @property
    def finished(self) -> bool:
        """Return whether no message of the call is expected any longer."""
        return self.over and self._ending is None and self._unacknowledged is None

    def continue_from(self, cseq: int) -> None:
        """Number our next request after the INVITE that began the dialog."""
        self._cseq = cseq

    # --- descriptions -----------------------------------------------------------------------------------

    def description(self, request: sip.SipRequest | None) -> bytes:
        """Return the phone's SDP offer, or its answer to the offer in a request; the version rises only if
        the description changes.
        """
        remote = sound_in(request) if request else None
        offer = description_in(request) if request and remote else None
        config = self._context.config
        codecs = CODECS.get(config.preferred_codec, CODECS["g711ulaw"])
        events = None if config.dtmf_outofband == "none" else config.dtmf_avt_payload
        sound = sdp.MediaDescription(config.public_address, self.media.port, codecs, events)
        if remote is not None:
            common = tuple(codec for codec in codecs if codec in remote.codecs)
            sound = replace(
                sound,
                port=self.media.port if remote.port else 0,  # RFC 3264 §6: a refused medium keeps port 0.
                codecs=common,
                event_payload=None if events is None else remote.event_payload,
                direction=_TURNED[remote.direction],
            )
        if self._sent_description not in (b"", self._describe(sound, offer)):
            self._version += 1
        self._sent_description = self._describe(sound, offer)
        return self._sent_description

    def _describe(self, sound: sdp.MediaDescription, offer: sdp.Description | None) -> bytes:
        own = sdp.describe(sound, origin=ORIGIN, session=self._session, version=self._version, name=SESSION)
        return sdp.build(sdp.answering(own, offer) if offer else own)

    # --- the far end's requests ---------------------------------------------------------------------------

    def receive_request(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        """Answer a request inside the dialog; an ACK confirms our last answer."""
        if request.method == "ACK":
            return self._acknowledged(request, now)
        number, _ = sip.parse_cseq(request)
        if number < self._last_cseq:  # RFC 3261 §12.2.2: a later request has overtaken this one.
            return [self._answer(request, source, 500, "Server Internal Error")]
        self._last_cseq = number
        if self.over and request.method != "BYE":
            return [self._answer(request, source, 481, "Call Leg/Transaction Does Not Exist")]
        if request.method in ("INVITE", "UPDATE"):
            return self._change(request, now, source)
        if request.method == "BYE":
            self.hung_up(now, "them")
            return [self._answer(request, source, 200, "OK")]
        if request.method in ("OPTIONS", "INFO", "NOTIFY"):
            return [self._answer(request, source, 200, "OK")]
        return [self._answer(request, source, 501, "Not Implemented")]

    def _answer(
        self, request: sip.SipRequest, source: tuple[str, int], status: int, reason: str
    ) -> OutgoingDatagram:
        reply = sip_text.response(self._context, request, status, reason)
        return sip_text.answer_to(request, reply, source)

    def _change(self, request: sip.SipRequest, now: float, source: tuple[str, int]) -> list[OutgoingDatagram]:
        """Answer a re-INVITE (direct media, hold, connected line) or UPDATE; the phone's own description
        stays unchanged.
        """
        remote = sound_in(request)
        if request.body and (remote is None or not has_common_codec(remote)):
            return [self._answer(request, source, 488, "Not Acceptable Here")]
        self.dialog = replace(self.dialog, target=contact_of(request, self.dialog.target))
        if remote is not None:
            self.media.set_remote(remote, now)
        if request.method == "UPDATE":
            body = self.description(request) if remote is not None else b""
            reply = sip_text.response(
                self._context, request, 200, "OK", further=self._our_contact(), body=body
            )
            return [sip_text.answer_to(request, reply, source)]
        return self.accept(request, now, source)

    def _our_contact(self) -> list[tuple[str, str]]:
        return [("Contact", f"<{self._context.contact_uri(self.line)}>")]

    def accept(
        self, request: sip.SipRequest, now: float, source: tuple[str, int], tag: str = ""
    ) -> list[OutgoingDatagram]:
        """Return the 200 to an INVITE, repeated until its ACK comes; if the INVITE has no offer, the 200
        contains one.
        """
        remote = sound_in(request)
        self._last_cseq = sip.parse_cseq(request)[0]
        routes = [("Record-Route", value) for value in sip.every(request, "Record-Route")]
        reply = sip_text.response(
            self._context,
            request,
            200,
            "OK",
            tag=tag,
            further=[*self._our_contact(), *routes, ("Allow", sip_text.ALLOW)],
            body=self.description(request if remote is not None else None),
        )
        outgoing = sip_text.answer_to(request, reply, source)
        self._offered = remote is None
        self._unacknowledged = sip_timers.until_acknowledged(reply, outgoing, self._context.config, now)
        return [outgoing]

    def _acknowledged(self, request: sip.SipRequest, now: float) -> list[OutgoingDatagram]:
        waiting = self._unacknowledged
        if waiting is None or sip.parse_cseq(request)[0] != sip.parse_cseq(waiting.message)[0]:
            return []
        self._unacknowledged = None
        if self.over:
            return self._bye(now, None)
        remote = sound_in(request) if self._offered else None
        if remote is not None:
            self.media.set_remote(remote, now)
        return []

    # --- hanging up -----------------------------------------------------------------------------------------

    def hung_up(self, now: float, by: str) -> None:
        """End the call, and report the number of packets sent and received."""
        if by == "them":
            self._unacknowledged = None
        if self.over:
            return
        self.over = True
        self.media.close(now)
        self.ended_by = by

    def hang_up(self, now: float) -> list[OutgoingDatagram]:
        """Send BYE; if the phone was called, wait for the ACK first (RFC 3261 §15)."""
        self.hung_up(now, "us")
        return [] if self._unacknowledged else self._bye(now, None)

    def _bye(self, now: float, login: tuple[str, str] | None) -> list[OutgoingDatagram]:
        self._cseq += 1
        proxy = (self.line.proxy_address, self.line.proxy_port)
        further = [login] if login else None
        request, place = in_dialog(self._context, self.dialog, "BYE", self._cseq, proxy, further)
        self._ending = sip_timers.ask(request, place, self._context.config, now)
        return [self._ending.outgoing]

    def receive_response(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        """Handle the answer to BYE."""
        if self._ending is None or not self._ending.answers(response) or response.status < 200:
            return []
        request, self._ending = self._ending.message, None
        if not sip_login.is_challenge(response) or self._logged_in or not isinstance(request, sip.SipRequest):
            return []
        self._logged_in = True
        login = sip_login.credentials(self._context, self.line, response, request)
        return self._bye(now, login) if login else []

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Repeat unanswered messages, and send the sound that is due."""
        outgoing: list[OutgoingDatagram] = []
        if self._ending:
            outgoing += self._ending.wake(now)
            if self._ending.given_up:
                self._ending = None
        if self._unacknowledged:
            outgoing += self._unacknowledged.wake(now)
            if self._unacknowledged.given_up:  # RFC 3261 §13.3.1.4: a call without an ACK ends
                self._unacknowledged = None
                return outgoing + self.hang_up(now)
        return outgoing + ([] if self.over else self.media.wake(now))
