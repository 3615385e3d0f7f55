"""Bytes become TFTP packets and packets become bytes; invalid ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.tftp import (
    LARGEST_BLOCK,
    LONGEST_MESSAGE,
    LONGEST_REQUEST,
    Ack,
    Data,
    Error,
    ErrorCode,
    OptionAck,
    Packet,
    ReadRequest,
    WriteRequest,
    acked_block,
    build,
    parse,
)

CASES: list[tuple[Packet, bytes]] = [
    (ReadRequest("SIPDefault.cnf"), b"\0\1SIPDefault.cnf\0octet\0"),
    (ReadRequest("./SIP000E84C060A6.cnf", "netascii"), b"\0\1./SIP000E84C060A6.cnf\0netascii\0"),
    (
        ReadRequest("big", "octet", {"tsize": "0", "blksize": "1468"}),
        b"\0\1big\0octet\0tsize\0000\0blksize\0001468\0",
    ),
    (WriteRequest("startup-config"), b"\0\2startup-config\0octet\0"),
    (WriteRequest("x", "octet", {"tsize": "4"}), b"\0\2x\0octet\0tsize\0004\0"),
    (Data(1, b"hello"), b"\0\3\0\1hello"),
    (Data(65535, b""), b"\0\3\xff\xff"),
    (Ack(258), b"\0\4\1\2"),
    (Error(ErrorCode.FILE_NOT_FOUND, "File not found"), b"\0\5\0\1File not found\0"),
    (OptionAck({"blksize": "1468"}), b"\0\6blksize\0001468\0"),
    (OptionAck({}), b"\0\6"),
]

texts = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40)
names = texts.filter(bool)
lower_case = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
options = st.dictionaries(lower_case, texts, max_size=4)
numbers = st.integers(0, 65535)
packets = st.one_of(
    st.builds(ReadRequest, names, lower_case, options),
    st.builds(WriteRequest, names, lower_case, options),
    st.builds(Data, numbers, st.binary(max_size=600)),
    st.builds(Ack, numbers),
    st.builds(Error, numbers, texts),
    st.builds(OptionAck, options),
)


@pytest.mark.parametrize(("packet", "data"), CASES)
def test_a_packet_is_these_bytes(packet: Packet, data: bytes) -> None:
    assert build(packet) == data


@pytest.mark.parametrize(("packet", "data"), CASES)
def test_these_bytes_are_a_packet(packet: Packet, data: bytes) -> None:
    assert parse(data) == packet


@given(packets)
def test_what_is_built_is_read_back(packet: Packet) -> None:
    assert parse(build(packet)) == packet


opcodes = st.integers(0, 9).map(lambda number: bytes([0, number]))
nearly_packets = st.tuples(opcodes, st.binary(max_size=100)).map(b"".join)


def packet_or_offset(data: bytes) -> Packet | int:
    """Return the packet in these bytes, or the offset of the error."""
    try:
        return parse(data)
    except WireError as error:
        return error.offset


@given(st.one_of(st.binary(max_size=700), nearly_packets))
def test_any_bytes_are_a_packet_or_a_wire_error(data: bytes) -> None:
    found = packet_or_offset(data)
    if isinstance(found, int):
        assert 0 <= found <= len(data)
    else:
        assert parse(build(found)) == found


@pytest.mark.parametrize(("packet", "data"), CASES)
def test_every_truncation_is_a_packet_or_a_wire_error(packet: Packet, data: bytes) -> None:
    for end in range(len(data)):
        found = packet_or_offset(data[:end])
        assert found <= end if isinstance(found, int) else found != packet or isinstance(packet, Error)


def test_mode_and_option_names_are_read_in_any_case() -> None:
    request = parse(b"\0\1File\0OcTeT\0BLKSIZE\x001024\0")
    assert request == ReadRequest("File", "octet", {"blksize": "1024"})


def test_the_first_of_a_repeated_option_counts() -> None:
    assert parse(b"\0\1f\0octet\0tsize\x000\0TSIZE\x009\0") == ReadRequest("f", "octet", {"tsize": "0"})


def test_zeros_that_fill_a_request_up_are_no_option() -> None:
    assert parse(b"\0\1f\0octet\0\0\0\0\0") == ReadRequest("f")


def test_bytes_after_the_zero_of_an_error_do_not_count() -> None:
    assert parse(b"\0\5\0\0timeout\0\0rest") == Error(0, "timeout")


def test_an_endless_error_text_is_cut() -> None:
    packet = parse(b"\0\5\0\0" + b"x" * 1000 + b"\0")
    assert packet == Error(0, "x" * LONGEST_MESSAGE)


@pytest.mark.parametrize(
    ("data", "what", "offset"),
    [
        (b"", "an opcode", 0),
        (b"\0", "an opcode", 0),
        (b"\0\7x", "7 is not an opcode", 0),
        (b"\0\0", "0 is not an opcode", 0),
        (b"\0\1", "a file name has no NUL", 2),
        (b"\0\1\0octet\0", "names no file", 2),
        (b"\0\1name", "a file name has no NUL", 2),
        (b"\0\1name\0octet", "a mode has no NUL", 7),
        (b"\0\1name\0octet\0tsize", "an option's name has no NUL", 13),
        (b"\0\1name\0octet\0tsize\0", "option 'tsize' has no NUL", 19),
        (b"\0\1name\0octet\0tsize\x000", "option 'tsize' has no NUL", 19),
        (b"\0\3\0", "a block number", 2),
        (b"\0\4", "a block number", 2),
        (b"\0\5\0", "an error code", 2),
        (b"\0\5\0\1", "an error message has no NUL", 4),
        (b"\0\5\0\1not found", "an error message has no NUL", 4),
        (b"\0\3\0\1" + bytes(LARGEST_BLOCK + 1), "more than 65464", 4),
        (b"\0\1" + b"n" * LONGEST_REQUEST + b"\0octet\0", "more than 512", 512),
    ],
)
def test_bad_bytes_are_refused_with_their_place(data: bytes, what: str, offset: int) -> None:
    with pytest.raises(WireError, match=what) as caught:
        parse(data)
    assert caught.value.offset == offset


@given(st.one_of(packets.map(build), st.binary(max_size=20)))
def test_the_quick_look_agrees_with_the_parser(data: bytes) -> None:
    found = packet_or_offset(data)
    assert acked_block(data) == (found.block if isinstance(found, Ack) else -1)
