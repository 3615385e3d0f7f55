"""MAC addresses: twelve upper-case hexadecimal digits, as in the file names that phones request."""

import re

LENGTH = 6
"""Bytes of an Ethernet address."""

_SEPARATORS = re.compile(r"[-:.\s]")
_SPELT = re.compile(r"(?:SEP)?([0-9A-F]{12})", re.IGNORECASE | re.ASCII)


def from_bytes(data: bytes) -> str:
    """Return the first six bytes of a hardware address as a MAC; empty for fewer than six bytes."""
    return data[:LENGTH].hex().upper() if len(data) >= LENGTH else ""


def to_bytes(mac: str) -> bytes:
    """Return the six bytes of a MAC in any spelling; raises ValueError for any other text."""
    return bytes.fromhex(parse(mac))


def parse(text: str) -> str:
    """Read any spelling (``00:16:46:c0:ff:ee``, ``0016.46C0.FFEE``, ``SEP001646…``); raises ValueError."""
    spelt = _SPELT.fullmatch(text) or _SPELT.fullmatch(_SEPARATORS.sub("", text))
    if not spelt:
        raise ValueError(f"{text!r} is not a MAC address: it needs 12 hexadecimal digits.")
    return spelt[1].upper()


def with_colons(mac: str) -> str:
    """Return a MAC as the kernel spells it: ``00:16:46:c0:ff:ee``."""
    return to_bytes(mac).hex(":")
