"""One interface's DHCP sockets: UDP port 67, and a raw one for clients without an address and for ARP."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import FRAGMENTS, Arrival, Delivery
from ringup.serve.datagram_batches import LARGEST_PACKET, SendBatch
from ringup.serve.dhcp.batches import FEW, FrameBatch, MessageBatch
from ringup.serve.dhcp.frame_sources import FrameSources
from ringup.serve.drops import DropCount, log_queue
from ringup.serve.sockets import (
    IP_PKTINFO,
    LARGEST_DATAGRAM,
    PKTINFO,
    PKTINFO_ROOM,
    Interface,
    destination_of,
    from_address,
    interface_named,
    open_arp,
    open_udp,
    show_fragments,
    state_of,
    widen_send_buffer,
)
from ringup.wire.arp import build_request, parse_sender
from ringup.wire.dhcp import SERVER_PORT
from ringup.wire.ethernet import UdpFrame, build_udp_frame

_HARDWARE = Delivery.HARDWARE

MOST_ARRIVALS = 20_000
"""Maximum number of cached arrivals, one per sender: a renewing phone sends from its own address. The cache
is cleared when full.
"""


class AnyDhcpPort(Protocol):
    """Receives and sends the messages of one interface; DhcpPort does so on a real interface."""

    index: int
    """The kernel's number of the interface."""

    def fileno(self) -> int:
        """Return the file descriptor that the event loop watches for DHCP messages."""

    def arp_fileno(self) -> int:
        """Return the file descriptor that the event loop watches for ARP."""

    def receive(self) -> list[tuple[bytes, Arrival]]:
        """Return up to BATCH datagrams that have already arrived; raises OSError."""

    def send(self, replies: Sequence[DhcpReply]) -> list[tuple[DhcpReply, OSError]]:
        """Send the replies by their routes; return those that could not be sent."""

    def probe(self, address: str, source: str) -> None:
        """Probe an address by ARP; raises OSError."""

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        """Return the senders (address, MAC) of up to `most` ARP frames that have arrived; raises OSError."""

    def dropped(self) -> int:
        """Return the number of DHCP messages that the kernel dropped since the last call."""

    def refresh(self) -> None:
        """Look up the interface's addresses again."""

    def close(self) -> None:
        """Close the sockets."""


