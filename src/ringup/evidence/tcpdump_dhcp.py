"""Read DHCP as ``tcpdump -v`` prints it: a line about BOOTP/DHCP, then indented lines with the message's
fields.

A message is complete when the next one begins; until then its fields are kept.
"""

import re
from collections.abc import Callable, Mapping

from ringup.evidence import dhcp_words
from ringup.evidence.observation import ADDRESS, HARDWARE, Context, Observations, mac_of
from ringup.evidence.rows import nothing, reader_of, row

_FORM = "tcpdump DHCP"
Fields = dict[str, str]


def _begin(found: re.Match[str], context: Context) -> Observations:
    """Begin a new message, which completes the message before it."""
    observations = finish(context)
    context.kept[_FORM] = {"mac": mac_of(found[1]) if found[1] else "", "at": str(context.at)}
    return observations


def finish(context: Context) -> Observations:
    """Return the observations in the last message, at the end of the file."""
    fields: Fields = context.kept.pop(_FORM, {})
    build = _MESSAGES.get(fields.get("kind", "").upper())
    if build is None or not fields["mac"]:
        return []
    now, context.at = context.at, float(fields["at"])
    observations = build(context, fields)
    context.at = now
    return observations


def _field(name: str) -> Callable[[re.Match[str], Context], Observations]:
    def note(found: re.Match[str], context: Context) -> Observations:
        fields = context.kept.get(_FORM)
        if fields is not None:
            fields[name] = mac_of(found[1]) if name == "mac" else found[1].replace("^@", "").strip()
        return []

    return note


def _discover(context: Context, fields: Fields) -> Observations:
    dhcp_words.named(context, fields["mac"], fields.get("name", ""))
    return dhcp_words.discover(context, fields["mac"], vendor_class=fields.get("class", ""))


def _offer(context: Context, fields: Fields) -> Observations:
    server = fields.get("server") or fields.get("server_name") or fields.get("siaddr", "")
    return dhcp_words.offer(context, fields["mac"], fields.get("address", ""), server)


def _ack(context: Context, fields: Fields) -> Observations:
    address = fields.get("address", "")
    return dhcp_words.ack(context, fields["mac"], address, fields.get("seconds", 0)) if address else []


def _nak(context: Context, fields: Fields) -> Observations:
    return dhcp_words.nak(context, fields["mac"], "", fields.get("reason", ""))


_MESSAGES: Mapping[str, Callable[[Context, Fields], Observations]] = {
    "DISCOVER": _discover,
    "OFFER": _offer,
    "ACK": _ack,
    "NACK": _nak,
    "NAK": _nak,
}

_OPTION = r"(?: Option)? \(?{}\)?, length \d+: "


def _option(name: str, number: int, value: str = r'"?([^"]*)"?$') -> str:
    return rf"\b{name}{_OPTION.format(number)}{value}"


read = reader_of(
    (
        row(rf"\bBOOTP/DHCP, (?:Request(?: from {HARDWARE})?|Reply)", _begin),
        row(rf"\bClient-Ethernet-Address {HARDWARE}", _field("mac")),
        row(rf"\bYour-IP {ADDRESS}", _field("address")),
        row(rf"\bServer-IP {ADDRESS}", _field("siaddr")),
        row(_option("DHCP-Message", 53, r"(\w+)"), _field("kind")),
        row(_option("Vendor-Class", 60), _field("class")),
        row(_option("Hostname", 12), _field("name")),
        row(_option("Lease-Time", 51, r"(\d+)"), _field("seconds")),
        row(_option("(?:Unknown|TFTP-Server-Address|Option)", 150, ADDRESS), _field("server")),
        row(_option("TFTP", 66), _field("server_name")),
        row(_option("MSG", 56), _field("reason")),
        row(r"^\s+(?:[A-Z][\w-]+)(?: Option)? \(?\d+\)?, length \d+", nothing),
    )
)
"""Read a line of ``tcpdump -v`` about DHCP."""
