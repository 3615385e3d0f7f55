"""Read the syslog lines of tftpd-hpa, and of other TFTP servers that descend from BSD's tftpd.

tftpd-hpa logs requests with ``-v`` and errors with ``-vv``; the builds of Red Hat and its derivatives also
log how a transfer ended. The tftpd of FreeBSD and macOS logs a request after it has opened the file, or
failed to open it. "finished" does not count as an outcome, because it is logged when the last block is sent,
before its ACK.
"""

import re

from ringup.evidence import tftp_words
from ringup.evidence.observation import ADDRESS, Context, Observations, remember
from ringup.evidence.rows import nothing, reader_of, row
from ringup.wire.file_names import base_name

_REMAPPED = "tftpd-hpa remapped"
_PROCESS = re.compile(r"\[(\d+)\]", re.ASCII)


def _request(found: re.Match[str], context: Context) -> Observations:
    address, name = found.groups()
    process = _PROCESS.search(found.string, 0, found.start())
    name, _, looked_for = name.partition(" remapped to ")
    if looked_for:
        remember(context.kept, (_REMAPPED, address), looked_for.strip())
    else:
        context.kept.pop((_REMAPPED, address), None)
    return tftp_words.requested(context, address, name, thread=process[1] if process else "")


def _error(found: re.Match[str], context: Context) -> Observations:
    code, reason, address = found.groups()
    if looked_for := context.kept.get((_REMAPPED, address)):
        reason = tftp_words.not_found_as(reason, looked_for)
    return tftp_words.error(context, address, code, reason)


def _not_found(found: re.Match[str], context: Context) -> Observations:
    """Read that a file was not found; Red Hat's build logs the name after its rewrite rules were applied."""
    address, looked_for = found.groups()
    name = tftp_words.request_of(context, address).name or looked_for
    is_changed = base_name(looked_for).strip() != base_name(name)
    reason = "File not found"
    if is_changed:
        reason = tftp_words.not_found_as(reason, looked_for)
    return tftp_words.not_found(context, address, name, reason)


def _broken(found: re.Match[str], context: Context) -> Observations:
    process, reason = found.groups()
    request = context.requested.get(process or "")
    return tftp_words.failed(context, request.address, request.name, reason) if request else []


def _not_allowed(found: re.Match[str], context: Context) -> Observations:
    return tftp_words.ignored(context, found[1], "refused by hosts.allow or hosts.deny")


def _bsd(found: re.Match[str], context: Context) -> Observations:
    """Read a request in the log of OpenBSD's tftpd, which quotes the name and logs no outcome."""
    host, name, outcome = found.groups()
    address = host if host.count(".") == 3 else ""
    if outcome is None or outcome.lower() == "success":
        return tftp_words.requested(context, address, name)
    if "not found" in outcome.lower() or "no such file" in outcome.lower():
        return tftp_words.not_found(context, address, name, outcome)
    return tftp_words.refused(context, address, name, outcome)


read = reader_of(
    (
        row(rf"\bRRQ from {ADDRESS} filename (.+)$", _request),
        row(rf"\bsending NAK \((\d+), (.*?)\) to {ADDRESS}", _error),
        row(rf"\bClient {ADDRESS} File not found (.+)$", _not_found),
        row(rf"\bClient {ADDRESS} (?:finished|timed out) ", nothing),
        row(r"tftpd\[(\d+)\].*\btftpd: (?:read|write)(?:\(ack\))?: (.+)$", _broken),
        row(rf"tftpd.*\bconnection refused from {ADDRESS}", _not_allowed),
        row(r"\b(\d[\d.]+\d|[A-Za-z][\w.-]*): read request for (?://)?(.+?)(?:: (.+))?$", _bsd),
        row(r"in\.tftpd\[\d+\]: (?:connect from|remap: )|tftpd\[\d+\]: .*write request", nothing),
    )
)
"""Read a line of in.tftpd or another BSD tftpd."""
