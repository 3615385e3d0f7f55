"""The reader that does not read beyond the end of its data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.reader import Reader


def test_fields_are_read_in_order_and_big_endian() -> None:
    reader = Reader(b"\x01\x02\x03\x04\x05\x06\x07abc\0de")
    assert reader.uint8("a") == 1
    assert reader.uint16("b") == 0x0203
    assert reader.uint32("c") == 0x04050607
    assert reader.until_nul("d") == b"abc"
    assert (reader.offset, reader.remaining) == (11, 2)
    assert reader.rest() == b"de"
    assert reader.remaining == 0
    assert reader.rest() == b""


@given(st.binary(max_size=20), st.integers(min_value=-5, max_value=25))
def test_a_read_gives_its_bytes_or_an_error_with_its_offset_and_moves_nothing(
    data: bytes, count: int
) -> None:
    reader = Reader(data)
    if 0 <= count <= len(data):
        assert reader.take(count, "field") == data[:count]
        assert reader.offset == count
    else:
        with pytest.raises(WireError, match=f"field needs {count} bytes") as caught:
            reader.take(count, "field")
        assert caught.value.offset == 0
        assert reader.offset == 0


@pytest.mark.parametrize("method", ["uint8", "uint16", "uint32"])
def test_an_integer_at_the_end_is_an_error_that_names_the_field(method: str) -> None:
    reader = Reader(b"xyz")
    reader.take(3, "all")
    with pytest.raises(WireError, match=r"the length needs . bytes, 0 are left \(at byte 3\)"):
        getattr(reader, method)("the length")


def test_a_text_without_its_nul_is_an_error() -> None:
    reader = Reader(b"ab\0cd")
    assert reader.until_nul("first") == b"ab"
    with pytest.raises(WireError, match="second has no NUL") as caught:
        reader.until_nul("second")
    assert caught.value.offset == 3


def test_no_read_passes_a_restriction() -> None:
    reader = Reader(b"abcdef\0")
    with reader.restricted_to(3, "record"):
        assert reader.take(1, "tag") == b"a"
        assert reader.remaining == 2
        with pytest.raises(WireError):
            reader.take(3, "value")
        with pytest.raises(WireError):
            reader.until_nul("name")
        assert reader.rest() == b"bc"
    assert reader.rest() == b"def\0"


def test_restrictions_nest() -> None:
    reader = Reader(b"abcdef")
    with reader.restricted_to(4, "outer"):
        with reader.restricted_to(2, "inner"):
            assert reader.rest() == b"ab"
        assert reader.rest() == b"cd"
    assert reader.rest() == b"ef"


@pytest.mark.parametrize("count", [-1, 7])
def test_a_restriction_outside_of_the_bytes_is_an_error(count: int) -> None:
    reader = Reader(b"abcdef")
    with (
        pytest.raises(WireError, match=f"record claims {count} bytes, 6 are left"),
        reader.restricted_to(count, "record"),
    ):
        pass
    assert reader.rest() == b"abcdef"


def test_what_a_restriction_leaves_over_is_an_error_and_the_bound_is_lifted() -> None:
    reader = Reader(b"abcdef")
    with (
        pytest.raises(WireError, match=r"record has 2 bytes more than its fields \(at byte 1\)"),
        reader.restricted_to(3, "record"),
    ):
        reader.take(1, "tag")
    assert reader.remaining == 5


def test_an_error_inside_a_restriction_lifts_it() -> None:
    reader = Reader(b"abcdef")
    with pytest.raises(WireError, match="value"), reader.restricted_to(3, "record"):
        reader.take(4, "value")
    assert reader.remaining == 6
