"""Open sockets bound to one interface, sockets that report the local address, and raw sockets; Linux only.

Sources: ip(7), packet(7), socket(7).
"""

import errno
import fcntl
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Network

import psutil

from ringup.errors import BindError
from ringup.wire.arp import ETHERTYPE_ARP
from ringup.wire.cdp import GROUP

RECEIVE_BUFFER = 16 * 1024 * 1024
"""Size in bytes of a receive queue. A storm of 1,000 phones overflows the kernel's default of 208 KiB
(docs/explanation/benchmarks.md). If the machine is busy, 10,000 phones with a few requests each also overflow
four megabytes.
"""

SEND_BUFFER = 16 * 1024 * 1024
"""Size in bytes of the DHCP socket's send queue. Replies to an address that answers no ARP wait there for
three seconds; they would soon fill the kernel's default of 208 KiB, and no other reply could leave.
"""

LARGEST_DATAGRAM = 2048
"""Maximum size in bytes of a received message: DHCP messages fit an Ethernet frame. A longer message is cut,
and the parser then refuses it.
"""

# Linux constants that Python 3.11 has no names for.
IP_PKTINFO = 8
_IP_RECVFRAGSIZE = 25
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33
_SOL_PACKET = 263
_PACKET_AUXDATA = 8
_TP_STATUS_CSUMNOTREADY = 8
_PACKET_IGNORE_OUTGOING = 23
_PACKET_ADD_MEMBERSHIP, _PACKET_MR_MULTICAST = 1, 0
_PACKET_MREQ = struct.Struct("=IHH8s")
"""The C structure packet_mreq: interface index, kind, and the length and bytes of the address."""
_ETH_P_IP = 0x0800
ETH_P_ALL = 0x0003
ETH_P_802_2 = 0x0004
"""The protocol number of 802.3 frames with an LLC header, like CDP's."""
_SIOCGIFFLAGS = 0x8913
_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_SOL_RAW, _ICMP_FILTER = 255, 1
_ALL_BUT_ECHO_REPLIES = struct.pack("=I", 0xFFFFFFFF ^ 1)

PKTINFO = struct.Struct("=I4s4s")
"""The C structure in_pktinfo: interface index, local address, destination address in the header."""
_AUXDATA = struct.Struct("=IIIHHHH")
"""The C structure tpacket_auxdata, whose first field is the status."""
PKTINFO_ROOM = socket.CMSG_SPACE(PKTINFO.size)
FRAGMENT_ROOM = socket.CMSG_SPACE(struct.calcsize("=i"))
"""Bytes of the control message with the size of a datagram's fragments."""
_IFREQ = struct.Struct("=16sH14x")
"""The C structure ifreq, with the flags of an interface."""
_AUXDATA_ROOM = socket.CMSG_SPACE(_AUXDATA.size)

_CURES = {
    errno.EACCES: "Run as root or give CAP_NET_BIND_SERVICE and CAP_NET_RAW.",
    errno.EPERM: "Run as root or give CAP_NET_BIND_SERVICE and CAP_NET_RAW.",
    errno.EADDRINUSE: "Another program has the port: find it with `ss -lunp`, and stop it.",
    errno.ENODEV: "`ip link` shows the interfaces.",
}


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface and its current addresses."""

    name: str
    mac: str
    """Twelve upper-case digits; zeros on the loopback interface."""
    addresses: tuple[str, ...]
    """IPv4 addresses in the kernel's order; replies to broadcasts leave from the first."""


@dataclass(frozen=True, slots=True)
class InterfaceState:
    """The state of an interface, as the kernel reports it."""

    index: int
    """The interface's number, which changes when the interface is created again; 0 if it does not exist."""
    trouble: str = ""
    """The reason why the interface reaches no phone; empty if it works."""


def interface_named(name: str) -> Interface:
    """Look an interface up; raises BindError if it does not exist."""
    known = psutil.net_if_addrs().get(name)
    if known is None:
        raise BindError(f"interface {name}", "there is no such interface.", _CURES[errno.ENODEV])
    macs = [entry.address for entry in known if entry.family == psutil.AF_LINK]
    return Interface(
        name=name,
        mac=macs[0].replace(":", "").upper() if macs else "0" * 12,
        addresses=tuple(entry.address for entry in known if entry.family == socket.AF_INET),
    )


def network_of(name: str) -> str:
    """Return the network of an interface's first IPv4 address, as in ``10.0.0.0/24``; empty without one."""
    for entry in psutil.net_if_addrs().get(name, ()):
        if entry.family == socket.AF_INET:
            return str(IPv4Network(f"{entry.address}/{entry.netmask or 32}", strict=False))
    return ""


def state_of(name: str) -> "InterfaceState":
    """Return the interface's present state: whether it exists and is up."""
    try:
        index = socket.if_nametoindex(name)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            answer = fcntl.ioctl(asking, _SIOCGIFFLAGS, _IFREQ.pack(name.encode(), 0))
    except OSError:
        return InterfaceState(0, "the interface no longer exists")
    flags = _IFREQ.unpack(answer)[1]
    if not flags & _IFF_UP:
        return InterfaceState(index, "it was switched off")
    return InterfaceState(index, "" if flags & _IFF_RUNNING else "its cable or its switch is off")


