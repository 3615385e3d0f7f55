"""The lease files of other DHCP servers: Kea's CSV, ISC dhcpd's blocks, dnsmasq's lines.

A file may be a journal, or may be read while the server writes it. So the last of several records of an
address counts, and a broken or truncated record is skipped without an error.

Sources: Kea's Administrator Reference Manual, "Why Is Lease File Cleanup Necessary"; dhcpd.leases(5);
dnsmasq(8), ``--dhcp-leasefile``.
"""

import re
from calendar import timegm
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import NamedTuple

from ringup.wire.mac import parse as parse_mac


class FileLease(NamedTuple):
    """The lease record of one address in such a file."""

    address: str
    mac: str
    """Twelve upper-case digits; empty: the record gives no Ethernet address."""
    ends: float
    """Unix seconds; infinity: never; 0: the address is not leased."""


_KEA, _ISC, _DNSMASQ = "Kea", "ISC dhcpd", "dnsmasq"

_KEA_HEADER = "address,hwaddr,"
_KEA_FOREVER = 0xFFFFFFFF
_DNSMASQ_LINE = re.compile(r"(?:\d+ \S+ \S+ \S+ \S+|duid \S+)\s*$", re.ASCII | re.MULTILINE)
_ISC_WORD = re.compile(
    r"^\s*(?:lease\s+[\d.]+\s*\{|(?:authoring-byte-order|server-duid|failover|host|ia-na|ia-ta|ia-pd)\b)"
    r"|^# The format of this file is documented in the dhcpd\.leases",
    re.ASCII | re.MULTILINE,
)
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_COMMENT = re.compile(r"#[^\n]*")
_ISC_ON = re.compile(r"^\s*on\s[^{}]*\{[^{}]*\}", re.ASCII | re.MULTILINE)
"""A nested block, which holds commands for the end of a lease."""
_ISC_LEASE = re.compile(r"^lease\s+(\d+(?:\.\d+){3})\s*\{([^{}]*)^\}", re.ASCII | re.MULTILINE)
_ISC_ENDS = re.compile(
    r"^\s*ends\s+(?:(never)|epoch\s+(\d+)|\d\s+(\d+)/(\d+)/(\d+)\s+(\d+):(\d+):(\d+))",
    re.ASCII | re.MULTILINE,
)
_ISC_STATE = re.compile(r"^\s*binding\s+state\s+(\w+)", re.ASCII | re.MULTILINE)
_ISC_MAC = re.compile(r"^\s*hardware\s+ethernet\s+([0-9A-Fa-f:]+)", re.ASCII | re.MULTILINE)
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


def form_of(text: str) -> str:
    """Return the server that wrote a file: ``Kea``, ``ISC dhcpd`` or ``dnsmasq``; empty: another format."""
    if text.startswith(_KEA_HEADER):
        return _KEA
    if _DNSMASQ_LINE.match(text):
        return _DNSMASQ
    return _ISC if _ISC_WORD.search(text) else ""


def living_leases(text: str) -> dict[str, FileLease]:
    """Return the last record of each leased address; an unknown format has none.

    The records include leases that have ended since; the caller compares their ends with the present time.
    """
    records = _RECORDS.get(form_of(text), _none)(text)
    last = {record.address: record for record in records}
    return {address: record for address, record in last.items() if record.ends and record.mac}


def _kea(text: str) -> Iterator[FileLease]:
    """Read Kea's columns by their names, because newer versions add columns; a line without a line end is
    truncated.
    """
    lines = text[: text.rfind("\n") + 1].splitlines()
    names = lines[0].split(",") if lines else []
    for line in lines[1:]:
        row = dict(zip(names, line.split(","), strict=False))  # Kea writes a comma as &#x2c.
        address, seconds, ends = (row.get(name, "") for name in ("address", "valid_lifetime", "expire"))
        if _ADDRESS.fullmatch(address) and _NUMBER.fullmatch(seconds) and _NUMBER.fullmatch(ends):
            leased = row.get("state", "0") == "0" and int(seconds)
            until = inf if int(seconds) == _KEA_FOREVER else float(ends)
            yield FileLease(address, _mac(row.get("hwaddr", "")), until if leased else 0.0)


def _isc(text: str) -> Iterator[FileLease]:
    """Read ISC dhcpd's blocks, after quoted texts are removed, which may contain braces and number signs."""
    plain = _ISC_ON.sub("", _COMMENT.sub("", _QUOTED.sub('""', text)))
    for address, body in _ISC_LEASE.findall(plain):
        state, mac = _ISC_STATE.search(body), _ISC_MAC.search(body)
        leased = state is None or state[1] == "active"
        yield FileLease(address, _mac(mac[1] if mac else ""), _isc_end(body) if leased else 0.0)


def _isc_end(body: str) -> float:
    found = _ISC_ENDS.search(body)
    if found is None:
        return 0.0
    never, epoch, *date = found.groups()
    if never:
        return inf
    try:
        return float(epoch or timegm(tuple(int(part) for part in date)))
    except (ValueError, OverflowError):
        return 0.0


def _dnsmasq(text: str) -> Iterator[FileLease]:
    """Read dnsmasq's lines before the line ``duid`` and its IPv6 leases; an end of 0 means never."""
    for line in text[: text.rfind("\n") + 1].splitlines():
        words = line.split(" ")
        if len(words) >= 4 and _NUMBER.fullmatch(words[0]) and _ADDRESS.fullmatch(words[2]):
            yield FileLease(words[2], _mac(words[1]), float(words[0]) or inf)


def _none(_text: str) -> Iterator[FileLease]:
    return iter(())


def _mac(text: str) -> str:
    """Return the MAC; empty for other hardware, whose address has a type before it or another length."""
    try:
        return parse_mac(text)
    except ValueError:
        return ""


_RECORDS: Mapping[str, Callable[[str], Iterator[FileLease]]] = {_KEA: _kea, _ISC: _isc, _DNSMASQ: _dnsmasq}
