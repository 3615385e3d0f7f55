"""ARP in both directions, and frames that are not ARP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.arp import build_request, parse_sender

OURS, HOLDER = "0A0000000001", "001646C0FFEE"
ASKED = build_request(OURS, "10.0.0.1", "10.0.0.9")
# RFC 826: the answer of the host that has the address.
ANSWER = bytes.fromhex(
    "0a0000000001 001646c0ffee 0806  0001 0800 06 04 0002  001646c0ffee 0a000009  0a0000000001 0a000001"
)


def test_a_request_is_a_broadcast_that_says_who_asks_for_what() -> None:
    assert ASKED.hex(" ", 2) == (
        "ffff ffff ffff 0a00 0000 0001 0806 0001 0800 0604 0001 "
        "0a00 0000 0001 0a00 0001 0000 0000 0000 0a00 0009"
    )


@pytest.mark.parametrize("padding", [0, 18])
def test_an_answer_tells_the_holder(padding: int) -> None:
    assert parse_sender(ANSWER + bytes(padding)) == ("10.0.0.9", HOLDER)


def test_who_asks_tells_its_own_address_too() -> None:
    assert parse_sender(ASKED) == ("10.0.0.1", OURS)


@pytest.mark.parametrize(
    ("what", "at", "value"),
    [
        ("IPv4", 12, b"\x08\x00"),
        ("another hardware", 14, b"\x00\x06"),
        ("another protocol", 16, b"\x08\x06"),
        ("another hardware length", 18, b"\x08"),
        ("another address length", 19, b"\x06"),
        ("a probe, whose sender has no address yet", 28, bytes(4)),
    ],
)
def test_other_frames_tell_nobody(what: str, at: int, value: bytes) -> None:
    assert parse_sender(ANSWER[:at] + value + ANSWER[at + len(value) :]) is None, what


@given(st.binary(max_size=64))
def test_no_frame_raises(frame: bytes) -> None:
    parse_sender(frame)
    parse_sender(ANSWER[: len(frame)])