def own_addresses() -> frozenset[str]:
    """Return every IPv4 address of this machine."""
    entries = (entry for known in psutil.net_if_addrs().values() for entry in known)
    return frozenset(entry.address for entry in entries if entry.family == socket.AF_INET)


def open_udp(interface: str, port: int) -> socket.socket:
    """Open a non-blocking UDP socket on one interface, also for broadcasts; raises BindError.

    No other program can use the port on that interface, so a second DHCP server there is detected as an
    error.
    """
    with _opening(f"UDP port {port} on {interface}", socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        opened.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        widen_receive_buffer(opened)
        opened.bind(("", port))
    return opened


def show_fragments(opened: socket.socket) -> None:
    """Let the kernel add a second control message to each datagram that came in fragments."""
    with suppress(OSError):  # Linux before 4.11 lacks this option
        opened.setsockopt(socket.IPPROTO_IP, _IP_RECVFRAGSIZE, 1)


def open_arp(interface: str) -> socket.socket:
    """Open a raw socket that sends complete Ethernet frames and receives the ARP of other hosts.

    Raises BindError.
    """
    return _open_raw(interface, ETHERTYPE_ARP)


def open_frame_tap(
    interface: str,
    limit: Callable[[socket.socket], None],
    *,
    protocol: int = ETH_P_ALL,
    hears_itself: bool = False,
) -> socket.socket:
    """Open a raw socket that receives the interface's frames of a protocol, before other sockets do.

    `limit` attaches a filter to it, before the first frame arrives. With `hears_itself` it also receives the
    frames that this machine sends. From now on, the network card also passes on CDP frames (P-CDP-15). Raises
    BindError.
    """
    with _opening(f"a raw socket on {interface}", socket.AF_PACKET, socket.SOCK_RAW) as opened:
        limit(opened)
        with suppress(OSError):  # Linux before 4.20 lacks this option
            opened.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, int(not hears_itself))
        widen_receive_buffer(opened)
        opened.bind((interface, protocol))
        _join_cdp(opened, interface)
    return opened


def _join_cdp(opened: socket.socket, interface: str) -> None:
    """Let the network card pass frames to CDP's address, which it drops as long as no socket joins it."""
    group = bytes.fromhex(GROUP)
    index = socket.if_nametoindex(interface)
    joined = _PACKET_MREQ.pack(index, _PACKET_MR_MULTICAST, len(group), group)
    opened.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, joined)


def open_ping() -> socket.socket:
    """Open a non-blocking raw socket that sends ICMP and receives echo replies; raises BindError."""
    with _opening("an ICMP socket", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as opened:
        opened.setsockopt(_SOL_RAW, _ICMP_FILTER, _ALL_BUT_ECHO_REPLIES)
    return opened


def open_frame_listener(interface: str) -> socket.socket:
    """Open a raw socket that also receives every IPv4 frame of the interface; raises BindError."""
    opened = _open_raw(interface, _ETH_P_IP)
    opened.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
    return opened


def widen_receive_buffer(opened: socket.socket) -> None:
    """Request RECEIVE_BUFFER from the kernel, above the system's limit if this process may."""
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


def widen_send_buffer(opened: socket.socket) -> None:
    """Request SEND_BUFFER from the kernel, above the system's limit if this process may."""
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, SEND_BUFFER)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


def from_address(source: str) -> list[tuple[int, int, bytes]]:
    """Return the control message that makes `sendmsg` send from the address `source`."""
    return [(socket.IPPROTO_IP, IP_PKTINFO, PKTINFO.pack(0, socket.inet_aton(source), bytes(4)))]


def receive_frame(opened: socket.socket) -> tuple[bytes, bool]:
    """Return one frame, and whether its UDP checksum is filled in; raises BlockingIOError if there is none.

    Between namespaces of one machine, the kernel leaves the checksum to a network card that does not exist.
    """
    data, ancillary, _, _ = opened.recvmsg(LARGEST_DATAGRAM, _AUXDATA_ROOM)
    status = next((_AUXDATA.unpack(value)[0] for _, kind, value in ancillary if kind == _PACKET_AUXDATA), 0)
    return data, not status & _TP_STATUS_CSUMNOTREADY


def _open_raw(interface: str, protocol: int) -> socket.socket:
    with _opening(f"a raw socket on {interface}", socket.AF_PACKET, socket.SOCK_RAW) as opened:
        opened.bind((interface, protocol))
    return opened


@contextmanager
def _opening(tried: str, family: int, kind: int, protocol: int = 0) -> Iterator[socket.socket]:
    """Open a non-blocking socket; an error inside the block closes it and becomes a BindError."""
    opened: socket.socket | None = None
    try:
        opened = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        yield opened
    except OSError as error:
        if opened is not None:
            opened.close()
        cure = _CURES.get(error.errno or 0, "")
        raise BindError(tried, f"{error.strerror}.", cure) from error


def destination_of(ancillary: list[tuple[int, int, bytes]]) -> str:
    """Return the local address that a datagram was sent to; empty for a broadcast."""
    for level, kind, value in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
            _, ours, addressed = PKTINFO.unpack(value)
            return socket.inet_ntoa(addressed) if ours == addressed else ""
    return ""
