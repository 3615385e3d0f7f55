"""The table of options, with each codec in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.dhcp_options import OPTIONS, Option, Value, decode, encode

BOTH_WAYS: list[tuple[int, Value, str]] = [
    (1, "255.255.255.0", "ffffff00"),
    (3, ("10.0.0.1",), "0a000001"),
    (150, ("10.0.0.1", "10.0.0.2"), "0a0000010a000002"),
    (66, "10.0.0.1", "31302e302e302e31"),
    (35, 600, "00000258"),
    (57, 576, "0240"),
    (53, 1, "01"),
    (55, b"\x01\x42", "0142"),
    (199, b"any", "616e79"),
]

REFUSED_BYTES = [
    (1, "ffffff"),
    (3, ""),
    (3, "0a00000102"),
    (35, "0258"),
    (53, ""),
]

REFUSED_VALUES: list[tuple[int, Value, type[Exception]]] = [
    (1, ("10.0.0.1",), TypeError),
    (1, "10.0.0", ValueError),
    (3, "10.0.0.1", TypeError),
    (3, (), TypeError),
    (66, 5, TypeError),
    (66, "č", ValueError),
    (35, "600", TypeError),
    (35, True, TypeError),
    (35, -1, ValueError),
    (57, 65536, ValueError),
    (55, "1", TypeError),
]


@pytest.mark.parametrize(("code", "value", "data"), BOTH_WAYS)
def test_an_option_goes_both_ways(code: int, value: Value, data: str) -> None:
    assert encode(code, value).hex() == data
    assert decode(code, bytes.fromhex(data)) == value


@pytest.mark.parametrize(("code", "data"), REFUSED_BYTES)
def test_bytes_of_the_wrong_size_are_a_wire_error(code: int, data: str) -> None:
    with pytest.raises(WireError):
        decode(code, bytes.fromhex(data))


@pytest.mark.parametrize(("code", "value", "error"), REFUSED_VALUES)
def test_a_value_of_the_wrong_kind_is_not_written(code: int, value: Value, error: type[Exception]) -> None:
    with pytest.raises(error):
        encode(code, value)


def test_the_nul_behind_a_phones_vendor_class_is_cut_off() -> None:
    assert decode(60, b"Cisco Systems, Inc. IP Phone CP-7960G\0") == "Cisco Systems, Inc. IP Phone CP-7960G"


@pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
def test_each_row_says_what_it_is_for(option: Option) -> None:
    assert option.sent_by in {"phone", "server", "both", "relay"}
    assert option.why
    assert OPTIONS[option.code] is option


def test_names_are_unique() -> None:
    assert len({option.name for option in OPTIONS.values()}) == len(OPTIONS)


@given(st.sampled_from(sorted(OPTIONS)), st.binary(max_size=20))
def test_arbitrary_bytes_give_a_value_or_a_wire_error(code: int, data: bytes) -> None:
    try:
        value = decode(code, data)
    except WireError:
        return
    is_text = OPTIONS[code].codec.name == "text"
    assert encode(code, value) == (data.rstrip(b"\0") if is_text else data)
