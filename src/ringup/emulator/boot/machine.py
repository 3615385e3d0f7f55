"""The phone's hardware as its firmware sees it: flash, screen, network and clock, each behind an interface
that tests can replace.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from random import Random
from typing import Protocol

from ringup.emulator.behaviour import FIRST_PORTS, FOUR_SECONDS, Pace, RetryPattern, Variant
from ringup.emulator.boot.cdp import CdpClient, VlanDecision
from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.tftp import Failed, Fetch, NoAnswer, NotFound, Outcome, Received
from ringup.emulator.flash import Flash, with_address, with_settings
from ringup.emulator.report import Report
from ringup.emulator.screen import Screen, Shown
from ringup.emulator.spread import Spread


class Host(Protocol):
    """The interface that the machine needs from its host: a clock, and two kinds of network exchange."""

    def now(self) -> float:
        """Return the time in Unix seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
        ...

    async def lease(self, client: DhcpClient) -> HeldLease:
        """Send and receive the client's messages until it has a lease, then use the leased address."""
        ...

    async def fetch(self, fetch: Fetch) -> Outcome:
        """Send and receive a transfer's datagrams until the transfer has an outcome."""
        ...


class Trunk(Protocol):
    """A network port on which a switch may announce a voice VLAN."""

    async def ask(self, client: CdpClient) -> VlanDecision:
        """Send and receive the client's CDP frames until it has decided, and use its VLAN from then on."""
        ...


