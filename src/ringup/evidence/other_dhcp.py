"""Servers that name a client's address and MAC in one line: RouterOS, Windows, and tables of neighbours."""

import re

from ringup.evidence import dhcp_words
from ringup.evidence.rows import Row, reader_of, row
from ringup.evidence.sighting import ADDRESS, HARDWARE, Context, Sightings, is_address, mac_of, remember

_LEASED, _NO_ADDRESS_LEFT, _REFUSED = ("10", "11"), "14", "15"
"""Numbers of the DHCP audit log of Windows Server."""


def _assigned(found: re.Match[str], context: Context) -> Sightings:
    address, hardware = found.groups()
    return dhcp_words.ack(context, mac_of(hardware), address)


def _windows(found: re.Match[str], context: Context) -> Sightings:
    number, address, name, digits = found.groups()
    mac = digits.upper()
    dhcp_words.named(context, mac, name)
    if number in _LEASED:
        return dhcp_words.ack(context, mac, address)
    if number == _NO_ADDRESS_LEFT:
        return dhcp_words.ignored(context, mac, "no addresses left")
    return dhcp_words.nak(context, mac, address, "") if number == _REFUSED else []


def _holds(found: re.Match[str], context: Context) -> Sightings:
    address, hardware = found.groups()
    if is_address(address) and (mac := mac_of(hardware)):
        remember(context.holders, address, mac)
    return []


_NEIGHBOURS: tuple[Row, ...] = (
    row(rf"{ADDRESS} dev \S+ lladdr {HARDWARE}", _holds),
    row(rf"\({ADDRESS}\) at {HARDWARE}", _holds),
    row(rf"{ADDRESS}\s+ether\s+{HARDWARE}", _holds),
    row(rf"\bInternet\s+{ADDRESS}\s+\S+\s+{HARDWARE}\s+ARPA", _holds),
    row(rf"\b{ADDRESS} is-at {HARDWARE}", _holds),
)
"""``ip neigh``, ``arp -a``, ``arp -n``, ``show ip arp`` of IOS, and ARP answers as tcpdump prints them."""

read = reader_of(
    (
        row(rf"\bassigned {ADDRESS} (?:to|for) {HARDWARE}", _assigned),
        row(
            rf"(?:^|\D)(\d\d),\d\d/\d\d/\d\d,\d\d:\d\d:\d\d,[^,]*,{ADDRESS},([^,]*),([0-9A-Fa-f]{{12}}),",
            _windows,
        ),
        *_NEIGHBOURS,
    )
)
"""Read a line that names an address and a MAC."""
