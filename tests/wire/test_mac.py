"""MAC addresses in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.mac import from_bytes, parse, to_bytes, with_colons

SPELLINGS = [
    "001646C0FFEE",
    "001646c0ffee",
    "00:16:46:c0:ff:ee",
    "00-16-46-C0-FF-EE",
    "0016.46c0.ffee",
    "00 16 46 c0 ff ee",
    "SEP001646C0FFEE",
    "sep001646c0ffee",
    " 001646C0FFEE\n",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_is_read(text: str) -> None:
    assert parse(text) == "001646C0FFEE"


@pytest.mark.parametrize(
    "text",
    [
        "", "001646C0FFE", "001646C0FFEEE", "001646C0FFEG", "SEPSEP001646C0FFEE", "SIP001646C0FFEE",
        "٠01646C0FFEE",
        "001646C0\ufb00EE",  # becomes "FF" in upper case
        "\u017fEP001646C0FFEE",  # it equals "s" in a comparison without case
    ],
)  # fmt: skip
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="12 hexadecimal digits"):
        parse(text)


@given(st.binary(min_size=6, max_size=6))
def test_bytes_and_spellings_are_the_same_address(data: bytes) -> None:
    mac = from_bytes(data)
    assert to_bytes(mac) == data
    assert parse(with_colons(mac)) == mac
    assert with_colons(mac) == with_colons(mac.lower())


@given(st.binary(max_size=16))
def test_only_the_first_six_bytes_count_and_fewer_are_no_address(data: bytes) -> None:
    assert from_bytes(data) == from_bytes(data[:6])
    assert len(from_bytes(data)) == (12 if len(data) >= 6 else 0)


@given(st.text())
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        assert len(to_bytes(text)) == 6
    except ValueError:
        return


def test_colons_are_as_the_kernel_writes_them() -> None:
    assert with_colons("001646C0FFEE") == "00:16:46:c0:ff:ee"
