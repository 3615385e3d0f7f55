"""CDP announcements: version, TTL, checksum, then records of type, length and value (P-CDP-1, P-CDP-2).

`frame` writes what `captured.captured` finds in an Ethernet frame, and `build` writes what `parse` reads.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ringup.errors import WireError
from ringup.wire import ethernet
from ringup.wire.reader import Reader

DEVICE, ADDRESSES, PORT, CAPABILITIES, SOFTWARE, PLATFORM = range(1, 7)
NATIVE_VLAN, DUPLEX, VOICE_VLAN, VLAN_QUERY, POWER, TRUST, CLASS_OF_SERVICE = (
    0x000A, 0x000B, 0x000E, 0x000F, 0x0010, 0x0012, 0x0013,
)  # fmt: skip
VERSION, HOLD_SECONDS = 2, 180
"""The version that phones and switches send, and the seconds for which an announcement is valid (P-CDP-1)."""
_VERSIONS = (1, 2)
NO_VLAN = -1
"""The voice VLAN of an announcement that names none."""
PRIORITY_ONLY, UNTAGGED = 0, 4095
"""Values instead of a VLAN: tag frames with VLAN 0 and a priority, or send them untagged (P-CDP-5)."""

GROUP = "01000CCCCCCC"
"""The address to which every device sends CDP."""
LLC_AND_SNAP = bytes.fromhex("aaaa0300000c2000")
"""The LLC and SNAP headers, between the length field and the announcement."""
_SHORTEST_FRAME = 60


class Announcement(NamedTuple):
    """A CDP announcement: the records that identify a device, and those about its voice VLAN."""

    device: str
    platform: str
    software: str
    port: str
    voice_vlan: int
    """0 to 4095 (P-CDP-5), or `NO_VLAN`."""
    milliwatts: int
    """Power in milliwatts that the device takes from the switch; 0: it announces none."""
    asks_for_vlan: bool = False
    """True if the announcement contains the query for a voice VLAN (P-CDP-2)."""
    hold_seconds: int = HOLD_SECONDS
    """Seconds for which the announcement is valid."""

    @property
    def is_of_a_phone(self) -> bool:
        """Return whether a phone sent it: a switch neither asks for a voice VLAN nor calls itself a phone."""
        return self.asks_for_vlan or "phone" in self.platform.lower()


def build(records: Iterable[tuple[int, bytes]]) -> bytes:
    """Return an announcement of these types and values, with its checksum."""
    body = b"".join(
        kind.to_bytes(2, "big") + (len(value) + 4).to_bytes(2, "big") + value for kind, value in records
    )
    head = bytes((VERSION, HOLD_SECONDS))
    return head + checksum(head + bytes(2) + body).to_bytes(2, "big") + body


def frame(source_mac: str, announcement: bytes) -> bytes:
    """Return the 802.3 frame of an announcement, for an AF_PACKET socket."""
    data = LLC_AND_SNAP + announcement
    head = bytes.fromhex(GROUP + source_mac) + len(data).to_bytes(2, "big")
    return (head + data).ljust(_SHORTEST_FRAME, b"\0")


def checksum(data: bytes) -> int:
    """Return an announcement's checksum; it is 0 if the announcement contains its correct checksum.

    It is the Internet checksum, except for the last byte of an odd length (P-CDP-7).
    """
    if len(data) % 2:
        last = data[-1]
        data = data[:-1] + (bytes((0xFF, last - 1)) if last > 0x7F else bytes((0, last)))
    return ethernet.checksum(data)


def addresses(*ipv4: bytes) -> bytes:
    """Return the value of the record of addresses, each of four bytes (P-CDP-2)."""
    head = bytes.fromhex("0101cc0004")
    return len(ipv4).to_bytes(4, "big") + b"".join(head + each for each in ipv4)


def voice_vlan(vlan: int) -> bytes:
    """Return the value of the record that names a voice VLAN (P-CDP-4)."""
    return b"\x01" + vlan.to_bytes(2, "big")


def parse(data: bytes) -> Announcement:
    """Read an announcement after its LLC and SNAP headers; raises WireError."""
    reader = Reader(data)
    version = reader.uint8("a version")
    if version not in _VERSIONS:
        raise WireError(f"CDP has no version {version}", 0)
    hold_seconds = reader.uint8("a TTL")
    reader.take(2, "a checksum")
    records = _records(reader)
    device, platform, software, port = (_text(records, kind) for kind in (DEVICE, PLATFORM, SOFTWARE, PORT))
    power = int.from_bytes(records.get(POWER, b"")[:2], "big")
    vlan = _vlan(records.get(VOICE_VLAN, b""))
    return Announcement(device, platform, software, port, vlan, power, VLAN_QUERY in records, hold_seconds)


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
    """Read the VLAN after the first byte of a voice VLAN record (P-CDP-4)."""
    return int.from_bytes(value[1:3], "big") & 0x0FFF if len(value) == 3 else NO_VLAN
