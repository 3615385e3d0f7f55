"""Read Kea's DHCPv4 log: each line has a message ID, the client in brackets, and a text.

Kea logs leases at INFO; it logs messages at DEBUG, from version 2.5.4 on at INFO. Source: Kea Messages
Manual.
"""

import re

from ringup.evidence import dhcp_words
from ringup.evidence.observation import ADDRESS, HARDWARE, Context, Observations, is_address, mac_of
from ringup.evidence.rows import nothing, reader_of, row

_CLIENT = rf"\[hwtype=\d+ {HARDWARE}\]"
_NO_ADDRESS = "Kea no address"


def _packet(found: re.Match[str], context: Context) -> Observations:
    hardware, kind, interface = found.groups()
    mac = mac_of(hardware)
    if kind == "DISCOVER":
        return dhcp_words.discover(context, mac, interface=interface)
    return []


def _offer(found: re.Match[str], context: Context) -> Observations:
    hardware, address = found.groups()
    return dhcp_words.offer(context, mac_of(hardware), address)


def _lease(found: re.Match[str], context: Context) -> Observations:
    hardware, address, seconds = found.groups()
    return dhcp_words.ack(context, mac_of(hardware), address, seconds or 0)


def _nak(found: re.Match[str], context: Context) -> Observations:
    hardware, words = found.groups()
    if "failed to advertise" in words:  # a DISCOVER that gets no answer: another line has the reason
        return []
    if "failed to select a subnet" in words:
        return dhcp_words.ignored(context, mac_of(hardware), words.strip())
    addresses = [address for address in re.findall(ADDRESS, words) if is_address(address)]
    return dhcp_words.nak(context, mac_of(hardware), addresses[0] if addresses else "", words.strip())


def _nak_sent(found: re.Match[str], context: Context) -> Observations:
    return dhcp_words.nak(context, mac_of(found[1]), "", "")


def _ignored(found: re.Match[str], context: Context) -> Observations:
    hardware, words = found.groups()
    return dhcp_words.ignored(context, mac_of(hardware), words.strip())


def _not_authoritative(found: re.Match[str], context: Context) -> Observations:
    """Read a request for an old address that Kea does not know: unless Kea is authoritative, it does not
    answer (Kea Messages Manual).
    """
    hardware, words = found.groups()
    return dhcp_words.ignored(context, mac_of(hardware), f"not authoritative: {words.strip()}")


def _no_address(found: re.Match[str], context: Context) -> Observations:
    """Read that no address is free. Several lines may report this for one transaction, under IDs that differ
    between versions.
    """
    hardware, transaction = found.groups()
    if context.kept.get(_NO_ADDRESS) == (transaction, int(context.at)):
        return []
    context.kept[_NO_ADDRESS] = (transaction, int(context.at))
    return dhcp_words.ignored(context, mac_of(hardware), "no addresses left")


def _decline(found: re.Match[str], context: Context) -> Observations:
    address, hardware = found.groups()
    return dhcp_words.decline(context, mac_of(hardware), address)


def _release(found: re.Match[str], context: Context) -> Observations:
    hardware, address = found.groups()
    return dhcp_words.release(context, mac_of(hardware), address)


def _host_name(found: re.Match[str], context: Context) -> Observations:
    dhcp_words.named(context, mac_of(found[1]), found[2])
    return []


read = reader_of(
    (
        row(rf"\bDHCP4_PACKET_RECEIVED {_CLIENT}.*?: DHCP(\w+) .*?interface (\S+)", _packet),
        row(rf"\bDHCP4_LEASE_(?:OFFER|ADVERT) {_CLIENT}.*?: lease {ADDRESS} ", _offer),
        row(
            rf"\bDHCP4_LEASE_(?:ALLOC|RENEW|REUSE) {_CLIENT}.*?: lease {ADDRESS} (?:.*?for (\d+) seconds)?",
            _lease,
        ),
        row(rf"\bDHCP4_PACKET_NAK_\d+ {_CLIENT}.*?: (.*)$", _nak),
        row(rf"\bDHCP4_NO_LEASE_INIT_REBOOT {_CLIENT}.*?: (.*)$", _not_authoritative),
        row(rf"\bALLOC_ENGINE_V4_ALLOC_FAIL\w* {_CLIENT}.*?tid=(\w+)", _no_address),
        row(rf"\bDHCP4_(?:SUBNET_SELECTION_FAILED|PACKET_DROP_\d+) {_CLIENT}.*?: (.*)$", _ignored),
        row(rf"\bDHCP4_DECLINE_LEASE\w* .*?{ADDRESS}.*?{_CLIENT}", _decline),
        row(rf"\bDHCP4_RELEASE {_CLIENT}.*?: address {ADDRESS}", _release),
        row(rf"\bDHCP4_(?:CLIENT_\w+|CLASS\w*_ASSIGNED) {_CLIENT}.*?: (.*)$", _host_name),
        row(rf"\bDHCP4_PACKET_SEND {_CLIENT}.*?: (?:trying to send packet )?DHCPNAK\b(.*)$", _nak_sent),
        row(r"\bkea-dhcp4\b|\b(?:DHCP4|DHCPSRV|ALLOC_ENGINE|HOSTS|EVAL)_[A-Z0-9_]+ ", nothing),
    )
)
"""Read a line of Kea's DHCPv4 server."""
