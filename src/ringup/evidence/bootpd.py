"""Read macOS's bootpd: ``DHCP DISCOVER [en0]: 1,0:16:46:c0:ff:ee <name>``, ``ACK sent name address pktsize
300``.

Its lines about answers name the client by its host name, or not at all, so an answer is assigned to the last
request. The patterns come from logs in public threads.
"""

import re

from ringup.evidence import dhcp_words
from ringup.evidence.observation import ADDRESS, HARDWARE, Context, Observations, mac_of
from ringup.evidence.rows import nothing, reader_of, row

_CLIENT = "bootpd client"
_KINDS = "DISCOVER|REQUEST|INFORM|DECLINE|RELEASE"


def _message(found: re.Match[str], context: Context) -> Observations:
    kind, interface, hardware, name = found.groups()
    mac = mac_of(hardware)
    context.kept[_CLIENT] = mac
    dhcp_words.named(context, mac, name or "")
    if kind == "DISCOVER":
        return dhcp_words.discover(context, mac, interface=interface)
    if kind == "INFORM":
        return dhcp_words.inform(context, mac, "")
    return []


def _answer(found: re.Match[str], context: Context) -> Observations:
    kind, address = found.groups()
    mac = context.kept.get(_CLIENT, "")
    if not mac:
        return []
    if kind == "NAK":
        return dhcp_words.nak(context, mac, address, "")
    return (dhcp_words.offer if kind == "OFFER" else dhcp_words.ack)(context, mac, address)


def _nak(_found: re.Match[str], context: Context) -> Observations:
    mac = context.kept.get(_CLIENT, "")
    return dhcp_words.nak(context, mac, "", "") if mac else []


read = reader_of(
    (
        row(rf"\bDHCP ({_KINDS}) \[(\w+)\]: 1,{HARDWARE}(?: <(.*)>)?", _message),
        row(rf"\b(OFFER|ACK|NAK) sent .*?{ADDRESS}(?: pktsize|\s*$)", _answer),
        row(r"\bNAK sent ", _nak),
        row(r"\bbootpd\[", nothing),
    )
)
"""Read a line of macOS's bootpd."""
