"""Run one half of a phone, SIP or SCCP, on a host: its timer, its reports and its port for sound."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

from ringup.emulator.media_port import MediaPort
from ringup.emulator.ports import ReceivedDatagram, TimedHost, Timer
from ringup.emulator.report import Report

Sent = TypeVar("Sent")


class Half(Protocol[Sent]):
    """One half of a phone, without a socket and without a clock."""

    @property
    def wake_at(self) -> float | None:
        """Return the time of the next call of `wake`; None while nothing is due."""
        ...

    @property
    def media_port(self) -> int | None:
        """Return the port for sound that is needed now; None: none is."""
        ...

    def wake(self, now: float) -> list[Sent]:
        """Do what is due; return what to send."""
        ...

    def receive_media(self, datagram: bytes, now: float) -> None:
        """Take a datagram that arrived at the port for sound."""
        ...

    def take_reports(self) -> list[Report]:
        """Return the reports since the last call."""
        ...


Phone = TypeVar("Phone", bound=Half[Any])


class PhoneRunner(ABC, Generic[Phone, Sent]):
    """Runs one half of a phone, while `_phone` holds it."""

    def __init__(self, on_report: Callable[[Report], None], host: TimedHost) -> None:
        self.on_report = on_report
        self._timed_host = host
        self._phone: Phone | None = None
        self._address = ""
        self._media = MediaPort(host, self._hear, self._report)
        self._timer: Timer | None = None

    @abstractmethod
    def _send(self, outgoing: list[Sent]) -> None:
        """Send what the phone wants to send."""

    def _is_over(self, _phone: Phone) -> bool:
        """Return whether the phone has ended, and needs no timer."""
        return False

    def _begin(self, phone: Phone, address: str) -> None:
        self._phone, self._address = phone, address

    def _end_phone(self) -> None:
        """Stop the timer and close the port for sound."""
        self._stop_timer()
        self._media.close()
        self._phone = None

    def _report(self, kind: str, **detail: object) -> None:
        self.on_report(Report(self._timed_host.now(), kind, detail))

    def _hear(self, arrivals: Iterable[ReceivedDatagram]) -> None:
        for arrival in arrivals:
            if self._phone:
                self._phone.receive_media(arrival.data, self._timed_host.now() - arrival.waited)
        self._carry_out([])

    def _carry_out(self, outgoing: list[Sent]) -> None:
        """Send, emit reports, open or close the port for sound, and set the timer."""
        phone = self._phone
        if phone is None:
            return
        self._send(outgoing)
        for report in phone.take_reports():
            self.on_report(report)
        self._follow_media_port()
        self._stop_timer()
        if not self._is_over(phone) and phone.wake_at is not None:
            delay = max(phone.wake_at - self._timed_host.now(), 0.0)
            self._timer = self._timed_host.call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._phone:
            self._carry_out(self._phone.wake(self._timed_host.now()))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _follow_media_port(self) -> None:
        if self._phone:
            self._media.follow(self._address, self._phone.media_port)
