"""The container of the 78xx, with the offsets of the reference page."""

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.container_78xx import File78xx, parse

NAME, PAYLOAD = b"kern78xx.12-5-1.sbn", b"a kernel"
FILE = (
    bytes.fromhex("cd3412ab 50000000 00000000 08000000 00000000".replace(" ", ""))
    + hashlib.sha256(PAYLOAD).digest()
    + bytes.fromhex("14000000")
    + NAME.ljust(24, b"\0")
    + PAYLOAD
)


def test_a_whole_file_gives_its_name_and_payload() -> None:
    assert len(FILE) == 88
    assert parse(FILE) == File78xx(NAME.decode(), PAYLOAD)


def test_every_truncation_is_refused() -> None:
    for length in range(len(FILE)):
        with pytest.raises(WireError):
            parse(FILE[:length])


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (FILE + b"x", "its header says 88"),
        (FILE[:-1] + b"x", "SHA-256"),
        (FILE[:52] + bytes(4) + FILE[56:], "a name of 0 bytes"),
        (FILE[:52] + b"\xff\xff\xff\xff" + FILE[56:], "does not fit"),
        (b"\x01" + FILE[1:], "no header of a 78xx"),
    ],
)
def test_what_contradicts_itself_is_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(WireError, match=complaint):
        parse(data)


@given(st.binary(max_size=120), st.integers(0, 88))
def test_any_bytes_are_a_file_or_an_error(data: bytes, at: int) -> None:
    for each in (data, FILE[:at] + data):
        with contextlib.suppress(WireError):
            parse(each)
