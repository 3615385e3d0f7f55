"""The phone's hardware as its firmware sees it: flash, screen, network and clock behind small seams."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Protocol

from ringup.emulator.behaviour import FOUR_SECONDS, Pace, RetryPattern
from ringup.emulator.dhcp import DhcpClient, Lease
from ringup.emulator.flash import Flash, with_settings
from ringup.emulator.report import Report
from ringup.emulator.screen import Screen, Shown
from ringup.emulator.tftp import Failed, Fetch, NoAnswer, NotFound, Outcome, Received


class Host(Protocol):
    """What the machine needs of the world: a clock and two kinds of conversation."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    async def lease(self, client: DhcpClient) -> Lease:
        """Carry the client's messages until it has a lease; then use that address."""
        ...

    async def fetch(self, fetch: Fetch) -> Outcome:
        """Carry a transfer's datagrams until it has an outcome."""
        ...


class Machine:
    """One phone's parts, and what its firmware does with each."""

    def __init__(
        self,
        flash: Flash,
        host: Host,
        pace: Pace,
        on_report: Callable[[Report], None],
        save: Callable[[Flash], None],
        tftp_port: int = 69,
    ) -> None:
        self.flash = flash
        self.host = host
        self.lease: Lease | None = None
        self.client: DhcpClient | None = None
        self.screen = Screen(lambda lines: self.report("screen", lines=list(lines)))
        self._pace = pace
        self._on_report = on_report
        self._save = save
        self._tftp_port = tftp_port
        self._ports: Iterator[int] = count(0)
        self._retry = FOUR_SECONDS

    def report(self, kind: str, **detail: object) -> None:
        """Tell what happened."""
        self._on_report(Report(self.host.now(), kind, detail))

    def show(self, situation: Shown) -> None:
        """Show one situation."""
        self.screen.show(situation.value)

    def keep(self, flash: Flash) -> None:
        """Write the flash."""
        if flash != self.flash:
            self.flash = flash
            self._save(flash)

    def keep_settings(self, settings: Mapping[str, str]) -> None:
        """Write accepted `.cnf` values to the flash."""
        self.keep(with_settings(self.flash, settings))

    async def work(self, seconds: float) -> None:
        """Be busy flashing or booting, for so long on the real phone."""
        await self.host.sleep(self._pace.work(seconds))

    async def get_address(self) -> None:
        """One DHCP exchange."""
        self.show(Shown.CONFIGURING_ADDRESS)
        self.client = DhcpClient(self.flash.mac, self.flash.model)
        self.lease = lease = await self.host.lease(self.client)
        self.report(
            "address", address=lease.address, mask=lease.mask, router=lease.router, server=lease.server,
            tftp=lease.tftp, tftp_source=lease.tftp_source,
        )  # fmt: skip

    def start_ports(self, first_port: int, retry: RetryPattern) -> None:
        """Count source ports from a boot's base, one a file or a new try."""
        self._ports = count(first_port)
        self._retry = retry

    async def fetch(self, name: str) -> Outcome:
        """Ask the TFTP server for a file."""
        server = self.lease.tftp if self.lease else ""
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
        """The ports of one file; the first is reported, so that each file is reported once."""
        port = next(self._ports)
        self.report("file-request", name=name, port=port)
        while True:
            yield port
            port = next(self._ports)
