"""The TFTP server's sockets: one for requests, and a few that all transfers share."""

import errno
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from ringup.engine.tftp.server import REPLY_PORTS
from ringup.errors import BindError
from ringup.serve.address_filter import admit_only
from ringup.serve.sockets import IP_PKTINFO, widen_receive_buffer

PORT = 69

SEND_BUFFER = 4 * 1024 * 1024
"""Size in bytes of a socket's send queue: several thousand blocks, more than its transfers have in flight."""

# Constants of ip(7) that Python has no names for.
_IP_MTU_DISCOVER = 10
_IP_PMTUDISC_PROBE = 3

_CURES = {
    errno.EACCES: "Ports below 1024 need root. Start as root; the program drops root when they are open.",
    errno.EADDRINUSE: "Another TFTP server runs here; `ss -ulpn` shows which. Stop it, or take another port.",
    errno.EADDRNOTAVAIL: "`ip -brief address` lists the addresses of this machine. Name one of them.",
}


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    """The UDP ports of transfers; a firewall can allow this range."""

    first: int = 0
    """The first port; 0: the kernel chooses every port."""
    count: int = REPLY_PORTS
    """The number of ports; 0: transfers use the port of the requests."""


ANY_PORTS = ReplyPorts()


class TftpSockets:
    """The sockets on one local address, or on all local addresses with ``0.0.0.0``."""

    def __init__(
        self,
        address: str = "0.0.0.0",
        *,
        main_address: str = "",
        addresses: Sequence[str] = (),
        port: int = PORT,
        reply_ports: ReplyPorts = ANY_PORTS,
    ) -> None:
        """Nothing is bound before `open`.

        If all addresses are served, nearly all requests come to `main_address`. All reply ports but the last
        are bound to it, so that most packets need no source address of their own. With `addresses`, the
        kernel drops packets to other addresses.
        """
        self.main_address = main_address
        self.reply_ports = reply_ports
        self.opened: list[socket.socket] = []
        """The socket for requests, then those for replies; the last one is bound to `address`."""
        self._address = address
        self._addresses = addresses
        self._guarded: Mapping[str, str] = {}
        self._next_main_address = ""
        self._port = port

    @property
    def port(self) -> int:
        """Return the port that requests arrive on, also when the kernel chose it."""
        return int(self.opened[0].getsockname()[1])

    @property
    def receive_buffer(self) -> int:
        """Return the bytes that the kernel granted to the requests' queue."""
        return self.opened[0].getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    @property
    def packed_main_address(self) -> bytes:
        """Return the main address as four bytes; empty without one."""
        return socket.inet_aton(self.main_address) if self.main_address else b""

    def open(self) -> None:
        """Bind every socket; raises BindError and leaves none open."""
        try:
            for address, port in self._places():
                self.opened.append(_bound(address, port))
            for opened in self.opened[:-1]:
                _never_fragment(opened)
            self._filter()
        except BindError:
            self.close()
            raise
        if self._address in ("", "0.0.0.0"):
            self.opened[0].setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)

    def close(self) -> None:
        """Close every socket."""
        for opened in self.opened:
            opened.close()
        self.opened.clear()

    def _places(self) -> list[tuple[str, int]]:
        """Return the address and port of every socket: first that for requests, then those for replies."""
        first, count = self.reply_ports.first, self.reply_ports.count
        ports = [first + number if first else 0 for number in range(count)]
        main = self.main_address or self._address
        addresses = [main] * (count - 1) + [self._address]
        return [(self._address, self._port), *zip(addresses[:count], ports, strict=True)]

    def addresses_changed(self, addresses: Sequence[str], main_address: str) -> None:
        """Let the kernel admit these addresses from now on; if the reply ports' address is gone, they must
        move.
        """
        self._addresses = addresses
        self._filter()
        if self.main_address and self.main_address not in addresses:
            self._next_main_address = main_address

    def guard(self, macs: Mapping[str, str]) -> None:
        """Let the kernel drop requests from these addresses unless their frames come from the addresses'
        MACs.
        """
        self._guarded = macs
        self._filter()

    def _filter(self) -> None:
        """Let the kernel drop packets to addresses that are not served."""
        if not self._addresses or not self.opened:
            return
        # The other sockets are bound to one address.
        admit_only(self.opened[0], self._addresses, self._guarded)
        admit_only(self.opened[-1], self._addresses)

    @property
    def must_move(self) -> bool:
        """Return whether the reply ports are bound to an address that is gone."""
        return bool(self._next_main_address)

    def move_reply_ports(self) -> None:
        """Move the reply ports to the new main address; their numbers and descriptors stay the same.

        It is tried once. Raises BindError and OSError.
        """
        main_address, self._next_main_address = self._next_main_address, ""
        for opened in self.opened[1:-1]:
            with closing(_bound(main_address, opened.getsockname()[1])) as other:
                _never_fragment(other)
                os.dup2(other.fileno(), opened.fileno(), inheritable=False)
        self.main_address = main_address


def _never_fragment(opened: socket.socket) -> None:
    """Forbid fragments: 512-byte blocks fit every path, and the kernel then need not assign packet IDs."""
    opened.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE)


def _bound(address: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        widen_receive_buffer(opened)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        opened.bind((address, port))
    except OSError as error:
        opened.close()
        cure = _CURES.get(error.errno or 0, "")
        raise BindError(f"TFTP on {address} port {port}", f"{error.strerror}.", cure) from error
    return opened
