"""The addresses of the served interface as they are now, and what happens when they change."""

import asyncio
import socket
from collections.abc import Callable, Iterator

from ringup.errors import BindError, Problem
from ringup.serve.sockets import Interface, interface_named
from ringup.site.model import Site

LOOK_SECONDS = 1.0
"""Seconds between two looks at the interface: so much later do phones hear of another address."""


class ServedAddresses:
    """IPv4 addresses of the served interface, the main one first; TFTP and HTTP answer at these only.

    TFTP asks from a thread of its own: one whole value takes the place of the other.
    """

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._ever: frozenset[str] = frozenset()
        self.take(addresses)

    def take(self, addresses: tuple[str, ...]) -> None:
        """Go by these from now on."""
        self.all = addresses
        self._packed = frozenset(map(socket.inet_aton, addresses))
        self._ever |= frozenset(addresses)

    @property
    def main(self) -> str:
        """The address that phones are told if the site names no other."""
        return self.all[0]

    def has(self, address: str) -> bool:
        """Return whether a request to this address of ours is answered."""
        return address in self.all

    def has_packed(self, address: bytes) -> bool:
        """Do the same for four bytes; none: the request came to a socket that is bound to an address."""
        return not address or address in self._packed

    def gone(self, site: Site) -> Iterator[Problem]:
        """Yield each address that the site gives phones, that the interface had, and has no longer."""
        named = {"server_address": str(site.server_address or ""), "pbx.address": site.pbx.address}
        for key, address in named.items():
            if address in self._ever and address not in self.all:
                yield Problem(
                    f"site {key}",
                    f"Phones are sent to {address}, which the interface no longer has.",
                    f"Set another: ringup site set {key}={self.main}",
                )


class AddressWatch:
    """Looks at the interface once a second."""

    def __init__(
        self,
        interface: str,
        addresses: ServedAddresses,
        interface_named: Callable[[str], Interface] = interface_named,
    ) -> None:
        self._interface = interface
        self._interface_named = interface_named
        self._addresses = addresses

    def look(self) -> str:
        """Return the main address so far if the addresses have changed; empty: they have not.

        An interface that is gone, or without an address, is another matter: it may come back as it was.
        """
        try:
            now = self._interface_named(self._interface).addresses
        except BindError:
            return ""
        if not now or now == self._addresses.all:
            return ""
        before = self._addresses.main
        self._addresses.take(now)
        return before

    async def run(self, changed: Callable[[str], None]) -> None:
        """Call `changed` with the former main address after each change, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if before := self.look():
                changed(before)
