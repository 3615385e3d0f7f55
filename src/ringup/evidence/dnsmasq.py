"""Read dnsmasq's DHCP and TFTP lines, with and without ``log-dhcp``.

With ``log-dhcp``, each line begins with the transaction ID. dnsmasq logs the vendor class before its
DHCPDISCOVER, and the options of an answer after it, so this reader keeps an answer until the next message.
dnsmasq logs "sent" after the ACK of the last block (``tftp.c``), and does not log the size.
"""

import re
from dataclasses import replace

from ringup.events import AddressLeased, AddressOffered
from ringup.evidence import dhcp_words, tftp_words
from ringup.evidence.observation import (
    ADDRESS,
    HARDWARE,
    Context,
    Observation,
    Observations,
    Requested,
    file_name,
    mac_of,
    remember,
)
from ringup.evidence.rows import nothing, reader_of, row
from ringup.wire.file_names import kind_of

_CLASS, _ANSWER, _ERROR = "dnsmasq class", "dnsmasq answer", "dnsmasq error"
_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(\d{1,9})([dhms])", re.ASCII)
_RANKS = {"": 0, "66": 1, "150": 2}
_REST = re.compile(rf"(?:{ADDRESS} )?{HARDWARE}(?: (.*))?$", re.ASCII)


def _dhcp(found: re.Match[str], context: Context) -> Observations:
    kind, interface, text = found.groups()
    number = _TRANSACTION.search(found.string, 0, found.start())
    transaction = number[1] if number else ""
    rest = _REST.match(text.rstrip())
    if rest is None:
        return []
    address, hardware, words = rest.groups()
    mac, words = mac_of(hardware), words or ""
    return [*finish(context), *_message(context, kind, mac, address or "", words, transaction, interface)]


def _message(
    context: Context, kind: str, mac: str, address: str, words: str, transaction: str, interface: str
) -> Observations:
    dhcp_words.named(context, mac, words)
    match kind:
        case "DISCOVER":
            vendor_class = context.kept.pop((_CLASS, transaction), "")
            fields = {"vendor_class": vendor_class, "interface": interface, "trouble": words}
            return dhcp_words.discover(context, mac, **fields)
        case "OFFER":
            return _offer(context, mac, address, transaction)
        case "REQUEST":
            dhcp_words.named(context, mac, context.kept.pop((_CLASS, transaction), ""))
            return dhcp_words.ignored(context, mac, words) if words else []
        case "ACK":
            (leased,) = dhcp_words.ack(context, mac, address)
            return _hold(context, leased, transaction) if transaction else [leased]
        case "NAK":
            return dhcp_words.nak(context, mac, address, words)
        case "DECLINE":
            return dhcp_words.decline(context, mac, address)
        case "RELEASE":
            return dhcp_words.release(context, mac, address)
    return dhcp_words.inform(context, mac, address)


def _offer(context: Context, mac: str, address: str, transaction: str) -> Observations:
    """Keep an offer until its options are logged; without ``log-dhcp`` dnsmasq never logs them."""
    if not transaction:
        return dhcp_words.offer(context, mac, address)
    (offered,) = dhcp_words.offer(context, mac, address, "")
    return _hold(context, offered, transaction)


def _hold(context: Context, observation: Observation, transaction: str) -> Observations:
    context.kept[_ANSWER] = (observation, transaction, 0)
    return []


def finish(context: Context) -> Observations:
    """Return the answer that is still kept for its options."""
    held, _, _ = context.kept.pop(_ANSWER, (None, "", 0))
    return [held] if held else []


def _vendor_class(found: re.Match[str], context: Context) -> Observations:
    remember(context.kept, (_CLASS, found[1]), found[2].strip())
    return []


def _tftp_server(found: re.Match[str], context: Context) -> Observations:
    """Add the TFTP server to the offer: option 150 has precedence, siaddr comes last."""
    transaction, siaddr, code, option = found.groups()
    held, of, rank = context.kept.get(_ANSWER, (None, "", 0))
    new = _RANKS[code or ""]
    if held and of == transaction and new >= rank and isinstance(held.event, AddressOffered):
        server = siaddr or option
        context.kept[_ANSWER] = (Observation(replace(held.event, tftp_server=server)), of, new)
    return []


