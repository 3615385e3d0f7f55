"""Files as DATA packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.tftp.blocks import BLOCK_SIZE, SMALLEST_SHARED, DataBlocks, ReadyBlocks, netascii
from ringup.wire.tftp import Data, parse


@given(st.binary(max_size=3000), st.sampled_from([8, 100, 512, 1024, 1468]))
def test_the_packets_put_together_are_the_file(data: bytes, block_size: int) -> None:
    blocks = DataBlocks().blocks(data, "octet", block_size)
    packets = [parse(bytes(blocks.packet(number))) for number in range(blocks.count)]
    payloads = [packet.payload for packet in packets if isinstance(packet, Data)]
    assert b"".join(payloads) == data
    assert [packet.block for packet in packets if isinstance(packet, Data)] == list(
        range(1, len(packets) + 1)
    )
    assert all(len(payload) == block_size for payload in payloads[:-1])
    assert len(payloads[-1]) < block_size
    assert blocks.size == len(data)


def test_a_file_is_built_once_for_all_its_transfers() -> None:
    data = bytes(50_000)
    cache = DataBlocks()
    assert cache.blocks(data, "octet", BLOCK_SIZE) is cache.blocks(data, "octet", BLOCK_SIZE)


def test_the_packages_of_several_models_stay_built() -> None:
    loads = [bytes(bytearray(1_200_000)) for _ in range(20)]
    cache = DataBlocks()
    built = [cache.blocks(data, "octet", BLOCK_SIZE) for data in loads]
    assert all(
        cache.blocks(data, "octet", BLOCK_SIZE) is each for data, each in zip(loads, built, strict=True)
    )


def test_an_equal_file_in_another_object_is_another_file() -> None:
    cache = DataBlocks()
    one, two = bytes(bytearray(50_000)), bytes(bytearray(50_000))
    assert cache.blocks(one, "octet", BLOCK_SIZE) is not cache.blocks(two, "octet", BLOCK_SIZE)


def test_both_modes_of_a_file_are_kept_apart() -> None:
    data = b"line\n"
    cache = DataBlocks()
    assert cache.blocks(data, "octet", BLOCK_SIZE).size == 5
    assert cache.blocks(data, "netascii", BLOCK_SIZE).size == 6
    assert cache.blocks(data, "netascii", 8).size == 6


def test_packets_are_slices_of_one_buffer() -> None:
    blocks = ReadyBlocks(bytes(2000))
    one, two = blocks.packet(0), blocks.packet(1)
    assert isinstance(one, memoryview)
    assert isinstance(two, memoryview)
    assert one.obj is two.obj


def test_the_files_asked_for_longest_ago_are_dropped_first() -> None:
    files = [bytes([number]) * SMALLEST_SHARED for number in range(4)]
    cache = DataBlocks(most_buffered=3 * ReadyBlocks(files[0]).buffered)
    first = [cache.blocks(data, "octet", BLOCK_SIZE) for data in files[:3]]
    cache.blocks(files[0], "octet", BLOCK_SIZE)
    cache.blocks(files[3], "octet", BLOCK_SIZE)
    assert cache.blocks(files[0], "octet", BLOCK_SIZE) is first[0]
    assert cache.blocks(files[2], "octet", BLOCK_SIZE) is first[2]
    assert cache.blocks(files[1], "octet", BLOCK_SIZE) is not first[1]


def test_two_files_that_do_not_fit_together_are_not_both_kept() -> None:
    files = [bytes([number]) * SMALLEST_SHARED for number in range(2)]
    cache = DataBlocks(most_buffered=ReadyBlocks(files[0]).buffered)
    first, second = (cache.blocks(data, "octet", BLOCK_SIZE) for data in files)
    assert cache.blocks(files[1], "octet", BLOCK_SIZE) is second
    assert cache.blocks(files[0], "octet", BLOCK_SIZE) is not first


def test_a_file_larger_than_the_cache_is_served_all_the_same() -> None:
    data = bytes(50_000)
    cache = DataBlocks(most_buffered=10)
    assert cache.blocks(data, "octet", BLOCK_SIZE) is cache.blocks(data, "octet", BLOCK_SIZE)


@pytest.mark.parametrize(
    ("data", "converted"),
    [(b"", b""), (b"a\n", b"a\r\n"), (b"a\r", b"a\r\0"), (b"a\r\n", b"a\r\0\r\n"), (b"\n\n", b"\r\n\r\n")],
)
def test_netascii_of_a_text(data: bytes, converted: bytes) -> None:
    assert netascii(data) == converted


@given(st.binary())
def test_netascii_can_be_undone(data: bytes) -> None:
    assert netascii(data).replace(b"\r\n", b"\n").replace(b"\r\0", b"\r") == data
