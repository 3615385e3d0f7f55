"""Both capture formats: their packets, their times, and truncated files."""

import io
import struct
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.pcap import CapturedPacket, is_capture, packets


def read(data: bytes) -> list[CapturedPacket]:
    return list(packets(io.BytesIO(data).read))


def pcap(order: str, magic: int, rows: Iterable[tuple[int, int, bytes]]) -> bytes:
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    return head + b"".join(struct.pack(f"{order}IIII", *row[:2], len(row[2]), 99) + row[2] for row in rows)


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int, *, resolution: int | None = None) -> bytes:
    option = b"" if resolution is None else struct.pack(f"{order}HHB3x", 9, 1, resolution) + bytes(4)
    return block(order, 1, struct.pack(f"{order}HHI", link, 0, 65535) + option)


def enhanced(order: str, ticks: int, data: bytes, number: int = 0) -> bytes:
    head = struct.pack(f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), 99)
    return block(order, 6, head + data)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcap_in_both_byte_orders_and_both_units(order: str) -> None:
    micro = pcap(order, 0xA1B2C3D4, [(10, 500_000, b"abc"), (11, 0, b"")])
    assert read(micro) == [CapturedPacket(10.5, 1, b"abc"), CapturedPacket(11.0, 1, b"")]
    assert read(pcap(order, 0xA1B23C4D, [(10, 500_000_000, b"abc")])) == [CapturedPacket(10.5, 1, b"abc")]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_in_both_byte_orders(order: str) -> None:
    data = section(order) + interface(order, 113) + enhanced(order, 10_500_000, b"abcde")
    assert read(data) == [CapturedPacket(10.5, 113, b"abcde")]


def test_options_of_an_interface_before_its_resolution_are_passed_over() -> None:
    name = struct.pack("<HH4s", 2, 3, b"en0")
    resolution = struct.pack("<HHB3x", 9, 1, 9)
    one = block("<", 1, struct.pack("<HHI", 1, 0, 65535) + name + resolution)
    assert read(section("<") + one + enhanced("<", 2_500_000_000, b"ab")) == [CapturedPacket(2.5, 1, b"ab")]


def test_pcapng_with_other_units_several_interfaces_and_other_blocks() -> None:
    order = "<"
    data = (
        section(order)
        + interface(order, 1, resolution=9)
        + interface(order, 101, resolution=0x80 | 10)
        + block(order, 5, b"statistics")
        + enhanced(order, 10_500_000_000, b"a")
        + enhanced(order, 10_752, b"b", number=1)
        + enhanced(order, 1, b"of no interface", number=7)
        + block(order, 3, struct.pack("<I", 4) + b"easy")
        + section(">")
        + interface(">", 113)
        + enhanced(">", 2_000_000, b"c")
    )
    assert read(data) == [
        CapturedPacket(10.5, 1, b"a"),
        CapturedPacket(10.5, 101, b"b"),
        CapturedPacket(0.0, 1, b"easy"),
        CapturedPacket(2.0, 113, b"c"),
    ]


def test_a_file_that_was_cut_off_gives_its_whole_packets() -> None:
    whole = section("<") + interface("<", 1) + enhanced("<", 1, b"first") + enhanced("<", 2, b"second")
    classic = pcap("<", 0xA1B2C3D4, [(10, 0, b"first"), (11, 0, b"second")])
    for data in (whole, classic):
        for end in range(len(data)):
            assert [packet.data for packet in read(data[:end])] in ([], [b"first"])


def test_another_file_is_not_a_capture() -> None:
    assert not is_capture(b"Nov 27 11:05:42")
    assert not read(b"Nov 27 11:05:42")
    assert not read(b"")
    assert is_capture(section("<"))


@given(st.binary(max_size=400), st.sampled_from((b"", section("<"), section(">"), pcap("<", 0xA1B2C3D4, ()))))
def test_no_bytes_raise(data: bytes, begin: bytes) -> None:
    read(begin + data)
