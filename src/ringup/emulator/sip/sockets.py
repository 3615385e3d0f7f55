"""The SIP half's sockets and clock: a thin shell around `SipPhone`.

The phone sends from one socket and listens on another, which is what makes it hard to serve
(P-SIP-1): whatever comes back to the sending port is read, counted in a report, and dropped.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from ipaddress import ip_address
from random import Random

from ringup.emulator import arrival
from ringup.emulator.report import Report
from ringup.emulator.sip.config import OutgoingDatagram, SipConfig, SipLine, from_settings
from ringup.emulator.sip.phone import SipPhone
from ringup.errors import BindError

__all__ = ["SipConfig", "SipLine", "SipPhone", "SipRunner", "from_settings"]

TOS_SIGNALLING = 0x60
"""[L] LKML20."""
TOS_MEDIA = 0xA0
"""Precedence 5, the default of tos_media (P-PARAM-36)."""
SO_NO_CHECK = 11
"""Linux's name for "send UDP without a checksum"; Python has none. The real phone does so ([L] LKML20)."""
LARGEST_DATAGRAM = 65535
MOST_AT_ONCE = 64
"""Datagrams read from one socket before the others get their turn."""


class SipRunner:
    """Runs one phone's SIP half on the event loop."""

    def __init__(self, on_report: Callable[[Report], None], random: Random | None = None) -> None:
        self.on_report = on_report
        self._random = random or Random()  # noqa: S311 - a phone's dice, not a secret
        self._phone: SipPhone | None = None
        self._addresses: dict[str, str] = {}
        self._listening: socket.socket | None = None
        self._sending: socket.socket | None = None
        self._media: socket.socket | None = None
        self._media_port: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._clock = 0.0
        """Unix seconds minus the monotonic clock, so that a step of the wall clock stops no call."""

    async def start(self, config: SipConfig) -> None:
        """Open the sockets and register; raises BindError when an address or port is not to be had."""
        await self.stop()
        self._clock = time.time() - time.monotonic()
        await self._resolve(config)
        self._listening = self._open(config.address, config.voip_control_port, TOS_SIGNALLING)
        if config.nat_enable:
            self._sending = self._listening
        else:
            self._sending = self._open(config.address, 0, TOS_SIGNALLING)
            self._watch(self._sending, self._drop)
        self._sending.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        self._phone = SipPhone(config, self._random)
        self._watch(self._listening, self._phone.receive)
        self._carry_out(self._phone.start(self._now()))

    async def command(self, name: str, **arguments: object) -> None:
        """Do what a person does at the phone; raises ValueError for what no person could do."""
        if self._phone is None:
            raise ValueError("the phone's SIP half is not running")
        self._carry_out(self._phone.command(name, self._now(), **arguments))

    async def stop(self) -> None:
        """Fall silent at once, as a phone that reboots: nothing is unregistered, no call is ended."""
        if self._timer:
            self._timer.cancel()
        for opened in {self._listening, self._sending, self._media} - {None}:
            self._close(opened)
        self._listening = self._sending = self._media = self._timer = self._phone = None
        self._media_port = None

    # --- sockets --------------------------------------------------------------------------------------------

    async def _resolve(self, config: SipConfig) -> None:
        """Look up the names among the proxies once, as the phone does at boot."""
        names = {line.proxy_address for line in config.lines} | {
            config.outbound_proxy,
            config.proxy_emergency,
        }
        loop = asyncio.get_running_loop()
        for name in sorted(names - {""}):
            try:
                found = await loop.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_DGRAM)
            except OSError as error:
                self._report("unresolved", name=name, reason=str(error))
            else:
                self._addresses[name] = str(found[0][4][0])

    def _open(self, address: str, port: int, tos: int) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        try:
            opened.bind((address, port))
        except OSError as error:
            opened.close()
            raise BindError(
                f"the software phone wanted {address}:{port}/udp", str(error), "Free it or give it another."
            ) from error
        return opened

    def _close(self, opened: socket.socket | None) -> None:
        if opened is not None:
            asyncio.get_running_loop().remove_reader(opened)
            opened.close()

    def _watch(
        self,
        opened: socket.socket,
        receive: Callable[[bytes, float, tuple[str, int]], list[OutgoingDatagram]],
    ) -> None:
        def read() -> None:
            for _ in range(MOST_AT_ONCE):
                try:
                    datagram, source, waited = arrival.receive(opened, LARGEST_DATAGRAM)
                except (BlockingIOError, InterruptedError):
                    break
                except OSError as error:  # a closed port somewhere told us so; the socket is fine
                    self._report("unsent", reason=str(error))
                    continue
                self._send(receive(datagram, self._now() - waited, source))
            self._carry_out([])

        asyncio.get_running_loop().add_reader(opened, read)

    def _drop(self, datagram: bytes, now: float, source: tuple[str, int]) -> list[OutgoingDatagram]:
        """What the real phone never sees: an answer to the port it sent from."""
        port = self._sending.getsockname()[1] if self._sending else 0
        first_line = datagram.partition(b"\r\n")[0].decode("utf-8", "replace")[:200]
        self.on_report(Report(now, "dropped", {"port": port, "first_line": first_line, "source": source[0]}))
        return []

    def _hear(self, datagram: bytes, now: float, source: tuple[str, int]) -> list[OutgoingDatagram]:
        if self._phone:
            self._phone.receive_media(datagram, now)
        return []

    # --- carrying out ---------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._clock + time.monotonic()

    def _report(self, kind: str, **detail: object) -> None:
        self.on_report(Report(self._now(), kind, detail))

    def _carry_out(self, outgoing: list[OutgoingDatagram]) -> None:
        """Send, tell, open or close the media port, and set the alarm."""
        phone = self._phone
        if phone is None:
            return
        self._send(outgoing)
        for report in phone.take_reports():
            self.on_report(report)
        self._follow_media_port()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if phone.wake_at is not None:
            delay = max(phone.wake_at - self._now(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._phone:
            self._carry_out(self._phone.wake(self._now()))

    def _send(self, outgoing: list[OutgoingDatagram]) -> None:
        for data, (host, port), media in outgoing:
            if media:
                self._follow_media_port()
            opened = self._media if media else self._sending
            if opened is None:
                continue
            try:
                opened.sendto(data, (self._address_of(host), port))
            except OSError as error:
                self._report("unsent", destination=f"{host}:{port}", reason=str(error))

    def _address_of(self, host: str) -> str:
        """An address without asking anybody: a lookup here would stop every call."""
        if host in self._addresses:
            return self._addresses[host]
        try:
            return str(ip_address(host))
        except ValueError as error:
            raise OSError(f"{host} was not found when the phone started") from error

    def _follow_media_port(self) -> None:
        wanted = self._phone.media_port if self._phone else None
        if wanted == self._media_port or self._phone is None:
            return
        self._close(self._media)
        self._media, self._media_port = None, wanted
        if wanted is None:
            return
        try:
            self._media = self._open(self._phone.config.address, wanted, TOS_MEDIA)
        except BindError as error:
            self._report("no-media", port=wanted, reason=str(error))
        else:
            arrival.note_arrivals(self._media)
            self._watch(self._media, self._hear)
