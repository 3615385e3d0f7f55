"""The SIP user agent of a Cisco 7960: lines, calls, lamp and keys, without a socket or a clock.

Strategy: each datagram and each key is passed to the registration or call to which it belongs. That object
returns what to send, and sets the time at which it must be woken. A repeated request gets the same answer
again.
"""

from collections import OrderedDict
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from ringup.emulator.person import run_command
from ringup.emulator.report import Report
from ringup.emulator.sip import dial_file, notices
from ringup.emulator.sip import text as sip_text
from ringup.emulator.sip.calls_in import IncomingCall
from ringup.emulator.sip.calls_out import OutgoingCall, target_of
from ringup.emulator.sip.config import OutgoingDatagram, SipConfig, SipLine
from ringup.emulator.sip.keypad import Dialled, Keypad
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.notices import Notices
from ringup.emulator.sip.registration import SipRegistration
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import GIVE_UP, earliest
from ringup.errors import WireError
from ringup.wire import g711, rtp, sip

AUTO_ANSWER_AFTER = 1.0
"""Seconds of ringing before a line answers automatically; not documented, a guess."""
REMEMBERED = 64
"""Maximum number of requests whose answers are kept for repetitions; a phone gets far fewer in 32 seconds,
the time for which an answer must be kept.
"""

Call = OutgoingCall | IncomingCall
Command = Callable[..., list[OutgoingDatagram]]
"""Carries out a command; called with `now` and the command's own arguments."""


class _Answer(NamedTuple):
    """The answer to a request, kept in case the request is repeated."""

    forgotten_at: float
    datagrams: list[OutgoingDatagram]