def _lease_time(found: re.Match[str], context: Context) -> Observations:
    """Add the lease time to the lease; it stays 0 for ``infinite``."""
    held, of, rank = context.kept.get(_ANSWER, (None, "", 0))
    if held and of == found[1] and isinstance(held.event, AddressLeased):
        seconds = sum(int(number) * _UNITS[unit] for number, unit in _DURATION.findall(found[2]))
        context.kept[_ANSWER] = (Observation(replace(held.event, seconds=seconds)), of, rank)
    return []


def _sent(found: re.Match[str], context: Context) -> Observations:
    name, address = found.groups()
    request = tftp_words.request_of(context, address)
    return tftp_words.sent(context, request._replace(at=context.at, name=file_name(name)))


def _not_found(found: re.Match[str], context: Context) -> Observations:
    name, address = found.groups()
    return tftp_words.not_found(context, address or "", name, "not found")


def _failed(found: re.Match[str], context: Context) -> Observations:
    name, address = found.groups()
    reason = context.kept.pop((_ERROR, address), "the phone stopped acknowledging")
    return tftp_words.failed(context, address, name, reason)


def _in_another_language(found: re.Match[str], context: Context) -> Observations:
    """Read a translated line: a path and the phone's address, whose order depends on the language."""
    path, address = _PATH.search(found[1]), re.search(ADDRESS, found[1])
    if path is None or not kind_of(path[1]):
        return []
    where = address[1] if address else ""
    if _NOT_FOUND.search(found[1]):
        return tftp_words.not_found(context, where, path[1], "not found")
    if _FAILED.search(found[1]):
        return tftp_words.failed(context, where, path[1], "the phone stopped acknowledging")
    if not where:
        return []
    return tftp_words.sent(context, Requested(context.at, file_name(path[1]), where))


def _error(found: re.Match[str], context: Context) -> Observations:
    """Read an error that the phone sent; the next line names the file."""
    remember(context.kept, (_ERROR, found[2]), found[1])
    return []


def _no_access(found: re.Match[str], context: Context) -> Observations:
    name, reason = found.groups()
    return tftp_words.refused(context, "", name, reason)


_VENDOR_CLASS = "[Vv]endor [Cc]lass|klasa dostawcy|მომწოდებლის კლასი"
_PATH = re.compile(r"(/\S+)")
_NOT_FOUND = re.compile(r"nicht gefunden|non trouv|nie został znaleziony|ვერ ვიპოვე")
_FAILED = re.compile(r"nicht an .* senden|impossible d.envoyer|błąd wysyłania|გაგზავნის შეცდომა")
"""Words for "failed" in dnsmasq's translated TFTP lines: German, French, Polish, Georgian."""
_TRANSACTION = re.compile(r"\b(\d+) $", re.ASCII)
"""The transaction ID before the message, which ``log-dhcp`` adds."""
_KINDS = "DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE|INFORM"

read = reader_of(
    (
        row(rf"DHCP({_KINDS})\(([^)\s]*)\) (.*)$", _dhcp),
        row(rf"\b(\d{{5,}}) [^:]*(?:{_VENDOR_CLASS})[^:]*: ?(.*)$", _vendor_class),
        row(
            rf"\b(\d+) (?:next server: {ADDRESS}|sent size:\s*\d+ option:\s*(150|66) +(?:\D* )?(\S+)\s*$)",
            _tftp_server,
        ),
        row(r"\bTFTP sent (\S.*?) to " + ADDRESS + r"\s*$", _sent),
        row(rf"dnsmasq(?:-tftp)?(?:\[\d+\])?: sent (\S.*?) to {ADDRESS}\s*$", _sent),
        row(rf"dnsmasq.*\bfile (.+?) not found(?: for {ADDRESS})?\s*$", _not_found),
        row(rf"dnsmasq.*\bfailed sending (.+?) to {ADDRESS}", _failed),
        row(r"\b(\d+) sent size:\s*\d+ option:\s*51 lease-time +(\S+)", _lease_time),
        row(rf"dnsmasq.*\berror \d+ (.*?) received from {ADDRESS}", _error),
        row(r"dnsmasq.*\bcannot access (.+?): (.+)$", _no_access),
        row(r"dnsmasq-tftp(?:\[\d+\])?: (.*)$", _in_another_language),
        row(r"\bdnsmasq(?:-dhcp|-tftp)?(?:\[\d+\])?: ", nothing),
    )
)
"""Read a line of dnsmasq."""
