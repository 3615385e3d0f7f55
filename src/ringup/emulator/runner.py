"""Run a phone's SIP user agent or SCCP client on a host: its timer, its reports and its RTP port."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

from ringup.emulator.media_port import MediaPort
from ringup.emulator.ports import ReceivedDatagram, TimedHost, Timer
from ringup.emulator.report import Report

Sent = TypeVar("Sent")


class Half(Protocol[Sent]):
    """A phone's SIP user agent or SCCP client, without a socket and without a clock."""

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called next; None while nothing is due."""
        ...

    @property
    def media_port(self) -> int | None:
        """Return the number of the RTP port that a call needs now; None: no call needs one."""
        ...

    def wake(self, now: float) -> list[Sent]:
        """Carry out the actions whose time has come; return the messages to send."""
        ...

    def receive_media(self, datagram: bytes, now: float) -> None:
        """Handle a datagram that arrived at the RTP port."""
        ...

    def take_reports(self) -> list[Report]:
        """Return the reports since the last call of this method."""
        ...


Phone = TypeVar("Phone", bound=Half[Any])


class PhoneRunner(ABC, Generic[Phone, Sent]):
    """Runs a SIP user agent or an SCCP client, while `_phone` holds it."""

    def __init__(self, on_report: Callable[[Report], None], host: TimedHost) -> None:
        self.on_report = on_report
        self._timed_host = host
        self._phone: Phone | None = None
        self._address = ""
        self._media = MediaPort(host, self._hear, self._report)
        self._timer: Timer | None = None

    @abstractmethod
    def _send(self, outgoing: list[Sent]) -> None:
        """Send the messages that the phone has returned."""

    def _is_over(self, _phone: Phone) -> bool:
        """Return whether the phone has ended, and needs no timer."""
        return False

    def _begin(self, phone: Phone, address: str) -> None:
        self._phone, self._address = phone, address

    def _end_phone(self) -> None:
        """Stop the timer and close the RTP port."""
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
        """Send messages, emit reports, open or close the RTP port, and set the timer."""
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
