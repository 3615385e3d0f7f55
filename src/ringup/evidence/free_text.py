"""Read any line that names a boot file of a Cisco phone: other servers' logs, HTTP access logs, forum posts.

A line with a file name that contains a MAC, or with a file name and an address, counts as a request; its
words give the outcome. "Sent" and "finished" do not prove that a file arrived, so for a known request they
add nothing. An address after a word like "server" is not taken for the phone's.
"""

import re
from itertools import islice

from ringup.evidence import dhcp_words, tftp_words
from ringup.evidence.observation import (
    ADDRESS,
    HARDWARE,
    Context,
    Observations,
    file_name,
    is_address,
    mac_of,
)
from ringup.wire.file_names import NameKind, kind_of, owner_of

MOST_NAMES = 8
"""Maximum number of file names, and of addresses, that are read from a line."""
_BEFORE = 24
"""Number of characters before an address in which words show whose address it is."""
_TOKEN = re.compile(
    r"(?<![\w./\\~-])[\w./\\~-]*[\w-]"
    r"\.(?:cnf\.xml(?:\.sgn)?|cnf|tlv|loads|sb2|sbn|sbin|bin|txt|dat|xml|pcm|jar)(?![\w.-]*\w)",
    re.IGNORECASE | re.ASCII,
)
_WEAK = (NameKind.CNF, NameKind.XML, NameKind.OTHER_IMAGE, NameKind.RING_TONE, NameKind.BLANK_AT_END)
"""Kinds of file that other devices request too: the line counts only if it mentions TFTP or HTTP."""
_SPEAKS = re.compile(r"tftp|rrq|\bread req|\brequest|\bGET /|\bdownload|\bfetch", re.IGNORECASE)
_ADDRESSES = re.compile(rf"(?<![\w.:]){ADDRESS}(?:[:.](\d{{1,5}}))?(?![\w.]*\d)", re.ASCII)
_OF_THE_SERVER = re.compile(
    r"(?:server|via|listening on|local|proxy|option 150|option 66|next-server)\W{0,3}$", re.IGNORECASE
)
_PHONE = re.compile(r"(?:from|client|by|peer|remote|host|phone|for|\bto)\W{0,3}$", re.IGNORECASE)
_TFTP_PORT = "69"
_OUTCOMES = tuple(
    (re.compile(words, re.IGNORECASE), outcome)
    for words, outcome in (
        (
            r"not found|no match|no such file|doesn'?t exist|does not exist|cannot find|can't find|nonexist"
            r"|(?:unable|failed|could not|cannot) (?:to )?open|\berror 1\b|\" 404\b",
            "absent",
        ),
        (r"denied|access violation|forbidden|not allowed|\berror 2\b|\" 40[13]\b", "refused"),
        (r"time[d ]?-?out|aborted|gave up|cancell?ed|\bfail(?:ed|ure)?\b", "failed"),
        (r"\bsent\b|finish|complete|transferred|success|done|served\b", "said to be sent"),
    )
)
"""Words about the outcome of a request, and their meaning; the first row that matches a line counts."""
_ALREADY = 120.0
"""Seconds after a logged request within which a line about the same file reports that request's outcome."""
_AGAIN = re.compile(
    r"\balready (?:being )?(?:processing|processed|serving|served|handling)\b.*?\brequest"
    r"|\bduplicated? (?:read )?request"
    r"|\brequest (?:is )?already (?:being )?(?:processed|served)",
    re.IGNORECASE,
)
"""Words of a server that received a request again while it still worked on the first one."""
_DHCP = re.compile(r"\bDHCP ?-?(DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE)\b", re.IGNORECASE)
_MAC = re.compile(rf"(?<![\w:.-]){HARDWARE}(?![\w:.-]*\w)", re.ASCII)


def read(line: str, context: Context) -> Observations | None:
    """Read a line that names a boot file, or a DHCP message with a MAC."""
    name = _boot_file(line)
    address = _phone_address(line) if name else ""
    if name and not address and context.last and context.last.name == file_name(name):
        address = context.last.address if context.at - context.last.at < _ALREADY else ""
    if address or owner_of(name):
        return _file_outcome(line, name, address, context)
    return _repeated(line, context) if _AGAIN.search(line) else _dhcp(line, context)


def _repeated(line: str, context: Context) -> Observations | None:
    """Read that a request was repeated: for the last file of the line's address, or of the line before."""
    address = _phone_address(line)
    before = context.requested.get(address) if address else context.last
    if before is None or context.at - before.at > _ALREADY:
        return None
    return tftp_words.requested(context, before.address, before.name)


def _boot_file(line: str) -> str:
    for found in islice(_TOKEN.finditer(line), MOST_NAMES):
        kind = kind_of(found[0])
        if kind is not None and (kind not in _WEAK or _SPEAKS.search(line)):
            return found[0]
    return ""


def _phone_address(line: str) -> str:
    """Return the phone's address: preferably one after a word like "from" or "client", else the first; else
    empty.
    """
    best, rank = "", 0
    for found in islice(_ADDRESSES.finditer(line), MOST_NAMES):
        address, port = found.groups()
        before = line[max(found.start() - _BEFORE, 0) : found.start()]
        if not is_address(address) or port == _TFTP_PORT or _OF_THE_SERVER.search(before):
            continue
        value = 2 if _PHONE.search(before) else 1
        if value > rank:
            best, rank = address, value
    return best


def _file_outcome(line: str, name: str, address: str, context: Context) -> Observations:
    outcome = next((outcome for words, outcome in _OUTCOMES if words.search(line)), "")
    before = context.requested.get(address or owner_of(name))
    is_known = before is not None and before.name == file_name(name) and context.at - before.at < _ALREADY
    if outcome == "absent":
        return tftp_words.not_found(context, address, name, "not found")
    if outcome == "refused":
        return tftp_words.refused(context, address, name, "refused")
    if outcome == "failed" and is_known:
        return tftp_words.failed(context, address, name, "broken off")
    if outcome and is_known:
        return []
    return tftp_words.requested(context, address, name, thread=owner_of(name))


def _dhcp(line: str, context: Context) -> Observations | None:
    """Read a DHCP message of a server whose log format is unknown: the message type, the MAC, and the
    address.
    """
    found, hardware = _DHCP.search(line), _MAC.search(line)
    if found is None or hardware is None:
        return None
    kind, mac = found[1].upper(), mac_of(hardware[1])
    addresses = [each[1] for each in _ADDRESSES.finditer(line, found.end()) if is_address(each[1])]
    address = addresses[0] if addresses else ""
    if kind == "DISCOVER":
        return dhcp_words.discover(context, mac)
    if kind == "OFFER":
        return dhcp_words.offer(context, mac, address)
    if kind == "ACK" and address:
        return dhcp_words.ack(context, mac, address)
    if kind == "NAK":
        return dhcp_words.nak(context, mac, address, "")
    return []
