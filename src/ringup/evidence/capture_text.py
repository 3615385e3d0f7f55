"""Read captures printed as text: TFTP and SIP from tshark, Wireshark and tcpdump, also as pasted tables.

A SIP line in this format has no headers: it contains the method or the status, and the addresses without
ports.
"""

import re

from ringup.events import SipSeen
from ringup.evidence import tftp_words
from ringup.evidence.observation import ADDRESS, Context, Observation, Observations, remember
from ringup.evidence.rows import nothing, reader_of, row

_ADDRESSES = rf"{ADDRESS}[\s\",;|]+(?:(?:→|->|>)[\s\",;|]*)?{ADDRESS}[\s\",;|]+"
_FROM_TO = rf"{_ADDRESSES}TFTP\b"
_SIP = rf"{_ADDRESSES}SIP(?:/\w+)?\b"
_TCPDUMP = rf"\bIP {ADDRESS}\.(\d+) > {ADDRESS}\.(\S+?): "
_CODES = {"file not found": "1", "access violation": "2", "enotfound": "1", "eaccess": "2"}


def _request(found: re.Match[str], context: Context) -> Observations:
    address, _, name = found.groups()
    return tftp_words.requested(context, address, name)


def _error(found: re.Match[str], context: Context) -> Observations:
    """Read an error packet; its destination is the phone, if that address requested a file before."""
    sender, receiver, words = found.groups()
    if receiver not in context.requested:
        request = context.requested.get(sender)
        return tftp_words.failed(context, sender, request.name, words.strip()) if request else []
    code = next((code for key, code in _CODES.items() if key in words.lower()), "0")
    return tftp_words.error(context, receiver, code, words.strip(' ,"'))


def _tcpdump_request(found: re.Match[str], context: Context) -> Observations:
    address, port, _, _, name = found.groups()
    return tftp_words.requested(context, address, name, port=port)


def _tcpdump_error(found: re.Match[str], context: Context) -> Observations:
    _, _, receiver, _, word = found.groups()
    return tftp_words.error(context, receiver, _CODES.get(word.lower(), "0"), word)


def _sip_request(found: re.Match[str], context: Context) -> Observations:
    source, destination, method = found.groups()
    remember(context.kept, ("SIP line", source, destination), method)
    event = SipSeen(context.at, "", source, destination, method, 0, "", "", "", False, "")
    return [Observation(event, source if method == "REGISTER" else "")]


def _sip_answer(found: re.Match[str], context: Context) -> Observations:
    source, destination, status = found.groups()
    method = context.kept.get(("SIP line", destination, source), "")
    event = SipSeen(context.at, "", source, destination, method, int(status), "", "", "", False, "")
    return [Observation(event, destination if method == "REGISTER" else "")]


read = reader_of(
    (
        row(rf"{_FROM_TO}.*?\bRead Request, File: ([^,\"]+)", _request),
        row(rf"{_FROM_TO}.*?\bError Code, Code: (.*)$", _error),
        row(rf"{_TCPDUMP}.*?\bRRQ \"([^\"]+)\"", _tcpdump_request),
        row(rf"{_TCPDUMP}.*?\bERROR (E?[A-Z]+)", _tcpdump_error),
        row(rf"{_SIP}.*?\bRequest: ([A-Z]+) ", _sip_request),
        row(rf"{_SIP}.*?\bStatus: (\d\d\d)\b", _sip_answer),
        row(rf"{_FROM_TO}", nothing),
    )
)
"""Read a line of a capture that was printed as text."""