class DhcpPort:
    """The sockets of a real interface."""

    def __init__(self, name: str) -> None:
        """Open the sockets; raises BindError."""
        self.interface: Interface = interface_named(name)
        self.index = state_of(name).index
        self._udp = open_udp(name, SERVER_PORT)
        try:
            self._raw = open_arp(name)
        except BaseException:
            self._udp.close()
            raise
        self._frame_sources = FrameSources(name)
        show_fragments(self._udp)
        widen_send_buffer(self._udp)
        self._drops = DropCount([self._udp])
        log_queue(f"DHCP on {name}", self._udp)
        self._receiving, self._sending, self._framing = MessageBatch(), SendBatch(), FrameBatch()
        # An arrival is the same for many datagrams, so each is computed once.
        self._arrivals: dict[tuple[bytes, bytes], Arrival] = {}

    def fileno(self) -> int:
        """Return the file descriptor that the event loop watches for DHCP messages."""
        return self._udp.fileno()

    def arp_fileno(self) -> int:
        """Return the file descriptor that the event loop watches for ARP."""
        return self._raw.fileno()

    def receive(self) -> list[tuple[bytes, Arrival]]:
        """Return up to BATCH datagrams that have already arrived; raises OSError."""
        arrivals = self._arrivals
        try:
            messages = self._receiving.receive(self._udp.fileno())
        except BlockingIOError:
            return []
        received = [
            (data, arrivals.get((control, source)) or self._new_arrival(control, source))
            for data, control, source in messages
        ]
        if self._frame_sources.look():
            return [(data, self._with_source(arrival, data)) for data, arrival in received]
        return received

    def send(self, replies: Sequence[DhcpReply]) -> list[tuple[DhcpReply, OSError]]:
        """Send the replies by their routes; return those that could not be sent."""
        framed, plain, failures = [], [], []
        for reply in replies:
            if len(replies) < FEW or len(reply.data) > LARGEST_PACKET:
                failures += self._send_alone(reply)
            elif reply.route.delivery is _HARDWARE:
                framed.append(reply)
            else:
                plain.append(reply)
        if framed:
            frames = [build_udp_frame(self._frame(reply)) for reply in framed]
            failed = self._framing.send(self._raw.fileno(), frames)
            failures += [(framed[place], error) for place, error in failed.items()]
        if plain:
            datagrams = [
                (one.data, (one.route.address, one.route.port), socket.inet_aton(one.source)) for one in plain
            ]
            failed = self._sending.send(self._udp.fileno(), datagrams)
            failures += [(plain[place], error) for place, error in failed.items()]
        return failures

    def probe(self, address: str, source: str) -> None:
        """Probe an address by ARP; raises OSError.

        The request is an ordinary one from this server's address, because a probe from 0.0.0.0 would stop
        another host that is probing the same address for itself (RFC 5227 §2.1.1).
        """
        self._raw.send(build_request(self.interface.mac, source, address))

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        """Return the senders (address, MAC) of up to `most` ARP frames that have arrived; raises OSError."""
        for _ in range(most):
            try:
                sender = parse_sender(self._raw.recv(LARGEST_DATAGRAM))
            except BlockingIOError:
                return
            if sender and sender[1] != self.interface.mac:
                yield sender

    def dropped(self) -> int:
        """Return the number of DHCP messages that the kernel dropped since the last call."""
        return self._drops.more()

    def refresh(self) -> None:
        """Look up the interface's addresses again."""
        fresh = interface_named(self.interface.name)
        if fresh != self.interface:
            self.interface = fresh
            self._arrivals.clear()

    def close(self) -> None:
        """Close all sockets."""
        self._udp.close()
        self._raw.close()
        self._frame_sources.close()

    def _with_source(self, arrival: Arrival, message: bytes) -> Arrival:
        """Add the sending host to an arrival if the message has another host's hardware address."""
        host = self._frame_sources.source_of(message)
        return replace(arrival, frame_source=arrival.frame_source or host) if host else arrival

    def _new_arrival(self, control: bytes, source: bytes) -> Arrival:
        """Return the arrival of a message, from its control messages (empty if it has none) and its
        sender.
        """
        if len(self._arrivals) >= MOST_ARRIVALS:
            self._arrivals.clear()
        host = FRAGMENTS if len(control) > PKTINFO_ROOM else ""
        information = control[socket.CMSG_LEN(0) : socket.CMSG_LEN(PKTINFO.size)]
        to = destination_of([(socket.IPPROTO_IP, IP_PKTINFO, information)] if information else [])
        ours = self.interface.addresses
        addresses = (to, *(address for address in ours if address != to)) if to else ours
        arrival = Arrival(self.interface.name, addresses, bool(to), socket.inet_ntoa(source), host)
        self._arrivals[control, source] = arrival
        return arrival

    def _send_alone(self, reply: DhcpReply) -> list[tuple[DhcpReply, OSError]]:
        """Send one reply by a separate system call.

        This is used if there are too few replies for a batch, or if a reply is too long for a batch; the
        kernel then fragments it.
        """
        route = reply.route
        try:
            if route.delivery is Delivery.HARDWARE:
                self._raw.send(build_udp_frame(self._frame(reply)))
            else:
                source = from_address(reply.source)
                self._udp.sendmsg([reply.data], source, 0, (route.address, route.port))
        except OSError as error:
            return [(reply, error)]
        return []

    def _frame(self, reply: DhcpReply) -> UdpFrame:
        return UdpFrame(
            source_mac=self.interface.mac,
            destination_mac=reply.route.mac,
            source=reply.source,
            destination=reply.route.address,
            source_port=SERVER_PORT,
            destination_port=reply.route.port,
            payload=reply.data,
        )
