"""One line's registration: REGISTER, the answer to a challenge, and the renewal before it expires."""

from ringup.emulator.sip import login as sip_login
from ringup.emulator.sip import text as sip_text
from ringup.emulator.sip import timers as sip_timers
from ringup.emulator.sip.config import OutgoingDatagram, SipLine
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import UnansweredRequest, earliest
from ringup.errors import WireError
from ringup.wire import sip

CHALLENGES = 2
"""Number of challenges that the phone answers before it treats the password as wrong; a stale nonce can cause
one challenge more.
"""


SOONEST = 1.0
"""Minimum seconds between two registrations, even if the registrar grants a shorter time."""


class SipRegistration:
    """Keeps one line registered until the phone stops."""

    def __init__(self, context: PhoneContext, line: SipLine) -> None:
        self._context = context
        self.line = line
        self.state = "unregistered"
        """`unregistered`, `registering`, `registered` or `refused`."""
        self.call_id = context.call_id()
        self._tag = ""
        self._cseq = sip_text.FIRST_CSEQ - 1
        self._expires = context.config.register_expires
        self._challenges = 0
        self._is_lengthened = False
        """True if this attempt has already requested a longer time after a 423 (Interval Too Brief)."""
        self._waiting: UnansweredRequest | None = None
        self._again_at: float | None = None
        self._runs_out_at: float | None = None

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        waiting = self._waiting.wake_at if self._waiting else None
        return earliest(waiting, self._again_at, self._runs_out_at)

    def start(self, now: float) -> list[OutgoingDatagram]:
        """Return a new REGISTER: same Call-ID, next CSeq, new tag, and no credentials.

        A published trace of a 7940 shows such a refresh: CSeq 145, a tag with count 005c beside a Call-ID
        with count 0003, and no Authorization.
        """
        self._tag = self._context.tag()
        self._challenges = 0
        self._is_lengthened = False
        self._again_at = None
        if self.state != "registered":
            self._become("registering", now)
        return self._send(now, None)

    def _send(self, now: float, login: tuple[str, str] | None) -> list[OutgoingDatagram]:
        context, line = self._context, self.line
        self._cseq += 1
        port = "" if line.proxy_port == sip_text.DEFAULT_PORT else f":{line.proxy_port}"
        contact = ("Contact", sip_text.register_contact(context, line))
        request = sip_text.request(
            context,
            "REGISTER",
            f"sip:{line.proxy_address}{port}",
            sender=f"<{sip_text.line_uri(line)}>;tag={self._tag}",
            to=f"<{sip_text.line_uri(line)}>",
            call_id=self.call_id,
            cseq=self._cseq,
            further=[contact, login] if login else [contact],
            last=(("Expires", str(self._expires)),),
        )
        self._waiting = sip_timers.ask(request, self.destination, context.config, now)
        return [self._waiting.outgoing]

    @property
    def destination(self) -> tuple[str, int]:
        """Return the address of the outbound proxy, or of the proxy if there is none."""
        config = self._context.config
        if config.outbound_proxy:
            return config.outbound_proxy, config.outbound_proxy_port
        return self.line.proxy_address, self.line.proxy_port

    def receive(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        """Handle a response; ignore it if it answers none of this phone's requests."""
        if self._waiting is None or not self._waiting.answers(response) or response.status < 200:
            return []
        request, self._waiting = self._waiting.message, None
        if response.status < 300:
            return self._registered(response, now)
        if sip_login.is_challenge(response) and isinstance(request, sip.SipRequest):
            return self._log_in(request, response, now)
        if response.status == 423 and not self._is_lengthened:
            return self._lengthen(response, now)
        return self._refused(response.status, now)

    def _lengthen(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        """Repeat the REGISTER with the registrar's minimum time, once per attempt; the registrar may
        challenge it again.
        """
        shortest = sip.first(response, "Min-Expires")
        if not sip.is_number(shortest):
            return self._refused(response.status, now)
        self._expires = int(shortest)
        self._is_lengthened = True
        self._challenges = 0
        return self._send(now, None)

    def _log_in(self, request: sip.SipRequest, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        challenge = sip_login.challenge_of(response)
        again = challenge is not None and challenge.stale and self._challenges < CHALLENGES
        login = sip_login.credentials(self._context, self.line, response, request)
        if login is None or (self._challenges and not again):
            return self._refused(response.status, now)
        self._challenges += 1
        return self._send(now, login)

    def _registered(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        expires = self._granted(response)
        delta = self._context.config.register_delta
        self._again_at = now + max(expires - delta if expires > 2 * delta else expires / 2, SOONEST)
        self._runs_out_at = now + expires
        if self.state == "registered":
            self._context.report(now, "renewed", line=self.line.index, expires=expires)
        self._become("registered", now, expires=expires)
        return []

    def _granted(self, response: sip.Response) -> int:
        """Return the granted seconds: from this phone's Contact, else from Expires, else the requested
        time.
        """
        ours = (self.line.name, self._context.config.public_address)
        for value in sip.listed(response, "Contact"):
            try:
                contact = sip.parse_address(value)
                uri = sip.parse_uri(contact.uri)
            except WireError:
                continue
            granted = sip.parameter(contact.parameters, "expires") or ""
            if (uri.user, uri.host) == ours and sip.is_number(granted):
                return int(granted)
        expires = sip.first(response, "Expires")
        return int(expires) if sip.is_number(expires) else self._expires

    def _refused(self, status: int, now: float) -> list[OutgoingDatagram]:
        self._again_at = now + self._context.config.register_retry
        self._runs_out_at = None
        self._become("refused", now, code=status)
        return []

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Repeat the REGISTER, give up, register again, or note that the registration has expired."""
        if self._runs_out_at is not None and now >= self._runs_out_at:
            self._runs_out_at = None
            self._become("unregistered", now, reason="ran out")
        if self._waiting:
            outgoing = self._waiting.wake(now)
            if self._waiting.given_up:
                self._waiting = None
                self._again_at = now + self._context.config.register_retry
                if self.state != "registered":
                    self._become("unregistered", now, reason="no answer")
            return outgoing
        if self._again_at is not None and now >= self._again_at:
            return self.start(now)
        return []

    def _become(self, state: str, now: float, **detail: object) -> None:
        if state == self.state:
            return
        self.state = state
        self._context.report(
            now, "line", line=self.line.index, extension=self.line.name, state=state, **detail
        )
