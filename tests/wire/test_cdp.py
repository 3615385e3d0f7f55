"""CDP announcements of phones and switches."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.cdp import NO_VLAN, Announcement, parse
from tests.wire.captures import CDP_FRAME

BODY = CDP_FRAME[22:]


def test_a_phone_tells_its_name_its_model_and_its_loader() -> None:
    assert parse(BODY) == Announcement(
        "SIP001646C0FFEE", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", NO_VLAN, 6300
    )


def test_a_switch_tells_the_voice_vlan() -> None:
    assert parse(BODY + bytes.fromhex("000e00070100 0a")).voice_vlan == 10
    assert parse(BODY + bytes.fromhex("000e0007010000")).voice_vlan == 0
    assert parse(BODY + bytes.fromhex("000e000500")).voice_vlan == NO_VLAN


def test_another_version_is_not_read() -> None:
    with pytest.raises(WireError):
        parse(b"\3" + BODY[1:])


@pytest.mark.parametrize("length", range(4))
def test_a_record_that_is_shorter_than_its_header_is_refused(length: int) -> None:
    with pytest.raises(WireError, match=f"a record of {length} bytes is shorter than its header"):
        parse(BODY + bytes((0, 1, 0, length)))


@given(st.integers(0, len(BODY) - 1))
def test_an_announcement_that_was_cut_off_is_refused_or_read_in_part(end: int) -> None:
    with suppress(WireError):
        assert len(parse(BODY[:end]).device) in (0, 15)


@given(st.binary(max_size=200))
def test_no_bytes_raise_another_error(data: bytes) -> None:
    with suppress(WireError):
        parse(b"\2\xb4\0\0" + data)
