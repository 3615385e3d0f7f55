"""The router of another segment: it relays the DHCP broadcasts of its phones to the server (RFC 1542 §4).

Other datagrams of these phones need no model: the cable delivers them by address, as a router does.
"""

from ringup.street.cable import BROADCAST, Cable, Datagram
from ringup.wire.dhcp import CLIENT_PORT, NO_ADDRESS, SERVER_PORT
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame

RELAY_MAC = "02005E000004"
MOST_HOPS = 16
"""Number of hops in a DHCP message from which a relay drops it."""
_HOPS, _FLAGS, _YOUR_ADDRESS, _GATEWAY, _CLIENT = 3, 10, slice(16, 20), slice(24, 28), slice(28, 34)
"""Offsets of these fields in a DHCP message (RFC 2131 §2)."""
_BROADCAST_FLAG = 0x80


class Relay:
    """The relay of one segment, at the address of its router."""

    def __init__(self, cable: Cable, address: str, server: str) -> None:
        """`server` is the address of the DHCP server to which the relay forwards."""
        self._cable = cable
        self._address = address
        self._server = server
        cable.listen(address, SERVER_PORT, self._answer)

    def forward(self, datagram: Datagram) -> None:
        """Forward a phone's broadcast to the server, with the relay's address in it."""
        message = bytearray(datagram.data)
        if message[_HOPS] >= MOST_HOPS:
            return
        message[_HOPS] += 1
        message[_GATEWAY] = _packed(self._address)
        self._cable.send_to_dhcp_server(
            Datagram(self._address, SERVER_PORT, self._server, SERVER_PORT, bytes(message), datagram.mac)
        )

    def _answer(self, datagram: Datagram) -> None:
        """Send the server's answer to the phone: by broadcast if the phone asked for it or has no address."""
        message = datagram.data
        address = ".".join(map(str, message[_YOUR_ADDRESS]))
        to_all = bool(message[_FLAGS] & _BROADCAST_FLAG) or address == NO_ADDRESS
        frame = UdpFrame(
            source_mac=RELAY_MAC,
            destination_mac=BROADCAST_MAC if to_all else message[_CLIENT].hex().upper(),
            source=self._address,
            destination=BROADCAST if to_all else address,
            source_port=SERVER_PORT,
            destination_port=CLIENT_PORT,
            payload=message,
        )
        self._cable.send_frame(build_udp_frame(frame))


def _packed(address: str) -> bytes:
    return bytes(map(int, address.split(".")))