class PhoneMachine:
    """The parts of one phone, and the operations of the firmware on each part."""

    def __init__(
        self,
        flash: Flash,
        host: Host,
        pace: Pace,
        on_report: Callable[[Report], None],
        save: Callable[[Flash], None],
        tftp_port: int = 69,
        variant: Variant | None = None,
        trunk: Trunk | None = None,
    ) -> None:
        """`trunk` is None for a phone on a port without CDP: the phone then sends no CDP."""
        variant = variant or Variant()
        self.flash = flash
        self.host = host
        self.lease: HeldLease | None = None
        self.client: DhcpClient | None = None
        self.screen = Screen(lambda lines: self.report("screen", lines=list(lines)))
        self.failing_writes = variant.failed_writes
        """Number of upcoming images whose writing to flash will fail."""
        self.rings: Mapping[str, str] = {}
        """The ring tones in the ring list that this boot fetched: the file of each, by the tone's name."""
        self._pace = pace
        self._nak_pause = variant.nak_pause
        # The MAC is part of the seed: phones of one run differ, but each behaves the same in every run.
        seed = None if variant.seed is None else f"{variant.seed} {flash.mac}"
        self._dice = Random(seed)  # noqa: S311 - a phone's dice, not a secret
        self._on_report = on_report
        self._save = save
        self._tftp_port = tftp_port
        self._ports: Iterator[int] = count(0)
        self._loader_port = 0
        """The first source port of this boot's loader; 0 if the loader has not hunted in this boot."""
        self._retry = FOUR_SECONDS
        self._trunk = trunk
        self._admin_vlan = variant.admin_vlan
        self._cdp: CdpClient | None = None
        """The CDP of this boot; None until it begins."""

    def report(self, kind: str, **detail: object) -> None:
        """Report an event of the phone."""
        self._on_report(Report(self.host.now(), kind, detail))

    def show(self, situation: Shown) -> None:
        """Show the text for one situation of the boot on the screen."""
        self.screen.show(situation.value)

    def keep(self, flash: Flash) -> None:
        """Save the new contents of the flash."""
        if flash != self.flash:
            self.flash = flash
            self._save(flash)

    def keep_settings(self, settings: Mapping[str, str]) -> None:
        """Write accepted `.cnf` values to the flash."""
        self.keep(with_settings(self.flash, settings))

    def draw(self, spread: Spread) -> float:
        """Draw a random value with the phone's seed."""
        return spread.draw(self._dice)

    async def work(self, seconds: float, *, since: float | None = None, least: float = 0.0) -> None:
        """Wait as long as the real phone takes to flash or boot, divided by the pace.

        With `since`, a Unix time, the time that has already passed is subtracted, but at least `least`
        seconds remain.
        """
        wanted, least = self._pace.work(seconds), self._pace.work(least)
        passed = 0.0 if since is None else self.host.now() - since
        await self.host.sleep(max(wanted - passed, least))

    async def get_vlan(self) -> None:
        """Ask for a voice VLAN by CDP, once per boot (P-BOOT-1)."""
        if self._trunk is None or self._cdp is not None:
            return
        self.show(Shown.CONFIGURING_VLAN)
        self._cdp = CdpClient(self.flash, self._admin_vlan)
        decision = await self._trunk.ask(self._cdp)
        self.report("voice-vlan", vlan=decision.vlan, source=decision.source)

    async def get_address(self) -> None:
        """Do one DHCP exchange; it begins with the previous address, unless a server refused that address."""
        await self.get_vlan()
        self.show(Shown.CONFIGURING_ADDRESS)
        is_refused = self.client is not None and self.client.is_refused
        had = "" if is_refused else self.flash.address
        self.client = client = DhcpClient(self.flash.mac, self.flash.model, had, self._nak_pause)
        self.lease = lease = await self.host.lease(client)
        if self._cdp is not None:
            self._cdp.address = lease.address
        self.keep(with_address(self.flash, lease.address))
        self.report(
            "address", address=lease.address, mask=lease.mask, router=lease.router, server=lease.server,
            tftp=lease.tftp, tftp_source=lease.tftp_source, repeated=client.repeated,
        )  # fmt: skip

    def power_up(self) -> None:
        """Begin a boot: forget the source port and the CDP of the previous one."""
        self._loader_port = 0
        self._cdp = None

    def start_loader_ports(self, retry: RetryPattern) -> None:
        """Choose the loader's first source port at random; each further file or new try uses the next
        port.
        """
        self._loader_port = FIRST_PORTS.draw(self._dice)
        self._start_ports(self._loader_port, retry)

    def start_application_ports(self, below_the_loader: Spread | None, retry: RetryPattern) -> None:
        """Choose the application's first source port: one below the loader's, or a random one."""
        if below_the_loader is not None and self._loader_port:
            first = self._loader_port - round(self.draw(below_the_loader))
        else:
            first = FIRST_PORTS.draw(self._dice)
        self._start_ports(first, retry)

    def _start_ports(self, first: int, retry: RetryPattern) -> None:
        self._ports = count(first)
        self._retry = retry

    async def fetch(self, name: str) -> Outcome:
        """Request a file from the TFTP server; if that server does not answer, use the spare server from
        then on.

        [I] Option 150 lists several servers for redundancy (P-DHCP-9); no log shows a phone that switched
        to the second. [I] A phone whose lease has expired during the hunt gets an address first
        (RFC 2131 §4.4.5).
        """
        if self.client is not None and self.client.is_lost:
            await self.get_address()
        outcome = await self._fetch_from(self.lease.tftp if self.lease else "", name)
        if isinstance(outcome, NoAnswer) and self.lease and self.lease.spare_tftp:
            spare = self.lease.spare_tftp
            self.lease = replace(self.lease, tftp=spare, spare_tftp=self.lease.tftp)
            outcome = await self._fetch_from(spare, name)
        return outcome

    async def _fetch_from(self, server: str, name: str) -> Outcome:
        fetch = Fetch(name, server, self._reporting_first_port(name), self._retry, self._tftp_port)
        outcome = await self.host.fetch(fetch)
        match outcome:
            case Received(data):
                self.report("file-received", name=name, size=len(data), attempts=fetch.attempts)
            case NotFound(message):
                self.report("file-error", name=name, code=1, message=message, attempts=fetch.attempts)
            case Failed(code, message):
                self.report("file-error", name=name, code=code, message=message, attempts=fetch.attempts)
            case NoAnswer():
                self.report("file-timeout", name=name, attempts=fetch.attempts)
        return outcome

    def _reporting_first_port(self, name: str) -> Iterator[int]:
        """Yield the source ports for one file, and report the file as requested when the first port is
        taken.
        """
        port = next(self._ports)
        self.report("file-request", name=name, port=port)
        while True:
            yield port
            port = next(self._ports)
