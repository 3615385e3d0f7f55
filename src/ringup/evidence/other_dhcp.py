"""Read lines that pair an address with a MAC: RouterOS, Windows, neighbour tables, and lease files."""

import re

from ringup.evidence import dhcp_words
from ringup.evidence.cisco_ios import client_mac
from ringup.evidence.observation import ADDRESS, HARDWARE, Context, Observations, is_address, mac_of, remember
from ringup.evidence.rows import LineKind, reader_of, row

_LEASE = "ISC lease"
_LEASED, _RELEASED, _NO_ADDRESS_LEFT, _REFUSED = ("10", "11"), "12", "14", "15"
"""Event IDs in the DHCP audit log of Windows Server."""


def _assigned(found: re.Match[str], context: Context) -> Observations:
    address, hardware = found.groups()
    return dhcp_words.ack(context, mac_of(hardware), address)


def _deassigned(found: re.Match[str], context: Context) -> Observations:
    address, hardware = found.groups()
    return dhcp_words.release(context, mac_of(hardware), address)


def _windows(found: re.Match[str], context: Context) -> Observations:
    number, address, name, digits, rest = found.groups()
    mac = digits.upper()
    dhcp_words.named(context, mac, f"{name} {rest}")
    if number in _LEASED:
        return dhcp_words.ack(context, mac, address)
    if number == _NO_ADDRESS_LEFT:
        return dhcp_words.ignored(context, mac, "no addresses left")
    if number == _RELEASED:
        return dhcp_words.release(context, mac, address)
    return dhcp_words.nak(context, mac, address, "") if number == _REFUSED else []


def _holds(found: re.Match[str], context: Context) -> Observations:
    address, hardware = found.groups()
    if is_address(address) and (mac := mac_of(hardware)):
        remember(context.holders, address, mac)
    return []


def _leased_to(found: re.Match[str], context: Context) -> Observations:
    """Read a line of dnsmasq's lease file: the expiry time, the MAC, the address, the name."""
    hardware, address, name = found.groups()
    dhcp_words.named(context, mac_of(hardware), name)
    remember(context.holders, address, mac_of(hardware))
    return []


def _binding(found: re.Match[str], context: Context) -> Observations:
    if mac := client_mac(found[2]):
        remember(context.holders, found[1], mac)
    return []


def _lease_begins(found: re.Match[str], context: Context) -> Observations:
    context.kept[_LEASE] = found[1]
    return []


def _lease_hardware(found: re.Match[str], context: Context) -> Observations:
    if address := context.kept.pop(_LEASE, ""):
        remember(context.holders, address, mac_of(found[1]))
    return []


_NEIGHBOURS: tuple[LineKind, ...] = (
    row(rf"{ADDRESS} dev \S+ lladdr {HARDWARE}", _holds),
    row(rf"\({ADDRESS}\) at {HARDWARE}", _holds),
    row(rf"{ADDRESS}\s+ether\s+{HARDWARE}", _holds),
    row(rf"\bInternet\s+{ADDRESS}\s+\S+\s+{HARDWARE}\s+ARPA", _holds),
    row(rf"\b{ADDRESS} is-at {HARDWARE}", _holds),
    row(rf"^\s*{ADDRESS}[\s,]+{HARDWARE}[\s,]", _holds),
    row(rf"^\d{{1,10}} {HARDWARE} {ADDRESS} (\S+)", _leased_to),
    row(rf"^\s*{ADDRESS}\s+(01[0-9a-fA-F]{{2}}\.[0-9a-fA-F.]+)\s", _binding),
    row(rf"^\s*lease {ADDRESS} \{{", _lease_begins),
    row(rf"^\s*hardware ethernet {HARDWARE};", _lease_hardware),
)
"""Rows for ``ip neigh``, ``arp -a``, ``arp -n``, ``show ip arp`` and ``show ip dhcp binding`` of IOS, ARP
replies as tcpdump prints them, and the lease files of Kea, dnsmasq and ISC dhcpd.
"""

read = reader_of(
    (
        row(rf"\bassigned {ADDRESS} (?:to|for) {HARDWARE}", _assigned),
        row(rf"\bdeassigned {ADDRESS} (?:from|for) {HARDWARE}", _deassigned),
        row(
            rf"(?:^|\D)(\d\d),\d\d/\d\d/\d\d,\d\d:\d\d:\d\d,[^,]*,{ADDRESS},([^,]*),([0-9A-Fa-f]{{12}}),(.*)",
            _windows,
        ),
        *_NEIGHBOURS,
    )
)
"""Read a line that names an address and a MAC."""
