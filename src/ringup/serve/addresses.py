"""The current addresses of the served interface, and the handling of changes."""

import asyncio
import socket
from collections.abc import Callable, Iterator

from ringup.errors import BindError, Problem
from ringup.serve.sockets import Interface, interface_named
from ringup.site.model import Site

LOOK_SECONDS = 1.0
"""Seconds between two checks of the interface; phones get a new address after at most this time."""


class ServedAddresses:
    """IPv4 addresses of the served interface, the main one first; TFTP and HTTP answer at these only.

    The TFTP thread reads them too, so a change replaces the complete value at once.
    """

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._ever: frozenset[str] = frozenset()
        self.take(addresses)

    def take(self, addresses: tuple[str, ...]) -> None:
        """Use these addresses from now on."""
        self.all = addresses
        self._packed = frozenset(map(socket.inet_aton, addresses))
        self._ever |= frozenset(addresses)

    @property
    def main(self) -> str:
        """Return the address that phones get for this server if the site sets no other."""
        return self.all[0]

    def has(self, address: str) -> bool:
        """Return whether the server answers requests to this local address."""
        return address in self.all

    def has_packed(self, address: bytes) -> bool:
        """Return whether the server answers requests to this local address of four bytes.

        Empty bytes give True: the socket is bound to one address.
        """
        return not address or address in self._packed

    def gone(self, site: Site) -> Iterator[Problem]:
        """Yield a problem for each address in the site's records that the interface no longer has.

        Only addresses that the interface had earlier are checked.
        """
        named = {"server_address": str(site.server_address or ""), "pbx.address": site.pbx.address}
        for key, address in named.items():
            if address in self._ever and address not in self.all:
                yield Problem(
                    f"site {key}",
                    f"Phones are sent to {address}, which the interface no longer has.",
                    f"Set another: ringup site set {key}={self.main}",
                )


class AddressWatch:
    """Checks the interface's addresses once a second."""

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
        """Return the former main address if the addresses have changed, else an empty text.

        A missing interface, or one without an address, does not count as a change, because it may come back
        unchanged.
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
