"""Read atftpd's log lines: each transfer is a thread, whose number follows the process number in brackets.

"End of transfer" is logged after the ACK of the last block (``tftpd_file.c``), but only with ``--verbose=7``.
"""

import re

from ringup.evidence import tftp_words
from ringup.evidence.observation import ADDRESS, Context, Observations, Requested
from ringup.evidence.rows import nothing, reader_of, row

_THREAD = r"atftpd\[(\d+(?:\.\d+)?)\]"


def _serving(found: re.Match[str], context: Context) -> Observations:
    thread, name, address, port = found.groups()
    return tftp_words.requested(context, address, name, port=port, thread=thread or "")


def _request(found: re.Match[str], context: Context) -> Requested | None:
    return context.requested.get(found[1] or "") or context.last


def _not_found(found: re.Match[str], context: Context) -> Observations:
    request = _request(found, context)
    return tftp_words.not_found(context, request.address, request.name, "not found") if request else []


def _ended(found: re.Match[str], context: Context) -> Observations:
    request = context.requested.pop(found[1] or "", None)
    return tftp_words.sent(context, request) if request else []


def _silent(found: re.Match[str], context: Context) -> Observations:
    request = tftp_words.request_of(context, found[1])
    return tftp_words.failed(context, request.address, request.name, "the client does not respond")


def _broken(found: re.Match[str], context: Context) -> Observations:
    request = _request(found, context)
    return tftp_words.failed(context, request.address, request.name, found[2]) if request else []


read = reader_of(
    (
        row(rf"(?:{_THREAD}.*)?\bServing (.+?) to {ADDRESS}:(\d+)", _serving),
        row(rf"{_THREAD}.*\bFile (?:.+?) not found", _not_found),
        row(rf"{_THREAD}.*\bEnd of transfer", _ended),
        row(rf"{_THREAD}.*\b(Aborting transfer|received ERROR .*|client sent ERROR.*)", _broken),
        row(rf"{_THREAD}.*\bclient \({ADDRESS}\) not responding", _silent),
        row(rf"{_THREAD}|atftpd: ", nothing),
    )
)
"""Read a line of atftpd."""
