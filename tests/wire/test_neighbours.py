"""Netlink's answer about one neighbour; bytes as Linux 6.18 sent them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.neighbours import build_question, parse_answer

ANSWER = bytes.fromhex(
    "4c0000001c000000070000007270000002000000040000000400000108000100c00002010a00020002fc000000050000"
    "0800040001000000140003000b0d0000ee1000005200000001000000"
)
UNKNOWN = bytes.fromhex(
    "38000000020000000800000072700000feffffff240000001e0001000800000000000000020000000100000000000000"
    "080001000a630101"
)


def in_state(state: int) -> bytes:
    return ANSWER[:24] + struct.pack("=H", state) + ANSWER[26:]


def test_the_question_is_the_one_that_linux_quotes_in_its_refusal() -> None:
    assert build_question("10.99.1.1", 1, 8) == UNKNOWN[20:28] + UNKNOWN[28:32] + bytes(4) + UNKNOWN[36:]


def test_a_known_neighbour_has_its_mac() -> None:
    assert parse_answer(ANSWER, 7) == "02FC00000005"


def test_an_unknown_neighbour_has_none() -> None:
    assert parse_answer(UNKNOWN, 8) == ""


def test_the_answer_to_another_question_is_none() -> None:
    assert parse_answer(ANSWER, 8) is None
    assert parse_answer(b"", 8) is None


@pytest.mark.parametrize(
    ("state", "mac"), [(0x01, ""), (0x20, ""), (0x40, ""), (0x02, "02FC00000005"), (0x80, "02FC00000005")]
)
def test_a_failed_or_unfinished_neighbour_has_none(state: int, mac: str) -> None:
    assert parse_answer(in_state(state), 7) == mac


@given(st.integers(0, len(ANSWER)))
def test_an_answer_cut_off_names_no_one(end: int) -> None:
    assert parse_answer(ANSWER[:end], 7) in (None, "", "02FC00000005" if end == len(ANSWER) else "")


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    parse_answer(data, 0)


def with_attributes(attributes: bytes) -> bytes:
    return struct.pack("=I", 28 + len(attributes)) + ANSWER[4:28] + attributes


@pytest.mark.parametrize(
    "attributes",
    [
        b"",
        struct.pack("=HH", 8, 1) + bytes(4),
        struct.pack("=HH", 2, 2),
        struct.pack("=HH", 0, 1) + bytes(8),
    ],
    ids=["none", "another", "a hardware address shorter than its head", "an attribute without a length"],
)
def test_an_answer_without_a_hardware_address_names_none(attributes: bytes) -> None:
    assert parse_answer(with_attributes(attributes), 7) == ""
