"""The lists of other models' loads."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire import loads_other
from ringup.wire.loads_other import Member

NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,20}\.(sbn|sb2|sgn|SBN)", fullmatch=True)
DIGITS = "0123456789ABCDEF" * 2
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r", " \r\n"])


@given(st.lists(NAMES, min_size=1).map(tuple), LINE_ENDS)
def test_what_is_built_is_read_again(names: tuple[str, ...], line_end: str) -> None:
    members = tuple(Member(name) for name in names)
    payload = loads_other.build(names, line_end)
    assert loads_other.parse(payload) == members
    assert loads_other.parse(payload.rstrip()) == members


def test_remarks_and_trailing_blanks_are_no_names() -> None:
    payload = b"# SIP41\r\njar41sip.8-5-4.sbn \r\n/* cnu41.sbn */\r\n\r\ncnu41.8-5-4.sbn\r\n"
    assert [member.name for member in loads_other.parse(payload)] == ["jar41sip.8-5-4.sbn", "cnu41.8-5-4.sbn"]


def test_the_list_of_a_7921_says_sizes_and_digits() -> None:
    payload = f"#? HW_REV 1\rAPPS-1.4.4.SBN 123456 {DIGITS}\r#+ more\r".encode()
    assert loads_other.parse(payload) == (Member("APPS-1.4.4.SBN", 123456, DIGITS),)


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(WireError, match="names no"):
        loads_other.parse(b"LA_VERSION=PAS30830\n")


@given(st.binary(max_size=80))
def test_any_bytes_are_names_or_an_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        assert loads_other.parse(data)
