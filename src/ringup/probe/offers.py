"""The offers of DHCP servers, as a 7940 or 7960 reads them."""

from collections.abc import Sequence
from typing import NamedTuple

from ringup.emulator.boot.dhcp import choose_tftp_server
from ringup.errors import WireError
from ringup.wire import dhcp_options as codes
from ringup.wire.dhcp import NO_ADDRESS, Message


class DhcpOffer(NamedTuple):
    """The DHCPOFFER of one server."""

    server: str
    """The server's address, from option 54 or, without that option, from the packet."""
    mac: str
    """The hardware address that sent the offer; with a relay, that of the relay."""
    seconds: float
    """Seconds from the DISCOVER to the offer."""
    address: str
    """The address that the server offers to the phone."""
    relay: str
    """The address of the relay between the phone and the server; empty if there is none."""
    option_150: tuple[str, ...]
    """The addresses of option 150."""
    option_66: str
    """The text of option 66; a 7940 or 7960 uses it only if it is an address."""
    next_server: str
    """The server address in the field siaddr; empty if there is none."""
    server_name: str
    """The text in the DHCP field sname (server name)."""
    boot_file: str
    """The text in the DHCP field file (boot file name)."""
    tftp: str
    """The TFTP server that a phone takes from this offer."""
    tftp_source: str
    """The field that gave the TFTP server: ``option 150``, ``option 66``, ``siaddr`` or ``dhcp server``."""
    has_server_id: bool
    """True if the offer contains option 54. A phone ignores an offer without it, because its REQUEST must
    name the server.
    """

    @property
    def is_explicit(self) -> bool:
        """Return whether the offer names a TFTP server; otherwise a phone uses the DHCP server."""
        return self.tftp_source in ("option 150", "option 66")


def offer_of(message: Message, source: str, mac: str, seconds: float) -> DhcpOffer:
    """Return the offer in a DHCP message that came from the address `source`."""
    named = _addresses(message, codes.SERVER_ID)
    server = named[0] if named else source
    tftp, tftp_source = choose_tftp_server(message, server)
    return DhcpOffer(
        server=server,
        mac=mac,
        seconds=seconds,
        address=message.your_address,
        relay="" if message.relay_address == NO_ADDRESS else message.relay_address,
        option_150=_addresses(message, codes.TFTP_ADDRESSES),
        option_66=codes.text(message.option(codes.TFTP_NAME) or b""),
        next_server="" if message.next_server == NO_ADDRESS else message.next_server,
        server_name=message.server_name,
        boot_file=message.boot_file,
        tftp=tftp,
        tftp_source=tftp_source,
        has_server_id=bool(named),
    )


def taken_offer(offers: Sequence[DhcpOffer]) -> DhcpOffer | None:
    """Return the offer that a phone accepts: the first that contains option 54; None if there is none."""
    return next((offer for offer in offers if offer.has_server_id), None)


def _addresses(message: Message, code: int) -> tuple[str, ...]:
    try:
        return codes.addresses(message.option(code) or b"")
    except WireError:
        return ()
