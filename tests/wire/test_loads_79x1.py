"""The list of a 79x1's load."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire import loads_79x1

NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,20}\.(sbn|sb2)", fullmatch=True)


@given(st.lists(NAMES, min_size=1).map(tuple), st.sampled_from(["\n", "\r\n", " \r\n"]))
def test_what_is_built_is_read_again(names: tuple[str, ...], line_end: str) -> None:
    assert loads_79x1.parse(loads_79x1.build(names, line_end)) == names


def test_remarks_and_trailing_blanks_are_no_names() -> None:
    payload = b"# SIP41\r\njar41sip.8-5-4.sbn \r\n/* cnu41.sbn */\r\n\r\ncnu41.8-5-4.sbn\r\n"
    assert loads_79x1.parse(payload) == ("jar41sip.8-5-4.sbn", "cnu41.8-5-4.sbn")


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(WireError, match="names no"):
        loads_79x1.parse(b"LA_VERSION=PAS30830\n")


@given(st.binary(max_size=80))
def test_any_bytes_are_names_or_an_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        assert loads_79x1.parse(data)
