"""Run one phone's SIP user agent on a host: open its ports, carry its datagrams and set its timer.

The phone sends from one port and listens on another (P-SIP-1), so a PBX can easily answer to the wrong port.
A datagram to the sending port is read, counted in a report, and dropped.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from random import Random

from ringup.emulator.ports import Port, ReceivedDatagram
from ringup.emulator.report import Report
from ringup.emulator.runner import PhoneRunner
from ringup.emulator.sip.config import OutgoingDatagram, SipConfig
from ringup.emulator.sip.host import SipHost
from ringup.emulator.sip.phone import SipPhone
from ringup.emulator.sip.sockets import NetworkSipHost


class SipRunner(PhoneRunner[SipPhone, OutgoingDatagram]):
    """Runs one phone's SIP user agent."""

    def __init__(
        self, on_report: Callable[[Report], None], random: Random | None = None, host: SipHost | None = None
    ) -> None:
        self._random = random or Random()  # noqa: S311 - a phone's dice, not a secret
        self._host: SipHost = host or NetworkSipHost(lambda why: self._report("unsent", reason=why))
        super().__init__(on_report, self._host)
        self._addresses: dict[str, str] = {}
        self._listening: Port | None = None
        self._sending: Port | None = None

    async def start(self, config: SipConfig) -> None:
        """Open the ports and register; raises BindError if an address or port is not available."""
        await self.stop()
        await self._resolve(config)
        host, address = self._host, config.address
        self._listening = host.open(address, config.voip_control_port, is_media=False, receive=self._receive)
        if config.nat_enable:
            self._sending = self._listening
        else:
            self._sending = host.open(address, 0, is_media=False, receive=self._drop)
        phone = SipPhone(config, self._random)
        self._begin(phone, address)
        self._carry_out(phone.start(self._host.now()))

    async def command(self, name: str, **arguments: object) -> None:
        """Carry out an action of a person at the phone; raises ValueError if a person could not do it."""
        if self._phone is None:
            raise ValueError("the phone's SIP half is not running")
        self._carry_out(self._phone.command(name, self._host.now(), **arguments))

    async def stop(self) -> None:
        """Stop sending at once, like a phone that reboots: it unregisters no line and ends no call."""
        self._end_phone()
        for opened in {self._listening, self._sending}:
            if opened:
                opened.close()
        self._listening = self._sending = None

    # --- ports ----------------------------------------------------------------------------------------------

    async def _resolve(self, config: SipConfig) -> None:
        """Look up the host names of the proxies once, as the phone does at boot."""
        names = {line.proxy_address for line in config.lines} | {
            config.outbound_proxy,
            config.proxy_emergency,
        }
        for name in sorted(names - {""}):
            try:
                self._addresses[name] = await self._host.resolve(name)
            except OSError as error:
                self._report("unresolved", name=name, reason=str(error))

    def _receive(self, arrivals: Iterable[ReceivedDatagram]) -> None:
        for arrival in arrivals:
            if self._phone is None:
                return
            self._send(self._phone.receive(arrival.data, self._host.now() - arrival.waited, arrival.source))
        self._carry_out([])

    def _drop(self, arrivals: Iterable[ReceivedDatagram]) -> None:
        """Report answers to the sending port, and drop them: the real phone never receives them."""
        port = self._sending.number if self._sending else 0
        for arrival in arrivals:
            first_line = arrival.data.partition(b"\r\n")[0].decode("utf-8", "replace")[:200]
            self._report("dropped", port=port, first_line=first_line, source=arrival.source[0])
        self._carry_out([])

    # --- carrying out ---------------------------------------------------------------------------------------

    def _send(self, outgoing: list[OutgoingDatagram]) -> None:
        for data, (host, port), media in outgoing:
            if media:
                self._follow_media_port()
            opened = self._media.port if media else self._sending
            if opened is None:
                continue
            try:
                opened.send(data, (self._address_of(host), port))
            except OSError as error:
                self._report("unsent", destination=f"{host}:{port}", reason=str(error))

    def _address_of(self, host: str) -> str:
        """Return the address of a proxy that was looked up at the start: a lookup at this point would delay
        every call.
        """
        if host in self._addresses:
            return self._addresses[host]
        try:
            return str(ip_address(host))
        except ValueError as error:
            raise OSError(f"{host} was not found when the phone started") from error
