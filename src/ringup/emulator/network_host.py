"""The real world behind a software phone: the clock, UDP sockets, raw frames and the interface's address."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterable
from dataclasses import replace

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.tftp import Fetch, Outcome, OutgoingTftp
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.frames import DhcpFrames
from ringup.emulator.interface import PhoneInterface

LINGER = 3.0
"""Seconds a port stays open after its file, to acknowledge a last block that is sent again. [I]"""
LARGEST_DATAGRAM = 65535
EVERY_ADDRESS = "0.0.0.0"


class NetworkHost:
    """A `Host` on one interface.

    With `keep_address` the interface is left as it is and the phone speaks from the address it has; with
    `static` there is no DHCP at all, as with settings stored in the phone's menu. With `shared` many phones
    live on the interface: none touches it, and somebody has made every address they may get a local one.
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
        self._transfers: set[_Transfer] = set()

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def plug_in(self) -> None:
        """Make the interface ready; raises BindError at once where a phone could not use it."""
        if self._static is not None:
            await self._interface.must_carry(self._static.address)
            return
        if not (self._keep_address or self._is_shared):
            await self._interface.prepare(self._mac)
        self._frames.open()

    async def lease(self, client: DhcpClient) -> HeldLease:
        """Obtain a lease and carry its address."""
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
        """Carry a transfer."""
        transfer = _Transfer(fetch, self)
        self._transfers.add(transfer)
        try:
            return await transfer.run()
        finally:
            asyncio.get_running_loop().call_later(LINGER, self._drop, transfer)

    async def close(self) -> None:
        """Close every socket and take the address away."""
        for transfer in tuple(self._transfers):
            self._drop(transfer)
        self._frames.close()
        if self._address_is_ours:
            await self._interface.clear()

    @property
    def _address_is_ours(self) -> bool:
        is_whole = self._static is None and not self._keep_address and not self._is_shared
        return is_whole and self._address != EVERY_ADDRESS

    def _drop(self, transfer: "_Transfer") -> None:
        transfer.close()
        self._transfers.discard(transfer)

    def open_port(self, port: int) -> socket.socket:
        """A UDP socket on our address, on that port if it is free; whoever lingers on it makes way."""
        for transfer in tuple(self._transfers):
            if transfer.port == port and transfer.is_over:
                self._drop(transfer)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        try:
            opened.bind((self._address, port))
        except OSError:
            opened.bind((self._address, 0))
        return opened


class _Transfer:
    """The socket and the timer of one `Fetch`."""

    def __init__(self, fetch: Fetch, host: NetworkHost) -> None:
        self.port = 0
        self._fetch = fetch
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[Outcome] = self._loop.create_future()
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """Whether the port is only kept for a repeated last block."""
        return self._done.done()

    async def run(self) -> Outcome:
        self._send(self._fetch.start(self._host.now()))
        return await self._done

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _send(self, datagrams: Iterable[OutgoingTftp]) -> None:
        for outgoing in datagrams:
            if outgoing.port != self.port:
                self._move_to(outgoing.port)
            # A network that is not there loses the datagram; the pattern of repetitions goes on.
            with contextlib.suppress(OSError):
                if self._socket is not None:
                    self._socket.sendto(outgoing.data, (outgoing.address, outgoing.remote_port))
        self._plan()

    def _move_to(self, port: int) -> None:
        self.close()
        self._socket = self._host.open_port(port)
        self.port = port
        self._loop.add_reader(self._socket, self._readable)

    def _readable(self) -> None:
        opened = self._socket
        while opened is not None and opened is self._socket:
            try:
                data, sender = opened.recvfrom(LARGEST_DATAGRAM)
            except OSError:
                return
            self._send(self._fetch.receive(data, sender, self._host.now()))

    def _wake(self) -> None:
        self._send(self._fetch.wake(self._host.now()))

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._fetch.wake_at is not None:
            delay = max(0.0, self._fetch.wake_at - self._host.now())
            self._timer = self._loop.call_later(delay, self._wake)
        if self._fetch.outcome is not None and not self._done.done():
            self._done.set_result(self._fetch.outcome)
