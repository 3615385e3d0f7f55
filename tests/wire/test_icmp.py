"""ICMP echo in both directions, and packets that do not answer us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.ethernet import checksum
from ringup.wire.icmp import build_echo_request, parse_echo_reply

IDENTIFIER = 0x1234


def packet(kind: int = 0, identifier: int = IDENTIFIER, *, options: bytes = b"", protocol: int = 1) -> bytes:
    """Return an echo reply from 10.0.0.9 according to RFC 791 and RFC 792."""
    unsummed = bytes((kind, 0, 0, 0)) + identifier.to_bytes(2, "big") + bytes(2) + b"payload!"
    message = unsummed[:2] + checksum(unsummed).to_bytes(2, "big") + unsummed[4:]
    first = 0x45 + len(options) // 4
    return bytes((first,)) + bytes(8) + bytes((protocol, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1)) + options + message


def test_a_request_is_type_8_with_its_identifier_and_a_right_checksum() -> None:
    request = build_echo_request(IDENTIFIER, 5)
    assert (request[:2], request[4:]) == (b"\x08\x00", b"\x12\x34\x00\x05")
    assert checksum(request) == 0


@pytest.mark.parametrize("options", [b"", bytes(4), bytes(40)])
def test_an_answer_tells_who_answered(options: bytes) -> None:
    assert parse_echo_reply(packet(options=options), IDENTIFIER) == "10.0.0.9"


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("another program's ping", packet(identifier=1)),
        ("a request", packet(kind=8)),
        ("unreachable", packet(kind=3)),
        ("no ICMP", packet(protocol=17)),
        ("no IPv4", b"\x65" + packet()[1:]),
        ("a damaged one", packet()[:-1] + b"?"),
        ("a header only", packet()[:20]),
        ("half a header", packet()[:19]),
        ("a header that is longer than the packet", b"\x4f" + packet()[1:]),
    ],
)
def test_what_is_no_answer_to_us_tells_nobody(what: str, data: bytes) -> None:
    assert parse_echo_reply(data, IDENTIFIER) == "", what


@given(st.binary(max_size=80))
def test_no_packet_raises(data: bytes) -> None:
    parse_echo_reply(data, IDENTIFIER)
    parse_echo_reply(b"\x45" + bytes(8) + b"\x01" + data, IDENTIFIER)
