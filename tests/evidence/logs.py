"""Read texts and captures as if they were files."""

import io
import struct
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from ringup.events import Event
from ringup.evidence.read import read
from ringup.evidence.reading import Reading
from ringup.evidence.source import InputFile

WRITTEN = datetime(2026, 11, 27, 12, 0, tzinfo=UTC).timestamp()
"""The time at which every file of the tests was written."""

MAC = "001646C0FFEE"
PHONE = "10.0.0.11"


def reading(*files: str | bytes, zone: tzinfo = UTC) -> Reading:
    """Return the result of reading these files together; their names are 1, 2, …"""
    data = [file.encode() if isinstance(file, str) else file for file in files]
    sources = [InputFile(str(number), io.BytesIO(each), WRITTEN) for number, each in enumerate(data, start=1)]
    return read(sources, zone)


def events(*files: str | bytes) -> list[Event]:
    """Return the events in these files together."""
    return list(reading(*files).events)


def kinds(*files: str | bytes) -> list[str]:
    """Return the names of the events in these files together."""
    return [type(event).__name__ for event in events(*files)]


def at(hour: int, minute: int, second: float, *, day: int = 27, month: int = 11, year: int = 2026) -> float:
    """Return a time in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() + second


def pcap(packets: Iterable[tuple[float, bytes]], link: int = 1) -> bytes:
    """Return a capture in the classic pcap format."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    rows = (
        struct.pack("<IIII", int(moment), round(moment % 1 * 1e6), len(data), len(data)) + data
        for moment, data in packets
    )
    return head + b"".join(rows)
