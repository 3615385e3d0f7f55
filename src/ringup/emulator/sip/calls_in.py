"""A call to this phone: ringing, then the phone's answer or the caller's CANCEL (RFC 3261 §13.3)."""

from ringup.emulator.sip import text as sip_text
from ringup.emulator.sip import timers as sip_timers
from ringup.emulator.sip.calls import AnsweredCall, Dialog, contact_of, has_common_codec, route_of, sound_in
from ringup.emulator.sip.config import OutgoingDatagram, SipLine
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import GIVE_UP, UnansweredRequest, earliest
from ringup.wire import sip


class IncomingCall:
    """A call from the INVITE's arrival until no message of the call is expected any longer."""

    direction = "in"

    def __init__(
        self,
        context: PhoneContext,
        line: SipLine,
        invite: sip.SipRequest,
        source: tuple[str, int],
        media: MediaStream,
    ) -> None:
        self._context = context
        self.line = line
        self._invite = invite
        self._source = source
        self.tag = context.tag()
        self.call_id = sip.first(invite, "Call-ID")
        self._caller = sip.parse_address(sip.first(invite, "From"))
        self.number = sip.parse_uri(self._caller.uri).user
        self.over = False
        self._refusal: UnansweredRequest | None = None
        self._answered = False
        self._forget_at: float | None = None
        self._latest: list[OutgoingDatagram] = []
        """The last response to the INVITE, which is sent again if the INVITE is repeated."""
        self._expires_at: float | None = None
        self._offer = sound_in(invite)
        dialog = Dialog(
            self.call_id,
            f"{sip.first(invite, 'To')};tag={self.tag}",
            sip.first(invite, "From"),
            contact_of(invite, self._caller.uri),
            route_of(invite, backwards=False),
        )
        self.answered_call = AnsweredCall(context, line, dialog, media)

    @property
    def media(self) -> MediaStream:
        """Return the sound of this call."""
        return self.answered_call.media

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        refusal = self._refusal.wake_at if self._refusal else None
        expires_at = self._expires_at if self.ringing else None
        # The call is kept while it still waits for messages, even after the time to forget it.
        forget_at = self._forget_at if self.answered_call.finished else None
        return earliest(
            refusal, expires_at, forget_at, self.answered_call.wake_at if self._answered else None
        )

    def is_finished(self, now: float) -> bool:
        """Return whether the call can be removed."""
        return self._forget_at is not None and now >= self._forget_at and self.answered_call.finished

    def start(self, now: float) -> list[OutgoingDatagram]:
        """Send 100, and 180 if the phone supports a codec of the caller's offer."""
        if self._invite.body and (self._offer is None or not has_common_codec(self._offer)):
            return self._refuse(now, 488, "Not Acceptable Here")
        ring = sip.first(self._invite, "Alert-Info")
        self._report(now, "ringing", **({"alert_info": ring} if ring else {}))
        expires = sip.first(self._invite, "Expires")
        self._expires_at = now + int(expires) if sip.is_number(expires) else None
        trying = sip_text.response(self._context, self._invite, 100, "Trying")
        routes = [("Record-Route", value) for value in sip.every(self._invite, "Record-Route")]
        ringing = sip_text.response(
            self._context,
            self._invite,
            180,
            "Ringing",
            tag=self.tag,
            further=[("Contact", f"<{self._context.contact_uri(self.line)}>"), *routes],
        )
        both = [sip_text.answer_to(self._invite, reply, self._source) for reply in (trying, ringing)]
        self._latest = both[1:]
        return both

    def repeat(self, request: sip.SipRequest) -> list[OutgoingDatagram] | None:
        """Return the reply to a repeated INVITE (RFC 3261 §17.2.1); None if the INVITE belongs to another
        call.
        """
        if sip.every(request, "Via") != sip.every(self._invite, "Via"):
            return None
        return self._latest

    @property
    def ringing(self) -> bool:
        """Return whether the phone is ringing, so that the call can be answered."""
        return not self._answered and not self.over

    def answer(self, now: float) -> list[OutgoingDatagram]:
        """Answer the call."""
        if not self.ringing:
            return []
        self._answered = True
        outgoing = self._latest = self.answered_call.accept(self._invite, now, self._source, self.tag)
        if self._offer is not None:
            self.media.set_remote(self._offer, now)
        self._report(now, "answered")
        return outgoing

    def hang_up(self, now: float) -> list[OutgoingDatagram]:
        """End an answered call, or refuse one that is still ringing."""
        if self.over:
            return []
        if not self._answered:
            return self._refuse(now, 486, "Busy Here")
        outgoing = self.answered_call.hang_up(now)
        self._notice_end(now)
        return outgoing

    def _refuse(self, now: float, status: int, reason: str, by: str = "us") -> list[OutgoingDatagram]:
        reply = sip_text.response(self._context, self._invite, status, reason, tag=self.tag)
        outgoing = sip_text.answer_to(self._invite, reply, self._source)
        self._refusal = sip_timers.until_acknowledged(reply, outgoing, self._context.config, now)
        self._latest = [outgoing]
        self._finish(now)
        self._report(now, "ended", by=by, code=status, packets_sent=0, packets_received=0)
        return [outgoing]

    def receive_request(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        """Answer a request of the caller."""
        if request.method == "CANCEL":
            reply = sip_text.response(self._context, request, 200, "OK", tag=self.tag)
            answer = sip_text.answer_to(request, reply, source)
            return [answer, *(self._refuse(now, 487, "Request Cancelled", "them") if self.ringing else [])]
        if request.method == "ACK" and self._refusal:
            self._refusal = None
            return []
        if not self._answered:
            return self._too_early(request, now, source)
        outgoing = self.answered_call.receive_request(request, now, source)
        self._notice_end(now)
        return outgoing

    def _too_early(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        if request.method == "BYE" and self.ringing:
            reply = sip_text.response(self._context, request, 200, "OK")
            return [
                sip_text.answer_to(request, reply, source),
                *self._refuse(now, 487, "Request Cancelled", "them"),
            ]
        if request.method == "ACK":
            return []
        reply = sip_text.response(self._context, request, 481, "Call Leg/Transaction Does Not Exist")
        return [sip_text.answer_to(request, reply, source)]

    def receive_response(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        """Handle the answer to our BYE."""
        return self.answered_call.receive_response(response, now)

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Repeat messages, give up, or send sound, if the time for it has come."""
        outgoing = self.answered_call.wake(now) if self._answered else []
        self._notice_end(now)
        if self._refusal:
            outgoing += self._refusal.wake(now)
            if self._refusal.given_up:
                self._refusal = None
        if self.ringing and self._expires_at is not None and now >= self._expires_at:  # RFC 3261 §13.3.1
            outgoing += self._refuse(now, 487, "Request Expired", "them")
        return outgoing

    def _notice_end(self, now: float) -> None:
        if not self._answered or not self.answered_call.over or self.over:
            return
        self._finish(now)
        self._report(now, "ended", by=self.answered_call.ended_by, **self.media.account())

    def _finish(self, now: float) -> None:
        self.over = True
        self._forget_at = now + GIVE_UP * self._context.config.timer_t1
        self.answered_call.hung_up(now, "us")

    def _report(self, now: float, state: str, **detail: object) -> None:
        name = {"name": self._caller.display_name} if self._caller.display_name else {}
        self._context.report_call(now, state, self.direction, self.line, self.number, **name, **detail)
