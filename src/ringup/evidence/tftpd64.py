"""Read Tftpd32's and Tftpd64's lines, copied from the log window or from the log file.

The line "Connection received" contains the address, and the next line about that connection contains the file
name. Lines of several phones are mixed, so a file name is assigned to the oldest connection without one.
"sent" is logged after the ACK of the last block. The patterns come from public forum threads; Windows writes
its part of a message in its own language.
"""

import re
from collections import deque

from ringup.evidence import dhcp_words, tftp_words
from ringup.evidence.observation import (
    ADDRESS,
    HARDWARE,
    Context,
    Observations,
    Requested,
    file_name,
    mac_of,
    remember,
)
from ringup.evidence.rows import nothing, reader_of, row

_WAITING, _FILES, _CLIENT = "Tftpd64 connections", "Tftpd64 file", "Tftpd64 client"
_MOST_WAITING = 64
_WAIT_SECONDS = 2.0
"""Maximum seconds between a connection and its file name; a connection without a name is forgotten after
them.
"""
_BLOCK = re.compile(r"block #(\d{1,5})")
_BLOCK_SIZE = 512
"""Bytes per block, because the phones do not request another block size (RFC 1350)."""
_NAME = r"(?:<|&lt;)(.+?)(?:>|&gt;)"


def _connection(found: re.Match[str], context: Context) -> Observations:
    waiting = context.kept.setdefault(_WAITING, deque(maxlen=_MOST_WAITING))
    while waiting and waiting[0][0] < context.at - _WAIT_SECONDS:
        waiting.popleft()
    waiting.append((context.at, found[1], found[2] or ""))
    return []


def _request(found: re.Match[str], context: Context) -> Observations:
    waiting = context.kept.get(_WAITING)
    if not waiting:
        return []
    _, address, port = waiting.popleft()
    name = file_name(found[1])
    remember(context.kept, (_FILES, name), Requested(context.at, name, address))
    return tftp_words.requested(context, address, name, port=port)


def _write_request(_found: re.Match[str], context: Context) -> Observations:
    if waiting := context.kept.get(_WAITING):
        waiting.popleft()
    return []


def _known(context: Context, name: str) -> Requested:
    name = file_name(name)
    known: Requested | None = context.kept.get((_FILES, name))
    return known or Requested(context.at, name, context.last.address if context.last else "")


def _error(found: re.Match[str], context: Context) -> Observations:
    name, number, reason = found.groups()
    request = _known(context, name)
    outcome = tftp_words.not_found if number in ("2", "3") else tftp_words.refused
    return outcome(context, request.address, request.name, reason.strip(" .") or f"error {number}")


def _sent(found: re.Match[str], context: Context) -> Observations:
    name, size = found.groups()
    request = _known(context, name)
    return tftp_words.sent(context, request, int(size)) if request.address else []


def _broken(found: re.Match[str], context: Context) -> Observations:
    last = context.last
    block = _BLOCK.search(found[0])
    acknowledged = max(int(block[1]) - 1, 0) * _BLOCK_SIZE if block else 0
    reason = found[0].strip()
    return tftp_words.failed(context, last.address, last.name, reason, acknowledged) if last else []


def _dhcp(found: re.Match[str], context: Context) -> Observations:
    kind, address, hardware = found.groups()
    mac = mac_of(hardware)
    context.kept[_CLIENT] = mac
    match kind.lower():
        case "discover":
            return dhcp_words.discover(context, mac)
        case "decline":
            return dhcp_words.decline(context, mac, address)
        case "release":
            return dhcp_words.release(context, mac, address)
        case "inform":
            return dhcp_words.inform(context, mac, address)
    remember(context.kept, (_CLIENT, mac), address)
    return []


def _proposed(found: re.Match[str], context: Context) -> Observations:
    mac = context.kept.get(_CLIENT, "")
    remember(context.kept, ("Tftpd64 offer", mac), found[1])
    return dhcp_words.offer(context, mac, found[1]) if mac else []


def _acked(found: re.Match[str], context: Context) -> Observations:
    mac = context.kept.get(_CLIENT, "")
    address = found[1] or context.kept.get(("Tftpd64 offer", mac), "")
    return dhcp_words.ack(context, mac, address) if mac and address else []


read = reader_of(
    (
        row(rf"\bConnection received from {ADDRESS}(?: on port (\d+))?", _connection),
        row(rf"\bRead request for file {_NAME}", _request),
        row(r"\bWrite request for file ", _write_request),
        row(rf"\bFile {_NAME} ?: error (\d+) in system call \w+(.*?)(?:\[\d\d/\d\d .*)?$", _error),
        row(rf"{_NAME} ?: sent \d+ blks?, (\d+) bytes", _sent),
        row(r"\b(?:TIMEOUT while|TIMEOUT waiting|MAX RETRIES|Peer returns ERROR)[^\[]*", _broken),
        row(rf"\bRcvd DHCP (\w+) Msg for IP {ADDRESS}, Mac {HARDWARE}", _dhcp),
        row(rf"\bDHCP: proposed address {ADDRESS}", _proposed),
        row(rf"\bPreviously allocated address (?:{ADDRESS} )?acked", _acked),
        row(
            r"\bUsing local port \d+|\bOACK: (?:<|&lt;)|\bRequest \d not processed|Client requested address",
            nothing,
        ),
    )
)
"""Read a line of Tftpd32 or Tftpd64."""
