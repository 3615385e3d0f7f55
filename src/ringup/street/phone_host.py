"""The environment of one emulated phone on a street (a simulated site): network, address and clock."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.tftp import Fetch, Outcome, Received
from ringup.emulator.frames import DhcpFrames
from ringup.emulator.ports import Port, Receive
from ringup.emulator.transfer import LINGER, FetchTransfer
from ringup.errors import BindError
from ringup.street.cable import Cable, Datagram, arrivals
from ringup.street.folding import FoldedTransfer, Folding
from ringup.street.loop import StreetLoop

FIRST_EPHEMERAL, LAST_EPHEMERAL = 49_152, 65_535
"""The range of ports for phones that do not need a fixed port (RFC 6335 §6)."""
NO_ADDRESS = "0.0.0.0"


class StreetPhoneHost:
    """The host of one phone: for its boot and for its SIP user agent."""

    def __init__(
        self,
        loop: StreetLoop,
        cable: Cable,
        mac: str,
        on_file: Callable[[str, str, bytes, str], None] | None = None,
        names: Mapping[str, str] | None = None,
        shared: dict[bytes, bytes] | None = None,
        folding: Folding | None = None,
    ) -> None:
        """`on_file` is called for every file that the phone received, with the phone's MAC, the name, the
        bytes, and the server. `names` are the host names that DNS resolves on this street. `shared` returns
        one shared copy of equal files, for all phones. With `folding`, an image that another phone has
        fetched comes in a few large blocks.
        """
        self._names = names or {}
        self._shared = shared if shared is not None else {}
        self._on_file = on_file
        self._folding = folding
        self._loop = loop
        self._cable = cable
        self._mac = mac
        self._frames = DhcpFrames(mac, self.now, PhoneFrames(cable))
        self.by_hand: HeldLease | None = None
        """The address and servers that a person entered in the phone's menu; None: it uses DHCP."""
        self.alternate_tftp = ""
        """The TFTP server in the phone's menu; empty: the phone uses the one that DHCP names (P-DHCP-11)."""
        self.address = NO_ADDRESS
        """The address that the phone has; 0.0.0.0 before its first lease."""
        self._transfers: set[FetchTransfer] = set()
        self._ports: set[_StreetPort] = set()
        self._ephemeral = FIRST_EPHEMERAL

    def now(self) -> float:
        """Return the Unix time in seconds."""
        return self._loop.unix_time()

    async def sleep(self, seconds: float) -> None:
        """Wait for this many simulated seconds."""
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call the function once, after this many seconds."""
        return self._loop.call_later(seconds, callback)

    async def plug_in(self) -> None:
        """Connect the phone to the cable."""
        self._frames.open()

    async def lease(self, client: DhcpClient) -> HeldLease:
        """Obtain a lease and use its address."""
        lease = self.by_hand or await self._frames.obtain(client)
        self.address = lease.address
        if self.alternate_tftp:
            lease = replace(lease, tftp=self.alternate_tftp, tftp_source="the menu", spare_tftp="")
        return lease

    async def until_lost(self, client: DhcpClient) -> None:
        """Renew the lease until that fails."""
        if self.by_hand is not None:
            await self._loop.create_future()  # An address from the menu is never lost.
        await self._frames.until_lost(client)

    async def fetch(self, fetch: Fetch) -> Outcome:
        """Carry the datagrams of one TFTP transfer."""
        began = self.now()
        outcome: Outcome | None = await self._fetch_folded(fetch)
        if outcome is None:
            outcome = await self._fetch_whole(fetch)
            if self._folding is not None and isinstance(outcome, Received):
                self._folding.learn(fetch, outcome.data, self.now() - began)
        if self._on_file is not None and isinstance(outcome, Received):
            self._on_file(self._mac, fetch.name, outcome.data, fetch.server)
        return outcome

    async def _fetch_folded(self, fetch: Fetch) -> Received | None:
        """Return a file that came in a few large blocks; None: it must be fetched block by block."""
        pause = self._folding.pause(fetch) if self._folding is not None else None
        if self._folding is None or pause is None:
            return None
        received = await FoldedTransfer(fetch, self._loop, self._open_for_transfer, pause).run()
        if received is None:
            return None
        self._folding.folded += 1
        return Received(self._shared.setdefault(received.data, received.data))

    async def _fetch_whole(self, fetch: Fetch) -> Outcome:
        fetch.share = lambda data: self._shared.setdefault(data, data)
        transfer = FetchTransfer(fetch, self.now, self._open_for_transfer)
        self._transfers.add(transfer)
        try:
            return await transfer.run()
        finally:
            self._loop.call_later(LINGER, self._drop, transfer)

    def open(self, address: str, port: int, *, is_media: bool, receive: Receive) -> Port:
        """Open a UDP port; raises BindError if the phone has opened it already."""
        try:
            return _StreetPort(self._cable, address, port or self._free_port(address), receive, self._ports)
        except OSError as error:
            raise BindError(f"the software phone needs {address}:{port}/udp", str(error), "") from error

    async def resolve(self, name: str) -> str:
        """Return the address of a host name that this street's DNS resolves; an address is returned
        unchanged.
        """
        if name in self._names:
            return self._names[name]
        if not name.replace(".", "").isdigit():
            raise OSError(f"{name}: DNS does not know it")
        return name

    async def close(self) -> None:
        """Disconnect the phone from the cable."""
        for transfer in tuple(self._transfers):
            self._drop(transfer)
        for port in tuple(self._ports):
            port.close()
        self._frames.close()

    def _drop(self, transfer: FetchTransfer) -> None:
        transfer.close()
        self._transfers.discard(transfer)

    def _open_for_transfer(self, port: int, receive: Receive) -> Port:
        for transfer in tuple(self._transfers):
            if transfer.port == port and transfer.is_over:
                self._drop(transfer)
        wanted = self._free_port(self.address) if self._cable.is_taken(self.address, port) else port
        return _StreetPort(self._cable, self.address, wanted, receive, self._ports)

    def _free_port(self, address: str) -> int:
        while True:
            self._ephemeral = self._ephemeral + 1 if self._ephemeral < LAST_EPHEMERAL else FIRST_EPHEMERAL
            if not self._cable.is_taken(address, self._ephemeral):
                return self._ephemeral


class PhoneFrames:
    """The cable with the methods that a phone's DHCP client needs."""

    def __init__(self, cable: Cable) -> None:
        self._cable = cable
        self._receive: Callable[[bytes], None] | None = None

    def plug_in(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Connect this phone's DHCP to the cable."""
        self._cable.plug_in(mac, receive)
        self._receive = receive

    def unplug(self, mac: str) -> None:
        """Disconnect this phone's DHCP, if it is connected."""
        if self._receive is not None:
            self._cable.unplug(mac, self._receive)
            self._receive = None

    def send(self, frame: bytes) -> None:
        """Send a frame over the cable."""
        self._cable.send_frame(frame)


class _StreetPort:
    """One UDP port of a phone."""

    def __init__(
        self, cable: Cable, address: str, port: int, receive: Receive, opened: "set[_StreetPort]"
    ) -> None:
        self.number = port
        self._cable = cable
        self._address = address
        self._opened = opened
        cable.listen(address, port, lambda datagram: receive(arrivals(datagram)))
        opened.add(self)

    def send(self, data: bytes, destination: tuple[str, int]) -> None:
        self._cable.send(Datagram(self._address, self.number, *destination, data))

    def close(self) -> None:
        if self in self._opened:
            self._opened.discard(self)
            self._cable.ignore(self._address, self.number)
