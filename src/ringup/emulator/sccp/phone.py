"""The SCCP client of a Cisco 7940 or 7960: registration, calls, lamps and keys on one connection, without a
socket or a clock.

Strategy: the phone sends each key to the server, and the server replies with the texts to show and with
orders to play and send sound. Each method returns all that must be sent: messages for the connection, and RTP
datagrams.
"""

from collections.abc import Callable, Mapping
from random import Random

from ringup.emulator.person import run_command
from ringup.emulator.report import Report
from ringup.emulator.sccp import calls
from ringup.emulator.sccp.calls import SccpCall
from ringup.emulator.sccp.config import SccpConfig
from ringup.emulator.sccp.display import in_words
from ringup.emulator.sccp.keys import BUTTONS, KEYS, MESSAGES, digits_of
from ringup.emulator.sccp.registration import SccpRegistration
from ringup.emulator.sip.config import SipConfig
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.emulator.sip.timers import earliest
from ringup.wire import g711
from ringup.wire.sccp import messages, of_phone, of_server
from ringup.wire.sccp.frame import Frame

DIAL_TONE = (0x21, 0x22)
"""The numbers of the tones that are dial tones (P-SCCP-23)."""
LAMP_OFF = 1
MESSAGE_LAMP = 0x0F
RINGER_OFF = 1


