"""`ringup serve` on a street (a simulated site): the same parts as in production, on a simulated clock and
network.

A kill loses the data in memory and keeps the data on disk. The disk may refuse writes and the clock may be
set; the server sees both as on a real machine.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, event

from ringup.engine.tftp.server import REPLY_PORTS
from ringup.serve.life import background
from ringup.serve.options import Options
from ringup.serve.parts import ServerParts, server_parts
from ringup.serve.sockets import Interface
from ringup.store.database import open_database
from ringup.street.cable import Cable
from ringup.street.loop import StreetLoop
from ringup.street.server_machine import FIRST_REPLY_PORT, StreetTraffic, street_machine

if TYPE_CHECKING:
    import asyncio

SERVER_MAC = "02005E000001"
INTERFACE = "street0"


class StreetServer:
    """One server, which can be started and killed several times."""

    def __init__(self, loop: StreetLoop, cable: Cable, address: str, database: str, firmware: Path) -> None:
        self.address = address
        self.clock_is_ahead = 0.0
        """Seconds by which the server's clock is ahead of the street's."""
        self.disk_refuses = False
        """True while the database refuses all reads and writes."""
        self.starts = 0
        self.parts: ServerParts | None = None
        """The parts of the server; None while it does not run."""
        self._loop = loop
        self._cable = cable
        self._interface = Interface(INTERFACE, SERVER_MAC, (address,))
        self._options = Options(INTERFACE, database, firmware, http=False, pbx=False)
        self._database: Engine | None = None
        self._traffic: StreetTraffic | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def database(self) -> Engine:
        """Return the database of the running server; if none runs, it is opened."""
        if self._database is None:
            self._database = open_database(self._options.database)
            self._database.dispose()  # Connections made before lack the listener.
            event.listen(self._database, "connect", _wait_for_no_disk)
            event.listen(self._database, "checkout", self._may_use_the_disk)
        return self._database

    async def start(self) -> None:
        """Start the server, as after a boot of its machine; do nothing if it already runs."""
        if self.parts is not None:
            return
        self.starts += 1
        machine = street_machine(self._loop, self._cable, self._interface, lambda: self.clock_is_ahead)
        self.parts = parts = server_parts(self._options, self.database, machine=machine)
        parts.store.start(self._loop)
        parts.dhcp.open()
        parts.dhcp.start()
        ports = [self._options.tftp_port, *range(FIRST_REPLY_PORT, FIRST_REPLY_PORT + REPLY_PORTS)]
        self._traffic = StreetTraffic(self._loop, self._cable, self.address, ports)
        self._traffic.serve(parts.tftp)
        self._tasks = [self._loop.create_task(each) for each in background(parts)]

    def kill(self) -> None:
        """End the server at once, as `kill -9` does: it writes and sends nothing more."""
        if self.parts is None:
            return
        refuses, self.disk_refuses = self.disk_refuses, True
        self.parts.store.stop()
        for task in self._tasks:
            task.cancel()
        if self._traffic is not None:
            self._traffic.close()
        self.parts.dhcp.close()
        self.parts = None
        # Until the cancelled tasks have ended, the disk refuses their writes.
        self._loop.call_soon(self._loop.call_soon, self._forget, refuses)

    def _forget(self, refuses: bool) -> None:
        self.disk_refuses = refuses

    def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.dispose()
            self._database = None

    def _may_use_the_disk(self, *_of_the_pool: object) -> None:
        if self.disk_refuses:
            raise sqlite3.OperationalError("disk I/O error")


def _wait_for_no_disk(connection: sqlite3.Connection, _record: object) -> None:
    """Let commits return without waiting for the disk: a street kills servers, but its machine never loses
    power.
    """
    connection.execute("PRAGMA synchronous = OFF")
