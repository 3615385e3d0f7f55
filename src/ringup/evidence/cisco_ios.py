"""Read Cisco IOS's ``debug tftp events`` and ``packets``, ``debug ip dhcp server packet`` and ``events``.

``debug tftp events`` alone names no address. So a file name without a MAC is assigned to the last host that
``debug tftp packets`` named. A file that IOS looks for and does not open counts as missing, if the log shows
that IOS opens other files. A DHCP client is named by its client identifier: ``01`` and its MAC, or text in
hexadecimal. "Finished" is logged when IOS has sent the last block, before its ACK. The patterns come from
Cisco's documents and public threads.
"""

import re
from collections import deque
from dataclasses import replace

from ringup.events import FileNotFound
from ringup.evidence import dhcp_words, tftp_words
from ringup.evidence.observation import (
    ADDRESS,
    HARDWARE,
    MOST_REMEMBERED,
    Context,
    Observation,
    Observations,
    mac_of,
)
from ringup.evidence.rows import nothing, reader_of, row
from ringup.wire.file_names import base_name, owner_of

_HOST, _WANTED, _OPENS = "IOS host", "IOS wanted", "IOS opens files"
_OWNER, _CLIENT_NOW = "IOS owner", "IOS client"
_SAME_SECONDS = 60.0
"""Maximum seconds between a request whose name contains a MAC and one without, if both are assigned to the
same phone.
"""
_CLIENT = r"client (?:([0-9a-fA-F]{2}(?:[0-9a-fA-F]{2}\.?)+|[0-9a-fA-F.]+))"
_WHERE = r"(?: (?:on interface|through relay) (\S+))?"
_RECEIVED = "(?:message )?received from"
_MAC_IN_TEXT = re.compile(r"([0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})", re.IGNORECASE)


def client_mac(identifier: str) -> str:
    """Return the MAC in a client identifier (RFC 2132 §9.14) as IOS prints it; empty if it contains none."""
    digits = identifier.replace(".", "").upper()
    if len(digits) == 14 and digits.startswith("01"):
        return digits[2:]
    if len(digits) == 12:
        return digits
    try:
        text = bytes.fromhex(digits).decode("latin-1")
    except ValueError:
        return ""
    found = _MAC_IN_TEXT.search(text)
    return mac_of(found[1]) if found else ""


def _host(found: re.Match[str], context: Context) -> Observations:
    context.kept[_HOST] = (found[1], found[2])
    return []


def _looking(found: re.Match[str], context: Context) -> Observations:
    address, port = context.kept.pop(_HOST, ("", ""))
    owner = owner_of(found[1]) or ("" if address else _owner_before(context))
    if not address and not owner and context.last:
        address = context.last.address
    ((event, _),) = tftp_words.requested(context, address, found[1], port=port)
    request = replace(event, mac=owner)
    context.kept[_OWNER] = (context.at, owner)
    context.kept.setdefault(_WANTED, deque(maxlen=MOST_REMEMBERED)).append(request)
    return [Observation(request)]


def _owner_before(context: Context) -> str:
    """Return the MAC in the previous request's file name; empty if the name has none or the request is too
    long ago.
    """
    at, owner = context.kept.get(_OWNER, (0.0, ""))
    return owner if context.at - at <= _SAME_SECONDS else ""


def _opened(found: re.Match[str], context: Context) -> Observations:
    """Take the request for which IOS opens this file.

    It is the last request for this name. If there is none, it is the last request of all, because IOS may
    serve the file under an alias.
    """
    context.kept[_OPENS] = True
    if wanted := context.kept.get(_WANTED):
        name = base_name(found[1])
        wanted.remove(next((each for each in reversed(wanted) if each.name == name), wanted[-1]))
    return []


def finish(context: Context) -> Observations:
    """Return the files that IOS looked for and did not open."""
    wanted = context.kept.get(_WANTED, ()) if _OPENS in context.kept else ()
    return [
        Observation(FileNotFound(each.at, each.mac, each.name, each.address, "IOS did not open it"))
        for each in wanted
    ]


def _error(found: re.Match[str], context: Context) -> Observations:
    if context.last is None:
        return []
    if wanted := context.kept.get(_WANTED):
        wanted.pop()
    outcome = tftp_words.not_found if found[1] == tftp_words.NOT_FOUND else tftp_words.refused
    return outcome(context, context.last.address, context.last.name, found[2].strip())


def _discover(found: re.Match[str], context: Context) -> Observations:
    context.kept[_CLIENT_NOW] = client_mac(found[1])
    return dhcp_words.discover(context, client_mac(found[1]), interface=(found[2] or "").rstrip("."))


def _client(found: re.Match[str], context: Context) -> Observations:
    context.kept[_CLIENT_NOW] = mac_of(found[1])
    return []


def _no_pool(found: re.Match[str], context: Context) -> Observations:
    """Read that no DHCP pool contains this router's network; the client is the one in the lines before."""
    mac = context.kept.get(_CLIENT_NOW, "")
    return dhcp_words.ignored(context, mac, f"there is no address pool for {found[1]}") if mac else []


def _sending(found: re.Match[str], context: Context) -> Observations:
    kind, identifier, address = found.groups()
    mac = client_mac(identifier)
    if kind == "NAK":
        return dhcp_words.nak(context, mac, address or "", "")
    answer = dhcp_words.offer if kind == "OFFER" else dhcp_words.ack
    return answer(context, mac, address) if address else []


def _release(found: re.Match[str], context: Context) -> Observations:
    kind, identifier, address = found.groups()
    answer = dhcp_words.release if kind == "RELEASE" else dhcp_words.decline
    return answer(context, client_mac(identifier), address or "")


def _assigned(found: re.Match[str], context: Context) -> Observations:
    address, identifier = found.groups()
    return dhcp_words.offer(context, client_mac(identifier), address)


read = reader_of(
    (
        row(rf"\bTFTP: (?:read request|Read request) from host {ADDRESS}\((\d+)\)", _host),
        row(r"\bTFTP: Looking for (\S+)", _looking),
        row(r"\bTFTP: Opened (\S+?),", _opened),
        row(r"\bTFTP: Sending error (\d+) ?(.*)$", _error),
        row(
            rf"\bDHCPD: DHCPDISCOVER received from {_CLIENT}(?: (?:on interface|through relay) (\S+))?",
            _discover,
        ),
        row(rf"\bDHCPD: Sending DHCP(OFFER|ACK|NAK) to {_CLIENT}\.?(?: \({ADDRESS}\))?", _sending),
        row(
            rf"\bDHCPD: DHCP(RELEASE|DECLINE) (?:message )?received from {_CLIENT}(?: \({ADDRESS}\))?",
            _release,
        ),
        row(rf"\bDHCPD: assigned IP address {ADDRESS} to {_CLIENT}", _assigned),
        row(rf"\bDHCPD: htype \d+ chaddr {HARDWARE}", _client),
        row(rf"\bDHCPD: there is no address pool for {ADDRESS}", _no_pool),
        row(
            r"\bTFTP: (?:Opened|Finished|Server request|Sending block|Received ACK|Sending)|\bDHCPD: ",
            nothing,
        ),
    )
)
"""Read a line of IOS's debug output."""
