"""The properties that every street (a simulated site) must have at every step, even during faults.

They are checked from outside the server: sent datagrams are read from the cable, stored data from the
database file.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ringup.errors import WireError
from ringup.site.model import Site
from ringup.street.cable import Datagram
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import NO_ADDRESS, SERVER_PORT, MessageType, parse
from ringup.wire.file_names import owner_of

MOST_VIOLATIONS = 20
"""Maximum number of violations that are kept per run; the first ones show the cause."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A property that did not hold, and when."""

    at: float
    """Seconds from the beginning of the street."""
    what: str


@dataclass(slots=True)
class Properties:
    """Checks the properties of one street while it runs."""

    site: Site
    database: Path
    images: Callable[[str, bytes], bool]
    """Called with the name and bytes of an image; returns whether the file ever had these bytes on disk."""
    now: Callable[[], float]
    """Returns the seconds since the beginning of the street."""
    server: str
    """The address of ringup's server."""
    violations: list[Violation] = field(default_factory=list)
    acknowledged: int = 0
    files: int = 0
    _leases: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By address: the MAC to which an ACK leased it, and the end of the lease."""

    def see(self, datagram: Datagram) -> None:
        """Check one datagram, when it is sent."""
        if datagram.source != self.server:
            return
        if datagram.source_port == SERVER_PORT:
            self._see_dhcp(datagram)
        elif datagram.data[:2] == b"\0\3":
            self._see_block(datagram)

    def receive(self, mac: str, name: str, data: bytes, server: str) -> None:
        """Check a file that a phone has received; files from other servers are not checked."""
        self.files += 1
        if server != self.server:
            return
        if not self.images(name, data):
            self._violated(f"{mac} received {name} of {len(data)} bytes, and not the image on disk")
        if not data:
            self._violated(f"{mac} received {name}, and it is empty")
        for other, secret in self._secrets_of_others(mac):
            if secret.encode() in data:
                self._violated(f"{mac} received a secret of {other} in {name}")
        owner = owner_of(name)
        if owner and owner != mac:
            self._violated(f"{mac} received {name}")

    def raised(self, context: Mapping[str, Any]) -> None:
        """Note that a call of the loop, or a task, ended with an exception.

        If a phone loses its power, its task may be garbage-collected while it waits, which is not an error.
        """
        if "exception" in context:
            self._violated(f"{context.get('message')}: {context['exception']!r}")

    # --- DHCP ---------------------------------------------------------------------------------------------

    def _see_dhcp(self, datagram: Datagram) -> None:
        try:
            message = parse(datagram.data)
        except WireError as error:
            self._violated(f"the server sent a DHCP message that cannot be read: {error}")
            return
        if message.type is not MessageType.ACK or message.your_address == NO_ADDRESS:
            return
        self.acknowledged += 1
        mac = message.hardware_address.hex().upper()
        seconds = int.from_bytes(message.option(options.LEASE_SECONDS) or b"", "big")
        holder, until = self._leases.get(message.your_address, ("", 0.0))
        if holder not in ("", mac) and until > self.now():
            self._violated(f"{message.your_address} is leased to {holder}, and was given to {mac} as well")
        self._leases[message.your_address] = mac, self.now() + seconds
        if self._stored_holder(message.your_address) != mac:
            self._violated(f"{message.your_address} was acknowledged to {mac}, but the lease is not on disk")

    def _stored_holder(self, address: str) -> str:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            found = connection.execute("SELECT mac FROM leases WHERE address = ?", (address,)).fetchone()
        connection.close()
        return found[0] if found else ""

    def look_at_the_leases(self) -> None:
        """Check that every lease that has not ended is still on disk."""
        for address, (mac, until) in self._leases.items():
            if until > self.now() and self._stored_holder(address) != mac:
                self._violated(f"{address} was acknowledged to {mac}, but the lease is no longer on disk")

    # --- secrets ------------------------------------------------------------------------------------------

    def _see_block(self, datagram: Datagram) -> None:
        mac, _ = self._leases.get(datagram.destination, ("", 0.0))
        for other, secret in self._secrets_of_others(mac):
            if secret.encode() in datagram.data:
                self._violated(f"a secret of {other} was sent to {datagram.destination}")

    def _secrets_of_others(self, mac: str) -> Iterable[tuple[str, str]]:
        return ((phone.mac, line.secret) for phone, line in self.site.lines() if phone.mac != mac)

    def _violated(self, what: str) -> None:
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(Violation(self.now(), what))


def unexplained(registered: Mapping[str, bool], overdue: Mapping[str, str]) -> list[str]:
    """Return the phones that are out of service although `ringup watch` shows neither a trouble nor an
    overdue stage for them.
    """
    return [mac for mac, is_in_service in registered.items() if not is_in_service and not overdue.get(mac)]
