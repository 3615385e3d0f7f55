"""The container of a 78xx's `.loads` and `.sbn` files; its digest reveals damage without any key.

    0    CD 34 12 AB                               20   SHA-256 of the payload, 32 bytes
    4    length of the header, little-endian       52   length of the name with its NUL, little-endian
    12   length of the payload, little-endian      56   the file's name

Source: measured on five genuine files (docs/reference/firmware-container.md#other-models).
"""

import hashlib
from dataclasses import dataclass

from ringup.errors import WireError

MAGIC = bytes.fromhex("cd3412ab")
NAME_START = 56
_HEADER_LENGTH_START, _PAYLOAD_LENGTH_START, _DIGEST_START, _NAME_LENGTH_START = 4, 12, 20, 52


@dataclass(frozen=True, slots=True)
class File78xx:
    """The contents of a container whose lengths and digest are correct."""

    name: str
    """The file's name in the container."""
    payload: bytes


def parse(data: bytes) -> File78xx:
    """Read a container and compare it with its own lengths and digest; raises WireError."""
    if not data.startswith(MAGIC) or len(data) < NAME_START:
        raise WireError("the file has no header of a 78xx", 0)
    header, payload, name_length = (
        int.from_bytes(data[at : at + 4], "little")
        for at in (_HEADER_LENGTH_START, _PAYLOAD_LENGTH_START, _NAME_LENGTH_START)
    )
    if header + payload != len(data):
        raise WireError(f"the file has {len(data)} bytes, its header says {header + payload}", 4)
    if not NAME_START < NAME_START + name_length <= header:
        raise WireError(f"a name of {name_length} bytes does not fit a header of {header}", 52)
    if hashlib.sha256(memoryview(data)[header:]).digest() != data[_DIGEST_START:_NAME_LENGTH_START]:
        raise WireError("the payload does not match its SHA-256", _DIGEST_START)
    name = data[NAME_START : NAME_START + name_length].partition(b"\0")[0].decode("latin-1")
    return File78xx(name, data[header:])
