"""A call from this phone: INVITE, ringing, and the answer if there is one (RFC 3261 §13.2, §9.1)."""

from math import inf

from ringup.emulator.sip import login as sip_login
from ringup.emulator.sip import text as sip_text
from ringup.emulator.sip import timers as sip_timers
from ringup.emulator.sip.calls import (
    AnsweredCall,
    Dialog,
    contact_of,
    has_common_codec,
    in_dialog,
    route_of,
    sound_in,
)
from ringup.emulator.sip.config import OutgoingDatagram, SipLine
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import GIVE_UP, UnansweredRequest, earliest
from ringup.wire import sip

NO_ANSWER = 408
"""The status code that is reported for a call without any response."""


class OutgoingCall:
    """A call from the first INVITE until no message of the call is expected any longer."""

    direction = "out"

    def __init__(
        self,
        context: PhoneContext,
        line: SipLine,
        number: str,
        uri: str,
        media: MediaStream,
        proxy: tuple[str, int],
    ) -> None:
        self._context = context
        self.line = line
        self.number = number
        self.over = False
        self._uri = uri
        self._proxy = proxy
        self._sender = f"{sip_text.named(line)};tag={context.tag()}"
        self.call_id = context.call_id()
        self._cseq = sip_text.FIRST_CSEQ - 1
        dialog = Dialog(self.call_id, self._sender, f"<{uri}>", uri)
        self.answered_call = AnsweredCall(context, line, dialog, media)
        """The call after its answer; its dialog is provisional until a 200 names the far end."""
        self._answered = False
        self._rang = False
        self._wanted = True
        """False after the person has hung up before the answer."""
        self._login: tuple[str, str] | None = None
        self._invite: UnansweredRequest | None = None
        self._cancel: UnansweredRequest | None = None
        self._acknowledgements: dict[int, OutgoingDatagram] = {}
        """The ACKs, by CSeq number; an ACK is sent again if the final response is repeated."""
        self._gives_up_at: float | None = None
        self._forget_at: float | None = None

    @property
    def media(self) -> MediaStream:
        """Return the RTP streams of this call."""
        return self.answered_call.media

    @property
    def tag(self) -> str:
        """Return our tag in this dialog."""
        return sip.parameter(sip.parse_address(self._sender).parameters, "tag") or ""

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        waiting = [task.wake_at for task in (self._invite, self._cancel) if task]
        # The call is kept while it still waits for messages, even after the time to forget it.
        forget_at = self._forget_at if self.answered_call.finished else None
        return earliest(*waiting, self._gives_up_at, forget_at, self.answered_call.wake_at)

    def is_finished(self, now: float) -> bool:
        """Return whether the call can be removed."""
        return self._forget_at is not None and now >= self._forget_at and self.answered_call.finished

    def start(self, now: float) -> list[OutgoingDatagram]:
        """Send the INVITE."""
        self._report(now, "dialling")
        self._gives_up_at = now + self._context.config.timer_invite_expires
        return self._send_invite(now)

    def _send_invite(self, now: float) -> list[OutgoingDatagram]:
        self._cseq += 1
        contact = ("Contact", f"<{self._context.contact_uri(self.line)}>")
        invite = sip_text.request(
            self._context,
            "INVITE",
            self._uri,
            sender=self._sender,
            to=f"<{self._uri}>",
            call_id=self.call_id,
            cseq=self._cseq,
            further=[
                contact,
                *([self._login] if self._login else []),
                ("Expires", str(self._context.config.timer_invite_expires)),
                ("Accept", "application/sdp"),
                ("Allow", sip_text.ALLOW),
            ],
            body=self.answered_call.description(None),
        )
        self._invite = sip_timers.ask(invite, self._proxy, self._context.config, now)
        return [self._invite.outgoing]

    # --- responses ----------------------------------------------------------------------------------------

    def receive_response(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        """Handle a response to INVITE, CANCEL or BYE."""
        number, method = sip.parse_cseq(response)
        if method == "CANCEL":
            if self._cancel and self._cancel.answers(response) and response.status >= 200:
                self._cancel = None
            return []
        if method != "INVITE":
            return self.answered_call.receive_response(response, now)
        if number in self._acknowledgements:
            return [self._acknowledgements[number]] if response.status >= 200 else []
        if self._invite is None or not self._invite.answers(response):
            return []
        if response.status < 200:
            self._invite.wake_at = inf  # RFC 3261 §17.1.1.2: any provisional response ends the repetitions
            return self._progress(response, now)
        if response.status < 300:
            return self._accepted(response, now)
        return self._declined(self._invite.message, response, now)

    def _progress(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        if not self._wanted:
            return [] if self._cancel else self._send_cancel(now)
        if response.status > 100 and not self._rang:
            self._rang = True
            self._report(now, "ringback", code=response.status)
        return []

    def _accepted(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        self.answered_call.dialog = Dialog(
            self.call_id,
            self._sender,
            sip.first(response, "To"),
            contact_of(response, self._uri),
            route_of(response, backwards=True),
        )
        self.answered_call.continue_from(self._cseq)
        further = [self._login] if self._login else None  # RFC 3261 §22.1: the ACK repeats it
        request, place = in_dialog(
            self._context, self.answered_call.dialog, "ACK", self._cseq, self._proxy, further
        )
        self._acknowledgements[self._cseq] = acknowledgement = OutgoingDatagram(sip.build(request), place)
        self._answered = True
        self._invite = self._gives_up_at = None
        remote = sound_in(response)
        if not self._wanted or remote is None or not has_common_codec(remote):
            return [acknowledgement, *self._end(now)]
        self.media.set_remote(remote, now)
        self._report(now, "answered")
        return [acknowledgement]

    def _declined(self, request: sip.Message, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        if not isinstance(request, sip.SipRequest):
            return []
        acknowledgement = self._acknowledge_no(request, response)
        self._invite = None
        if self._wanted and sip_login.is_challenge(response) and self._login is None:
            self._login = sip_login.credentials(self._context, self.line, response, request)
            if self._login:
                return [acknowledgement, *self._send_invite(now)]
        self._fail(now, response.status)
        return [acknowledgement]

    def _acknowledge_no(self, invite: sip.SipRequest, response: sip.Response) -> OutgoingDatagram:
        """Send the ACK for a refusal, in the INVITE's own transaction (RFC 3261 §17.1.1.3)."""
        number, _ = sip.parse_cseq(invite)
        request = sip_text.request(
            self._context,
            "ACK",
            invite.uri,
            sender=self._sender,
            to=sip.first(response, "To"),
            call_id=self.call_id,
            cseq=number,
            via=sip.first(invite, "Via"),
        )
        self._acknowledgements[number] = OutgoingDatagram(sip.build(request), self._proxy)
        return self._acknowledgements[number]

    # --- the end --------------------------------------------------------------------------------------------

    def hang_up(self, now: float) -> list[OutgoingDatagram]:
        """Send BYE for an answered call, or cancel the INVITE; CANCEL waits for a provisional response
        (RFC 3261 §9.1).
        """
        if self.over:
            return []
        if self._answered:
            return self._end(now)
        outgoing = self._call_back(now)
        self._finish(now)
        self._report(now, "ended", by="us", packets_sent=0, packets_received=0)
        return outgoing

    def _call_back(self, now: float) -> list[OutgoingDatagram]:
        self._wanted = False
        proceeding = self._invite is not None and self._invite.wake_at == inf
        return self._send_cancel(now) if proceeding else []

    def _send_cancel(self, now: float) -> list[OutgoingDatagram]:
        if self._invite is None:
            return []
        invite = self._invite.message
        request = sip_text.request(
            self._context,
            "CANCEL",
            self._uri,
            sender=self._sender,
            to=f"<{self._uri}>",
            call_id=self.call_id,
            cseq=self._cseq,
            via=sip.first(invite, "Via"),
        )
        self._cancel = sip_timers.ask(request, self._proxy, self._context.config, now)
        return [self._cancel.outgoing]

    def _end(self, now: float) -> list[OutgoingDatagram]:
        outgoing = self.answered_call.hang_up(now)
        self._notice_end(now)
        return outgoing

    def _notice_end(self, now: float) -> None:
        if not self.answered_call.over or self.over:
            return
        self._finish(now)
        self._report(now, "ended", by=self.answered_call.ended_by, **self.media.account())

    def _fail(self, now: float, code: int) -> None:
        if not self.over:
            self._finish(now)
            self._report(now, "failed", code=code)

    def _finish(self, now: float) -> None:
        self.over = True
        self._gives_up_at = None
        self._forget_at = now + GIVE_UP * self._context.config.timer_t1
        self.answered_call.hung_up(now, "us")

    def receive_request(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        """Answer a request of the far end."""
        if not self._answered:
            reply = sip_text.response(
                self._context, request, 481, "Call Leg/Transaction Does Not Exist", tag=self.tag
            )
            return [] if request.method == "ACK" else [sip_text.answer_to(request, reply, source)]
        outgoing = self.answered_call.receive_request(request, now, source)
        self._notice_end(now)
        return outgoing

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Repeat messages, give up, or send sound, if the time for it has come."""
        outgoing = self.answered_call.wake(now)
        self._notice_end(now)
        if self._cancel:
            outgoing += self._cancel.wake(now)
            if self._cancel.given_up:
                self._cancel = None
        if self._invite:
            outgoing += self._invite.wake(now)
            if self._invite.given_up:
                self._invite = None
                self._fail(now, NO_ANSWER)
        if self._gives_up_at is not None and now >= self._gives_up_at:
            outgoing += self._call_back(now)
            self._fail(now, NO_ANSWER)
        if self._forget_at is not None and now >= self._forget_at:
            self._invite = self._cancel = None
        return outgoing

    def _report(self, now: float, state: str, **detail: object) -> None:
        self._context.report_call(now, state, self.direction, self.line, self.number, **detail)


def target_of(context: PhoneContext, line: SipLine, number: str, user: str = "phone") -> str:
    """Return the SIP URI for a number at the line's proxy, with ``user=phone`` unless `user` is different."""
    if "@" in number or number.lower().startswith("sip:"):
        return number if number.lower().startswith("sip:") else f"sip:{number}"
    port = "" if line.proxy_port == sip_text.DEFAULT_PORT else f":{line.proxy_port}"
    escaped = number.replace("%", "%25").replace("#", "%23").replace(" ", "%20")
    return f"sip:{escaped}@{line.proxy_address}{port};user={user}"
