"""CDP announcements: version, TTL, checksum, then records of type, length and value (P-CDP-1, P-CDP-2)."""

from collections.abc import Mapping
from typing import NamedTuple

from ringup.errors import WireError
from ringup.wire.reader import Reader

DEVICE, PORT, SOFTWARE, PLATFORM, VOICE_VLAN, VLAN_QUERY, POWER = 1, 3, 5, 6, 0x000E, 0x000F, 0x0010
_VERSIONS = (1, 2)
NO_VLAN = -1
"""No record names a voice VLAN."""


class Announcement(NamedTuple):
    """The records that identify a device."""

    device: str
    platform: str
    software: str
    port: str
    voice_vlan: int
    """0 to 4095 (P-CDP-5), or `NO_VLAN`."""
    milliwatts: int
    """The power that it takes from the switch; 0: no record contains it."""


def parse(data: bytes) -> Announcement:
    """Read an announcement after its LLC and SNAP headers; raises WireError."""
    reader = Reader(data)
    version = reader.uint8("a version")
    if version not in _VERSIONS:
        raise WireError(f"CDP has no version {version}", 0)
    reader.take(3, "TTL and checksum")
    records = _records(reader)
    device, platform, software, port = (_text(records, kind) for kind in (DEVICE, PLATFORM, SOFTWARE, PORT))
    power = int.from_bytes(records.get(POWER, b"")[:2], "big")
    return Announcement(device, platform, software, port, _vlan(records.get(VOICE_VLAN, b"")), power)


def _records(reader: Reader) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while reader.remaining:
        kind, length = reader.uint16("a type"), reader.uint16("a length")
        if length < 4:
            raise WireError(f"a record of {length} bytes is shorter than its header", reader.offset)
        found.setdefault(kind, reader.take(length - 4, f"record {kind}"))
    return found


def _text(records: Mapping[int, bytes], kind: int) -> str:
    return records.get(kind, b"").rstrip(b"\0").decode("latin-1")


def _vlan(value: bytes) -> int:
    """Read one byte and the VLAN (P-CDP-4)."""
    return int.from_bytes(value[1:3], "big") & 0x0FFF if len(value) == 3 else NO_VLAN
