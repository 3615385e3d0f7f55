"""A simple model of another (rogue) DHCP server: it offers at once, and may name a wrong TFTP server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from ringup.errors import WireError
from ringup.street.cable import Cable, Datagram
from ringup.wire import dhcp_options as codes
from ringup.wire.dhcp import (
    CLIENT_PORT,
    NO_ADDRESS,
    REPLY_OP,
    SERVER_PORT,
    Message,
    MessageType,
    build,
    parse,
)
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame

OTHER_MAC = "02005E000003"
LEASE_SECONDS = 300
"""Lease time in seconds; short, so that phones with its leases look for another server soon after it has
stopped.
"""


@dataclass(slots=True)
class OtherDhcpServer:
    """A DHCP server on the network that does not belong to ringup."""

    cable: Cable
    address: str
    first: IPv4Address
    """The first address that it gives; each phone gets the next one."""
    tftp: str = ""
    """The address in its option 150; empty: it sends neither option 150 nor 66."""
    refuses: Callable[[str], bool] = lambda _mac: False
    """Called with a MAC; True: the server sends a NAK to each request of this phone."""
    _given: dict[bytes, str] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to answer."""
        self.cable.serve_dhcp(self.address, self.receive)

    def stop(self) -> None:
        """Stop answering."""
        self.cable.stop_dhcp(self.address, self.receive)

    def receive(self, datagram: Datagram) -> None:
        """Answer a DISCOVER, and a REQUEST for the offered address."""
        try:
            message = parse(datagram.data)
        except WireError:
            return
        chosen = message.option(codes.SERVER_ID)
        is_for_us = chosen is None or codes.address(chosen) == self.address
        if message.type is MessageType.REQUEST and self.refuses(datagram.mac):
            self._send(message, MessageType.NAK, NO_ADDRESS, datagram.mac)
        elif message.type is MessageType.DISCOVER and not self.refuses(datagram.mac):
            self._send(message, MessageType.OFFER, self._for(message), datagram.mac)
        elif message.type is MessageType.REQUEST and is_for_us and message.hardware_address in self._given:
            self._send(message, MessageType.ACK, self._for(message), datagram.mac)

    def _for(self, message: Message) -> str:
        return self._given.setdefault(message.hardware_address, str(self.first + len(self._given)))

    def _send(self, request: Message, kind: MessageType, address: str, mac: str) -> None:
        options = [
            (codes.MESSAGE_TYPE, bytes([kind])),
            (codes.SERVER_ID, codes.pack_addresses((self.address,))),
        ]
        if kind is not MessageType.NAK:
            options += [
                (codes.LEASE_SECONDS, LEASE_SECONDS.to_bytes(4, "big")),
                (codes.SUBNET_MASK, codes.pack_addresses(("255.255.255.0",))),
            ]
            if self.tftp:
                options.append((codes.TFTP_ADDRESSES, codes.pack_addresses((self.tftp,))))
        answer = Message(
            op=REPLY_OP,
            xid=request.xid,
            flags=request.flags,
            client_address=request.client_address,
            your_address=address,
            hardware_address=request.hardware_address,
            options=tuple(options),
        )
        self.cable.send_frame(
            build_udp_frame(
                UdpFrame(
                    source_mac=OTHER_MAC,
                    destination_mac=mac or BROADCAST_MAC,
                    source=self.address,
                    destination="255.255.255.255",
                    source_port=SERVER_PORT,
                    destination_port=CLIENT_PORT,
                    payload=build(answer),
                )
            )
        )