class SccpPhone:
    """One phone's registration and calls on one connection."""

    def __init__(self, config: SccpConfig, random: Random) -> None:
        self.config = config
        self.registration = SccpRegistration(config)
        self.reset = 0
        """The kind of reset that the server ordered (P-SCCP-17); 0: none."""
        self.has_left = False
        """True after the server has confirmed the phone's Unregister."""
        self.prompt = ""
        """The text above the soft keys."""
        self.silent_for = 0
        """The number of KeepAlive messages without an answer."""
        # The sound of a call works as in SIP, so the SIP classes are used with SCCP's settings.
        self._context = PhoneContext(SipConfig(config.address, config.mac, ()), random)
        self._calls: dict[int, SccpCall] = {}
        self._keys: list[str] = []
        """Digits that the person has not pressed yet."""
        self._press_at: float | None = None
        self._keep_alive_at: float | None = None
        self._lamp = False
        self._commands: Mapping[str, Callable[..., list[object]]] = {
            "dial": self._dial, "answer": self._answer, "hangup": self._hang_up, "press": self._press,
            "messages": self._messages, "play": self._play, "stop": self._silence, "soft-key": self._soft_key,
            "hold": self._hold, "resume": self._resume, "transfer": self._transfer,
        }  # fmt: skip

    # --- time ---------------------------------------------------------------------------------------------

    def start(self) -> list[object]:
        """Return the first messages on a new connection."""
        return self.registration.start()

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called."""
        sound = (call.media.wake_at for call in self._calls.values() if call.has_sound)
        return earliest(self._press_at, self._keep_alive_at, *sound)

    def wake(self, now: float) -> list[object]:
        """Carry out the actions whose time has come; return what to send."""
        outgoing: list[object] = []
        if self._keep_alive_at is not None and now >= self._keep_alive_at:
            self.silent_for += 1
            self._keep_alive_at = now + self.registration.keep_alive
            outgoing.append(of_phone.KeepAlive())
        if self._press_at is not None and now >= self._press_at:
            outgoing += self._press_next(now)
        for call in self._calls.values():
            if call.has_sound:
                outgoing += call.media.wake(now)
        return outgoing

    @property
    def is_lost(self) -> bool:
        """Return whether the server has been silent for too long."""
        return self.silent_for > self.config.times.missed_keep_alives

    # --- the server ---------------------------------------------------------------------------------------

    def receive(self, message: object, now: float) -> list[object]:
        """Handle one message from the server; return what to send."""
        was_registered = self.registration.is_registered
        outgoing = self.registration.receive(message)
        if self.registration.keep_alive and self._keep_alive_at is None:
            self._keep_alive_at = now + self.registration.keep_alive
        if self.registration.is_registered and not was_registered:
            self._report_registration(now)
        row = _ROWS.get(type(message))
        return outgoing + (row(self, message, now) if row else [])

    def receive_media(self, datagram: bytes, now: float) -> None:
        """Handle an RTP datagram."""
        if (call := self._sounding) is not None:
            call.media.receive(datagram, now)

    def _report_registration(self, now: float) -> None:
        registration = self.registration
        self._context.report(
            now, "sccp-registered", lines=[line.number for line in registration.lines.values()],
            keep_alive=registration.keep_alive, load=registration.load, clock=_clock(registration.time),
            speed_dials=[dial.digits for dial in registration.speed_dials.values()],
            soft_keys=[in_words(key.label) for key in registration.soft_keys],
        )  # fmt: skip
        for number in registration.lines:
            self._context.report(now, "line", line=number, state="registered")

    def _call_state(self, message: of_server.CallState, now: float) -> list[object]:
        call = self._calls.get(message.call)
        if call is None:
            if message.state == calls.ON_HOOK:
                return []
            call = SccpCall(self._context, message.line, message.call, self._new_media())
            self._calls[message.call] = call
        call.state(message.state, now)
        if call.over:
            del self._calls[message.call]
        return []

    def _call_info(self, message: of_server.CallInfo, _now: float) -> list[object]:
        if (call := self._calls.get(message.call)) is not None:
            call.know(message)
        return []

    def _ringer(self, message: of_server.SetRinger, now: float) -> list[object]:
        if message.mode != RINGER_OFF:
            for call in self._calls.values():
                if call.direction == "in" and not call.is_answered:
                    call.ring(now)
        return []

    def _start_tone(self, message: of_server.StartTone, now: float) -> list[object]:
        self._context.report(now, "server-tone", tone=message.tone)
        if message.tone in DIAL_TONE and self._keys and self._press_at is None:
            self._press_at = now + self.config.times.digit
        return []

    def _open_sound(self, message: of_server.OpenReceiveChannel, _now: float) -> list[object]:
        call = self._current
        return call.open_sound(message, self.config.address) if call else []

    def _send_sound(self, message: of_server.StartMediaTransmission, now: float) -> list[object]:
        if (call := self._sounding) is not None:
            call.send_sound(message, now)
        return []

    def _close_sound(self, _message: of_server.CloseReceiveChannel, now: float) -> list[object]:
        if (call := self._sounding) is not None and not call.over:
            call.has_sound = False
            call.media.close(now)
        return []

    def _set_lamp(self, message: of_server.SetLamp, now: float) -> list[object]:
        is_on = message.mode != LAMP_OFF
        if message.stimulus == MESSAGE_LAMP and is_on != self._lamp:
            self._lamp = is_on
            self._context.report(now, "lamp", on=is_on)
        return []

    def _show_prompt(self, message: of_server.DisplayPromptStatus, now: float) -> list[object]:
        self.prompt = in_words(message.text)
        self._context.report(now, "prompt", text=self.prompt)
        return []

    def _show_text(
        self, message: of_server.DisplayNotify | of_server.DisplayPriNotify, now: float
    ) -> list[object]:
        self._context.report(now, "prompt", text=in_words(message.text))
        return []

    def _dialled(self, message: of_server.DialedNumber, now: float) -> list[object]:
        if (call := self._calls.get(message.call)) is not None:
            call.far_end = message.number
        self._context.report(now, "dialled", digits=message.number, line=message.line)
        return []

    def _alive(self, _message: of_server.KeepAliveAck, _now: float) -> list[object]:
        self.silent_for = 0
        return []

    def _reset(self, message: of_server.Reset, now: float) -> list[object]:
        self.reset = message.kind
        self._context.report(now, "reset", extent="restart" if message.kind == 2 else "full")
        return []

    def _rejected(self, message: of_server.RegisterReject, now: float) -> list[object]:
        self._context.report(now, "sccp-rejected", reason=message.reason)
        return []

    def _left(self, _message: of_server.UnregisterAck, _now: float) -> list[object]:
        self.has_left = True
        return []

    # --- the person ---------------------------------------------------------------------------------------

    def command(self, name: str, now: float, **arguments: object) -> list[object]:
        """Carry out an action of a person; raises ValueError if a person could not do it."""
        return run_command(self._commands, name, now, arguments)

    def _dial(self, _now: float, digits: str, line: int = 1) -> list[object]:
        self._keys = digits_of(str(digits))
        if line not in self.registration.lines:
            raise ValueError(f"line {line} is not registered")
        return [of_phone.SoftKeyEvent(KEYS["NewCall"], line)]

    def _press_next(self, now: float) -> list[object]:
        call = self._current
        if not self._keys or call is None:
            self._keys, self._press_at = [], None
            return []
        key = self._keys.pop(0)
        self._press_at = now + self.config.times.digit if self._keys else None
        return [of_phone.KeypadButton(BUTTONS[key], call.line, call.number)]

    def _press(self, now: float, digits: str) -> list[object]:
        if self._current is None:
            return self._refuse("press", now)
        self._keys += digits_of(str(digits))
        self._press_at = self._press_at or now
        return []

    def _answer(self, now: float) -> list[object]:
        ringing = next((call for call in self._calls.values() if call.is_ringing), None)
        if ringing is None:
            return self._refuse("answer", now)
        return [of_phone.SoftKeyEvent(KEYS["Answer"], ringing.line, ringing.number)]

    def _hang_up(self, now: float) -> list[object]:
        self._keys, self._press_at = [], None
        if (call := self._current) is None:
            return self._refuse("hangup", now)
        call.hang_up()
        return [of_phone.SoftKeyEvent(KEYS["EndCall"], call.line, call.number)]

    def _soft_key(self, now: float, label: str) -> list[object]:
        if label not in KEYS:
            raise ValueError(f"{label!r} is not a soft key: {', '.join(KEYS)}")
        call = self._current
        line, number = (call.line, call.number) if call else (1, 0)
        return [of_phone.SoftKeyEvent(KEYS[label], line, number)]

    def _hold(self, now: float) -> list[object]:
        talking = next((call for call in self._calls.values() if call.has_sound and call.is_answered), None)
        return self._press_key("hold", "Hold", talking, now)

    def _resume(self, now: float) -> list[object]:
        held = next((call for call in self._calls.values() if call.is_held), None)
        return self._press_key("resume", "Resume", held, now)

    def _transfer(self, now: float, digits: str = "") -> list[object]:
        """Transfer a call: with digits, call the number to which it goes; without digits, connect both calls
        (P-SCCP-19).
        """
        if digits and self._current is not None:
            self._keys = digits_of(str(digits))
        return self._press_key("transfer", "Trnsfer", self._current, now)

    def _press_key(self, command: str, label: str, call: SccpCall | None, now: float) -> list[object]:
        if call is None:
            return self._refuse(command, now)
        return [of_phone.SoftKeyEvent(KEYS[label], call.line, call.number)]

    def _messages(self, _now: float) -> list[object]:
        return [self._stimulus(MESSAGES, 1)]

    def _stimulus(self, stimulus: int, instance: int) -> Frame:
        frame = messages.to_frame(of_phone.Stimulus(stimulus, instance))
        return frame._replace(body=frame.body[: int(self.config.stimulus.value)])

    def _play(self, now: float, frequency: int) -> list[object]:
        if not 0 < int(frequency) < g711.SAMPLE_RATE // 2:
            raise ValueError(f"{frequency!r} is not a frequency: a whole number of Hz below 4000")
        if (call := self._sounding) is None:
            return self._refuse("play", now)
        call.media.play(int(frequency))
        return []

    def _silence(self, now: float) -> list[object]:
        if (call := self._sounding) is None:
            return self._refuse("stop", now)
        call.media.silence()
        return []

    def _refuse(self, command: str, now: float) -> list[object]:
        self._context.report(now, "refused", command=command, reason="there is no call")
        return []

    # --- the parts ----------------------------------------------------------------------------------------

    def take_reports(self) -> list[Report]:
        """Return the reports since the last call of this method."""
        reports, self._context.reports = self._context.reports, []
        return reports

    @property
    def media_port(self) -> int | None:
        """Return the number of the RTP port, while a call has one."""
        call = self._sounding
        return call.media.port if call else None

    @property
    def _current(self) -> SccpCall | None:
        """Return the newest call."""
        return next(reversed(self._calls.values()), None)

    @property
    def _sounding(self) -> SccpCall | None:
        return next((call for call in self._calls.values() if call.has_sound), None)

    def _new_media(self) -> MediaStream:
        config = self.config
        count = (config.last_media_port - config.first_media_port) // 2
        return MediaStream(self._context, config.first_media_port + 2 * self._context.random.randrange(count))


def _clock(time: of_server.DefineTimeDate | None) -> str:
    if time is None:
        return ""
    return f"{time.year:04}-{time.month:02}-{time.day:02} {time.hour:02}:{time.minute:02}:{time.second:02}"


_ROWS: Mapping[type, Callable[..., list[object]]] = {
    of_server.CallState: SccpPhone._call_state,
    of_server.CallInfo: SccpPhone._call_info,
    of_server.SetRinger: SccpPhone._ringer,
    of_server.StartTone: SccpPhone._start_tone,
    of_server.OpenReceiveChannel: SccpPhone._open_sound,
    of_server.CloseReceiveChannel: SccpPhone._close_sound,
    of_server.StartMediaTransmission: SccpPhone._send_sound,
    of_server.SetLamp: SccpPhone._set_lamp,
    of_server.DisplayPromptStatus: SccpPhone._show_prompt,
    of_server.DisplayNotify: SccpPhone._show_text,
    of_server.DisplayPriNotify: SccpPhone._show_text,
    of_server.DialedNumber: SccpPhone._dialled,
    of_server.KeepAliveAck: SccpPhone._alive,
    of_server.RegisterReject: SccpPhone._rejected,
    of_server.Reset: SccpPhone._reset,
    of_server.UnregisterAck: SccpPhone._left,
}