class SipPhone:
    """The lines and calls of one phone."""

    def __init__(self, config: SipConfig, random: Random) -> None:
        self.config = config
        self._context = PhoneContext(config, random)
        self._plan = dial_file.read(config.dial_template)
        self._lines = {line.index: line for line in config.lines}
        self._registrations = {
            line.index: SipRegistration(self._context, line) for line in config.lines if config.proxy_register
        }
        self._calls: dict[str, Call] = {}
        self._call: Call | None = None
        self._keypad: Keypad | None = None
        self._answers: OrderedDict[tuple[str, ...], _Answer] = OrderedDict()
        self._notices = Notices(self._context)
        self._answer_at: float | None = None
        self._commands: dict[str, Command] = {
            "dial": self._dial,
            "answer": self._answer,
            "hangup": self._hang_up,
            "press": self._press,
            "messages": self._dial_messages,
            "play": self._play,
            "stop": self._silence,
        }

    # --- the interface ------------------------------------------------------------------------------------

    def start(self, now: float) -> list[OutgoingDatagram]:
        """Register every line."""
        if self._plan.errors:
            self._context.report(now, "dial-template", errors=self._plan.errors, rules=len(self._plan.rules))
        return [out for line in self._registrations.values() for out in line.start(now)]

    def receive(self, datagram: bytes, now: float, source: tuple[str, int]) -> list[OutgoingDatagram]:
        """Handle a datagram at the listening port; a datagram that is not SIP is reported and ignored."""
        self._note_busy(now)
        try:
            message = sip.parse(datagram)
            sip.top_via(message)
            sip.parse_cseq(message)
            if isinstance(message, sip.Response):
                return self._receive_response(message, now)
            return self._receive_request(message, now, source)
        except WireError as error:
            self._ignore(error, now, source)
            return []

    def _ignore(self, error: WireError, now: float, source: tuple[str, int]) -> None:
        self._context.report(now, "ignored", reason=str(error), source=f"{source[0]}:{source[1]}")

    def receive_media(self, datagram: bytes, now: float) -> None:
        """Handle a datagram that arrived at the RTP port."""
        if self._call and not self._call.over:
            self._call.media.receive(datagram, now)

    def wake(self, now: float) -> list[OutgoingDatagram]:
        """Carry out the actions whose time has come; return what to send."""
        self._note_busy(now)
        outgoing = [out for line in self._registrations.values() for out in line.wake(now)]
        if self._answer_at is not None and now >= self._answer_at:
            outgoing += self._answer(now)
        for call in list(self._calls.values()):
            outgoing += call.wake(now)
            if call.is_finished(now):
                del self._calls[call.call_id]
        if self._keypad:
            dialled = self._keypad.wake(now)
            if dialled:
                outgoing += self._make_call(dialled, self._lines[self._keypad.line], now)
            elif self._keypad.on_hook:
                self._keypad = None
                self._context.report(now, "on-hook")
        self._notices.wake(now, self.idle)
        return outgoing

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        lines = (line.wake_at for line in self._registrations.values())
        calls = (call.wake_at for call in self._calls.values())
        keypad = self._keypad.wake_at if self._keypad else None
        return earliest(*lines, *calls, keypad, self._answer_at, self._notices.wake_at)

    def take_reports(self) -> list[Report]:
        """Return the reports since the last call of this method."""
        reports, self._context.reports = self._context.reports, []
        return reports

    @property
    def media_port(self) -> int | None:
        """Return the number of the RTP port, while there is a call."""
        return self._call.media.port if self._call and not self._call.over else None

    # --- responses ----------------------------------------------------------------------------------------

    def _receive_response(self, response: sip.Response, now: float) -> list[OutgoingDatagram]:
        call_id = sip.first(response, "Call-ID")
        for registration in self._registrations.values():
            if registration.call_id == call_id:
                return registration.receive(response, now)
        call = self._calls.get(call_id)
        return call.receive_response(response, now) if call else []

    # --- requests -----------------------------------------------------------------------------------------

    def _receive_request(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        for name in ("From", "To"):
            sip.parse_address(sip.first(request, name))
        number, method = sip.parse_cseq(request)
        if method != request.method:
            raise WireError("CSeq names another method", 0)
        if method == "ACK":
            return self._in_dialog(request, now, source)
        branch = sip.parameter(sip.top_via(request).parameters, "branch") or ""
        sender = sip.first(request, "From")
        key = (branch, method, str(number), sip.first(request, "Call-ID"), sender, source[0])
        self._forget_answers(now)
        if key in self._answers:
            return self._repeat(request, self._answers[key].datagrams)
        try:
            outgoing = self._answer_request(request, now, source)
        except WireError as error:
            self._ignore(error, now, source)
            outgoing = self._reply(request, source, 400, "Bad Request")
        self._answers[key] = _Answer(now + GIVE_UP * self.config.timer_t1, outgoing)
        return outgoing

    def _repeat(self, request: sip.SipRequest, outgoing: list[OutgoingDatagram]) -> list[OutgoingDatagram]:
        """Return the answer to a repeated request: for an INVITE the latest response, for others the first
        one.
        """
        call = self._calls.get(sip.first(request, "Call-ID"))
        if request.method == "INVITE" and isinstance(call, IncomingCall):
            latest = call.repeat(request)
            return outgoing[-1:] if latest is None else latest
        return outgoing

    def _forget_answers(self, now: float) -> None:
        while self._answers:
            oldest = next(iter(self._answers.values()))
            if oldest.forgotten_at > now and len(self._answers) < REMEMBERED:
                return
            self._answers.popitem(last=False)

    def _answer_request(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        to = sip.parse_address(sip.first(request, "To"))
        if request.method == "CANCEL" or sip.parameter(to.parameters, "tag") is not None:
            return self._in_dialog(request, now, source)
        handlers = {
            "INVITE": self._invited,
            "OPTIONS": self._capabilities,
            "NOTIFY": self._notified,
            "BYE": self._in_dialog,
        }
        handler = handlers.get(request.method)
        if handler is None:
            return self._reply(request, source, 501, "Not Implemented")
        return handler(request, now, source)

    def _reply(
        self,
        request: sip.SipRequest,
        source: tuple[str, int],
        status: int,
        reason: str,
        further: list[tuple[str, str]] | None = None,
    ) -> list[OutgoingDatagram]:
        reply = sip_text.response(
            self._context, request, status, reason, tag=self._context.tag(), further=further
        )
        return [sip_text.answer_to(request, reply, source)]

    def _in_dialog(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        call = self._calls.get(sip.first(request, "Call-ID"))
        tag = sip.parameter(sip.parse_address(sip.first(request, "To")).parameters, "tag")
        cancels = request.method == "CANCEL" and isinstance(call, IncomingCall)
        if call and (tag == call.tag if request.method != "CANCEL" else cancels):
            return call.receive_request(request, now, source)
        if request.method == "ACK":
            return []
        if request.method == "NOTIFY":  # old chan_sip sends all NOTIFYs in one dialog
            return self._notified(request, now, source)
        return self._reply(request, source, 481, "Call Leg/Transaction Does Not Exist")

    def _line_of(self, request: sip.SipRequest) -> SipLine | None:
        user = sip.parse_uri(request.uri).user
        return next((line for line in self.config.lines if line.name == user), None)

    def _capabilities(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        self._context.report(now, "qualified", source=f"{source[0]}:{source[1]}")
        further = [("Allow", sip_text.ALLOW), ("Accept", "application/sdp")]
        return self._reply(request, source, 200, "OK", further)

    def _invited(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        line = self._line_of(request)
        if line is None:
            return self._reply(request, source, 404, "Not Found")
        if not self.idle:
            return self._reply(request, source, 486, "Busy Here")
        call = IncomingCall(self._context, line, request, source, self._new_media())
        self._calls[call.call_id] = self._call = call
        self._answer_at = now + AUTO_ANSWER_AFTER if line.index in self.config.auto_answer else None
        return call.start(now)

    def _notified(
        self, request: sip.SipRequest, now: float, source: tuple[str, int]
    ) -> list[OutgoingDatagram]:
        event = notices.event_of(request)
        line = self._line_of(request)
        if event == "message-summary":
            if not self._notices.light(line.index if line else 1, request.body, now):
                self._context.report(now, "notify-refused", event=event)
                return self._reply(request, source, 400, "Bad Request")
        elif event == "check-sync":
            self._notices.want_sync(now)
        else:
            return self._reply(request, source, 489, "Bad Event")
        self._context.report(now, "notify", event=event)
        return self._reply(request, source, 200, "OK")

    # --- actions of a person --------------------------------------------------------------------------------

    @property
    def idle(self) -> bool:
        """Return whether the phone is on-hook and not ringing."""
        return self._keypad is None and (self._call is None or self._call.over)

    def _note_busy(self, now: float) -> None:
        if not self.idle:
            self._notices.note_busy(now)

    def command(self, name: str, now: float, **arguments: object) -> list[OutgoingDatagram]:
        """Carry out an action of a person; raises ValueError if a person could not do it."""
        self._note_busy(now)
        return run_command(self._commands, name, now, arguments)

    def _dial(self, now: float, digits: str, line: int = 1) -> list[OutgoingDatagram]:
        digits = str(digits)
        if set(digits) - set("0123456789*#+"):
            raise ValueError(f"{digits!r} cannot be dialled: keys are 0-9, * and #")
        if line not in self._lines:
            raise ValueError(f"line {line} is not configured")
        if not self.idle:
            self._context.report(now, "refused", command="dial", reason="the phone is in use")
            return []
        self._keypad = Keypad(self._plan, line, digits, now, self.config.hash_key)
        return []

    def _dial_messages(self, now: float) -> list[OutgoingDatagram]:
        if not self.idle or not self.config.messages_uri or not self._lines:
            reason = "the phone is in use" if not self.idle else "no messages_uri or no line"
            self._context.report(now, "refused", command="messages", reason=reason)
            return []
        number = self.config.messages_uri
        line = self._lines[min(self._notices.lines_with_messages or self._lines)]
        return self._make_call(Dialled(number, "messages", number), line, now)

    def _make_call(self, dialled: Dialled, line: SipLine, now: float) -> list[OutgoingDatagram]:
        self._keypad = None
        self._context.report(
            now, "dialled", digits=dialled.number, rule=dialled.rule, typed=dialled.typed, line=line.index
        )
        uri = target_of(self._context, line, dialled.number, dialled.user)
        call = OutgoingCall(
            self._context, line, dialled.number, uri, self._new_media(), self._proxy(line, dialled.route)
        )
        self._calls[call.call_id] = self._call = call
        return call.start(now)

    def _proxy(self, line: SipLine, route: str) -> tuple[str, int]:
        config = self.config
        if route == "emergency" and config.proxy_emergency:
            return config.proxy_emergency, config.proxy_emergency_port
        if config.outbound_proxy:
            return config.outbound_proxy, config.outbound_proxy_port
        return line.proxy_address, line.proxy_port

    def _new_media(self) -> MediaStream:
        config = self.config
        count = max((config.end_media_port - config.start_media_port) // 2, 1)
        port = (config.start_media_port + 1) // 2 * 2 + 2 * self._context.random.randrange(count)
        return MediaStream(self._context, port)

    def _answer(self, now: float) -> list[OutgoingDatagram]:
        self._answer_at = None
        return self._call.answer(now) if isinstance(self._call, IncomingCall) else []

    def _hang_up(self, now: float) -> list[OutgoingDatagram]:
        self._keypad = None
        return self._call.hang_up(now) if self._call else []

    def _media_for(self, command: str, now: float) -> MediaStream | None:
        if self._call and not self._call.over:
            return self._call.media
        self._context.report(now, "refused", command=command, reason="there is no call")
        return None

    def _press(self, now: float, digits: str) -> list[OutgoingDatagram]:
        digits = str(digits)
        if not digits or set(digits) - set(rtp.DTMF_DIGITS):
            raise ValueError(f"{digits!r} cannot be pressed: keys are 0-9, * and #")
        media = self._media_for("press", now)
        if media:
            media.press(digits)
        return []

    def _play(self, now: float, frequency: int) -> list[OutgoingDatagram]:
        if not 0 < int(frequency) < g711.SAMPLE_RATE // 2:
            raise ValueError(f"{frequency!r} is not a frequency: a whole number of Hz below 4000")
        media = self._media_for("play", now)
        if media:
            media.play(int(frequency))
        return []

    def _silence(self, now: float) -> list[OutgoingDatagram]:
        media = self._media_for("stop", now)
        if media:
            media.silence()
        return []
