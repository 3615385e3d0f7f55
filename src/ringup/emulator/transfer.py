"""Carry one TFTP transfer of the phone: its port, its timer, and its end."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator

from ringup.emulator.boot.tftp import Fetch, Outcome, OutgoingTftp
from ringup.emulator.ports import Port, Receive, ReceivedDatagram

LINGER = 3.0
"""Seconds for which a port stays open after its file is complete, to acknowledge a repeated last block. [I]
"""


class FetchTransfer:
    """The port and the timer of one `Fetch`, on the running event loop."""

    def __init__(
        self, fetch: Fetch, now: Callable[[], float], open_port: Callable[[int, Receive], Port]
    ) -> None:
        """Prepare a transfer; `open_port` opens a UDP port with the given number, or another number if that
        port is in use.
        """
        self.port = 0
        self._fetch = fetch
        self._now = now
        self._open_port = open_port
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[Outcome] = self._loop.create_future()
        self._opened: Port | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_over(self) -> bool:
        """Return whether the port is open only for a repeated last block."""
        return self._done.done()

    async def run(self) -> Outcome:
        """Send the request, and carry datagrams until there is an outcome."""
        self._send(self._fetch.start(self._now()))
        return await self._done

    def close(self) -> None:
        """Close the port, which then receives nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _send(self, datagrams: Iterable[OutgoingTftp]) -> None:
        for outgoing in datagrams:
            if outgoing.port != self.port:
                self._move_to(outgoing.port)
            # An unreachable network loses the datagram; the phone repeats it later as usual.
            with contextlib.suppress(OSError):
                if self._opened is not None:
                    self._opened.send(outgoing.data, (outgoing.address, outgoing.remote_port))
        self._plan()

    def _move_to(self, port: int) -> None:
        self.close()
        self._opened = self._open_port(port, self._receive)
        self.port = port

    def _receive(self, arrivals: Iterator[ReceivedDatagram]) -> None:
        opened = self._opened
        for arrival in arrivals:
            self._send(self._fetch.receive(arrival.data, arrival.source, self._now()))
            if opened is not self._opened:  # The other datagrams belong to the previous port.
                return

    def _wake(self) -> None:
        self._send(self._fetch.wake(self._now()))

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._fetch.wake_at is not None:
            delay = max(0.0, self._fetch.wake_at - self._now())
            self._timer = self._loop.call_later(delay, self._wake)
        if self._fetch.outcome is not None and not self._done.done():
            self._done.set_result(self._fetch.outcome)
