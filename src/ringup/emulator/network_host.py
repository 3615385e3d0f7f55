"""The real environment of a software phone: the clock, UDP sockets, raw frames and the interface's
address.
"""

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.tftp import Fetch, Outcome
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.frames import DhcpFrames
from ringup.emulator.interface import PhoneInterface
from ringup.emulator.ports import Port, Receive, ReceivedDatagram
from ringup.emulator.socket_port import SocketPort
from ringup.emulator.transfer import LINGER, FetchTransfer

LARGEST_DATAGRAM = 65535
EVERY_ADDRESS = "0.0.0.0"


class NetworkHost:
    """A `Host` on one interface.

    With `keep_address`, the interface stays unchanged and the phone uses its address. With `static`, there is
    no DHCP at all, as with settings stored in the phone's menu. With `shared`, many phones use the interface:
    none of them changes it, and every address that they may get is already local.
    """

    def __init__(
        self,
        interface: str,
        mac: str,
        *,
        keep_address: bool = False,
        static: HeldLease | None = None,
        shared: FrameSocket | None = None,
    ) -> None:
        self._mac = mac
        self._interface = PhoneInterface(interface)
        self._keep_address = keep_address
        self._static = static
        self._is_shared = shared is not None
        self._frames = DhcpFrames(mac, self.now, shared or FrameSocket(interface))
        self._address = EVERY_ADDRESS
        self._transfers: set[FetchTransfer] = set()

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for this many seconds."""
        await asyncio.sleep(seconds)

    async def plug_in(self) -> None:
        """Prepare the interface; raises BindError at once if a phone could not use it."""
        if self._static is not None:
            await self._interface.must_carry(self._static.address)
            return
        if not (self._keep_address or self._is_shared):
            await self._interface.prepare(self._mac)
        self._frames.open()

    async def lease(self, client: DhcpClient) -> HeldLease:
        """Obtain a lease and use its address."""
        if self._static is not None:
            self._address = self._static.address
            return self._static
        if self._is_shared:
            lease = await self._frames.obtain(client)
        elif self._keep_address:
            lease = await self._frames.obtain(client)
            lease = replace(lease, address=await self._interface.own_address() or lease.address)
        else:
            await self._interface.clear()
            lease = await self._frames.obtain(client)
            await self._interface.use(lease)
        self._address = lease.address
        return lease

    async def until_lost(self, client: DhcpClient) -> None:
        """Renew the lease until that fails; static settings never fail."""
        if self._static is not None:
            await asyncio.Event().wait()
        await self._frames.until_lost(client)

    async def fetch(self, fetch: Fetch) -> Outcome:
        """Send and receive the datagrams of one TFTP transfer."""
        transfer = FetchTransfer(fetch, self.now, self.open_port)
        self._transfers.add(transfer)
        try:
            return await transfer.run()
        finally:
            asyncio.get_running_loop().call_later(LINGER, self._drop, transfer)

    async def close(self) -> None:
        """Close every socket and remove the address."""
        for transfer in tuple(self._transfers):
            self._drop(transfer)
        self._frames.close()
        if self._address_is_ours:
            await self._interface.clear()

    @property
    def _address_is_ours(self) -> bool:
        is_complete = self._static is None and not self._keep_address and not self._is_shared
        return is_complete and self._address != EVERY_ADDRESS

    def _drop(self, transfer: FetchTransfer) -> None:
        transfer.close()
        self._transfers.discard(transfer)

    def open_port(self, port: int, receive: Receive) -> Port:
        """Open a UDP port on the phone's address, with this number if possible; an older socket on that port
        is closed.
        """
        for transfer in tuple(self._transfers):
            if transfer.port == port and transfer.is_over:
                self._drop(transfer)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        try:
            opened.bind((self._address, port))
        except OSError:
            opened.bind((self._address, 0))
        return SocketPort(opened, lambda: receive(_waiting(opened)))


def _waiting(opened: socket.socket) -> Iterator[ReceivedDatagram]:
    while True:
        try:
            data, source = opened.recvfrom(LARGEST_DATAGRAM)
        except OSError:  # No datagram is left, or an earlier one made the phone close the port.
            return
        yield ReceivedDatagram(data, source, 0.0)
