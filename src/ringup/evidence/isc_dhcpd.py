"""Read ISC dhcpd's log: one line per message; a complaint follows its last colon (``server/dhcp.c``)."""

import re

from ringup.evidence import dhcp_words
from ringup.evidence.observation import ADDRESS, HARDWARE, Context, Observations, mac_of, remember
from ringup.evidence.rows import nothing, reader_of, row

_VIA = r"(?: \(([^)]*)\))? via (\S+?)(?::? (.*))?$"
"""Pattern with three groups: the client's host name, the interface, the complaint."""
_NAK_REASON = "dhcpd NAK"
_BEFORE_A_NAK = ("wrong network", "unavailable")
"""Words in the line about a DHCPREQUEST that dhcpd refuses; the next line logs the DHCPNAK."""


def _complaint(via: str, words: str | None) -> str:
    """Return the complaint; empty for a remark without a colon, like ``(found)`` or ``TransID …``."""
    text = (words or "").strip()
    return "" if text.startswith(("(", "TransID", "uid ")) else text.rstrip(".") if text else ""


def _discover(found: re.Match[str], context: Context) -> Observations:
    hardware, name, interface, words = found.groups()
    mac = mac_of(hardware)
    dhcp_words.named(context, mac, name or "")
    trouble = _complaint(interface, words)
    return dhcp_words.discover(context, mac, interface=interface.rstrip(":"), trouble=trouble)


def _offer(found: re.Match[str], context: Context) -> Observations:
    address, hardware, name, _, _ = found.groups()
    dhcp_words.named(context, mac_of(hardware), name or "")
    return dhcp_words.offer(context, mac_of(hardware), address)


def _request(found: re.Match[str], context: Context) -> Observations:
    """Read a DHCPREQUEST. With a complaint and a server's name, the client accepted another server's
    offer.
    """
    _, server, hardware, name, interface, words = found.groups()
    mac, trouble = mac_of(hardware), _complaint(interface, words)
    dhcp_words.named(context, mac, name or "")
    if not trouble:
        return []
    if server and "unknown lease" in trouble:
        return dhcp_words.other_server(context, mac, server)
    if any(words in trouble for words in _BEFORE_A_NAK):
        remember(context.kept, (_NAK_REASON, mac), trouble)
        return []
    return dhcp_words.ignored(context, mac, trouble)


def _ack(found: re.Match[str], context: Context) -> Observations:
    address, hardware, name, _, _ = found.groups()
    dhcp_words.named(context, mac_of(hardware), name or "")
    return dhcp_words.ack(context, mac_of(hardware), address)


def _ack_of_inform(found: re.Match[str], context: Context) -> Observations:
    address, hardware = found.groups()
    return dhcp_words.inform(context, mac_of(hardware), address)


def _nak(found: re.Match[str], context: Context) -> Observations:
    address, hardware, _, interface, words = found.groups()
    mac = mac_of(hardware)
    reason = _complaint(interface, words) or context.kept.pop((_NAK_REASON, mac), "")
    return dhcp_words.nak(context, mac, address, reason)


def _decline(found: re.Match[str], context: Context) -> Observations:
    address, hardware, *_ = found.groups()
    return dhcp_words.decline(context, mac_of(hardware), address)


def _release(found: re.Match[str], context: Context) -> Observations:
    address, hardware, *_ = found.groups()
    return dhcp_words.release(context, mac_of(hardware), address)


def _inform(found: re.Match[str], context: Context) -> Observations:
    return dhcp_words.inform(context, "", found[1])


def _abandoned(found: re.Match[str], context: Context) -> Observations:
    """Read that an address answered dhcpd's ping, so another host uses the address."""
    return []


read = reader_of(
    (
        row(rf"\bDHCPDISCOVER from {HARDWARE}{_VIA}", _discover),
        row(rf"\bDHCPOFFER on {ADDRESS} to \"?{HARDWARE}\"?{_VIA}", _offer),
        row(rf"\bDHCPREQUEST for(?: +{ADDRESS})?(?: +\({ADDRESS}\))? +from {HARDWARE}{_VIA}", _request),
        row(rf"\bDHCPACK (?:on )?{ADDRESS} to {HARDWARE}{_VIA}", _ack),
        row(rf"\bDHCPACK to {ADDRESS} \({HARDWARE}\)", _ack_of_inform),
        row(rf"\bDHCPNAK on {ADDRESS} to {HARDWARE}{_VIA}", _nak),
        row(rf"\bDHCPDECLINE (?:of|on) {ADDRESS} from {HARDWARE}{_VIA}", _decline),
        row(rf"\bDHCPRELEASE (?:of|on) {ADDRESS} from {HARDWARE}{_VIA}", _release),
        row(rf"\bDHCPINFORM from {ADDRESS}", _inform),
        row(r"\bdhcpd(?:\[\d+\])?: ", nothing),
    )
)
"""Read a line of ISC dhcpd."""
