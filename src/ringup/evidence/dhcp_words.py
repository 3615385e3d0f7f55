"""Turn a line of any DHCP server's log into observations, which are the same for every server."""

import re

from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    DhcpIgnored,
    DiscoverReceived,
    InformReceived,
    OtherServerChosen,
    PoolEmpty,
)
from ringup.evidence.observation import NOT_LOGGED, Context, Observation, Observations, remember

_PHONE_NAME = re.compile(r"(?:SEP|SIP)[0-9A-F]{12}", re.IGNORECASE | re.ASCII)
_VENDOR = re.compile(r"Cisco Systems,? Inc\. IP Phone")
"""The vendor class of Cisco phones; text from a comma-separated table may have lost its comma."""
NO_ADDRESS_LEFT = re.compile(
    r"no (?:free lease|address(?:es)? (?:available|left|range)|leases? (?:left|available))|pool .*exhausted"
    r"|keine Adresse verf|pas d'adresse disponible|ninguna direcci|brak dost.pnego adresu|ingen adresse"
    r"|nici o adres|tak ada alamat|მისამართი მიუწვდომელია",
    re.IGNORECASE,
)
"""Words with which servers report an empty pool; dnsmasq writes them in the language of its machine."""

_SUBNET = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}/\d{1,2}", re.ASCII)
_DISCOVERED, _LEASED = "DHCP discover", "DHCP lease"


def named(context: Context, mac: str, name: str) -> None:
    """Note that a client is a Cisco phone, if its host name or vendor class shows that."""
    if mac and (_PHONE_NAME.search(name) or _VENDOR.search(name)):
        context.hinted.add(mac)


def discover(
    context: Context, mac: str, *, vendor_class: str = "", interface: str = "", trouble: str = ""
) -> Observations:
    """Return a DHCPDISCOVER, with the reason why it gets no answer if the server logs a reason."""
    named(context, mac, vendor_class)
    remember(context.kept, (_DISCOVERED, mac), context.at)
    seen = Observation(DiscoverReceived(context.at, mac, vendor_class, interface))
    return [seen, *_without_answer(context, mac, trouble)]


def _without_answer(context: Context, mac: str, trouble: str) -> Observations:
    if not trouble:
        return []
    if NO_ADDRESS_LEFT.search(trouble):
        subnet = _SUBNET.search(trouble)
        return [Observation(PoolEmpty(context.at, mac, subnet[0] if subnet else "its pool"))]
    return [Observation(DhcpIgnored(context.at, mac, trouble))]


def ignored(context: Context, mac: str, trouble: str) -> Observations:
    """Return a client's message that the server does not answer."""
    return _without_answer(context, mac, trouble or "not answered")


def offer(context: Context, mac: str, address: str, tftp_server: str = NOT_LOGGED) -> Observations:
    """Return a DHCPOFFER; most servers do not log the TFTP server that they offer."""
    return [Observation(AddressOffered(context.at, mac, address, tftp_server))]


def ack(context: Context, mac: str, address: str, seconds: str | int = 0) -> Observations:
    """Return a DHCPACK. It is a renewal if the client holds that address and has sent no DISCOVER since."""
    discovered = context.kept.pop((_DISCOVERED, mac), None)
    renewed = discovered is None and context.kept.get((_LEASED, mac)) == address
    remember(context.kept, (_LEASED, mac), address)
    return [Observation(AddressLeased(context.at, mac, address, int(seconds), renewed))]


def nak(context: Context, mac: str, address: str, reason: str) -> Observations:
    """Return a DHCPNAK."""
    return [Observation(AddressRefused(context.at, mac, address, reason))]


def decline(context: Context, mac: str, address: str) -> Observations:
    """Return a DHCPDECLINE."""
    return [Observation(AddressDeclined(context.at, mac, address))]


def release(context: Context, mac: str, address: str) -> Observations:
    """Return a DHCPRELEASE."""
    context.kept.pop((_LEASED, mac), None)
    return [Observation(AddressReleased(context.at, mac, address))]


def inform(context: Context, mac: str, address: str) -> Observations:
    """Return a DHCPINFORM; some servers log only its address."""
    return [Observation(InformReceived(context.at, mac, address), address)]


def other_server(context: Context, mac: str, server: str) -> Observations:
    """Return a DHCPREQUEST that accepts the offer of another server."""
    return [Observation(OtherServerChosen(context.at, mac, server))]
