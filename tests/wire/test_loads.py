"""The three lines of a `.loads` payload (P-LOAD-15)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.loads import LoadsList, build, parse

CASE = LoadsList("P003-8-12-00.sbn", "P0S3-8-12-00.sb2", "PAS30830")
TEXT = b"P003-8-12-00.sbn\nP0S3-8-12-00.sb2\nLA_VERSION=PAS30830\n"


def test_the_payload_has_the_54_bytes_of_the_458_byte_files() -> None:
    assert build(CASE) == TEXT
    assert len(TEXT) + 404 == 458


def test_line_ends_of_dos_give_the_461_byte_files() -> None:
    assert len(build(CASE, "\r\n")) + 404 == 461


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b" \r\n", b"\r\n\r\n"])
def test_every_line_end_of_the_real_files_is_read(line_end: bytes) -> None:
    assert parse(TEXT.replace(b"\n", line_end)) == CASE


def test_a_last_line_without_line_end_is_read() -> None:
    assert parse(TEXT[:-1]) == CASE


@pytest.mark.parametrize("length", range(len(TEXT) - len("PAS30830\n") + 1))
def test_a_list_cut_short_is_an_error(length: int) -> None:
    with pytest.raises(WireError):
        parse(TEXT[:length])


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        (b"P0S3-8-12-00.sb2\nP003-8-12-00.sbn\nLA_VERSION=PAS30830\n", 0),
        (b"P003-8-12-00.sbn\nP0S3-8-12-00.sb2\nVERSION=PAS30830\n", 34),
        (b"P003-8-12-00.sbn\n../P0S3-8-12-00.sb2\nLA_VERSION=PAS30830\n", 17),
        (b"P003-8-12-00.sbn\n.sb2\nLA_VERSION=PAS30830\n", 17),
        (b"P003-8-12-00.sbn\nP0S3-8-12-00.sb2\nLA_VERSION=\n", 34),
        (b"P003-8-12-00.sbn\nP0S3-8-12-00.sb2\n", 0),
        (TEXT + b"more\n", 0),
    ],
)
def test_a_wrong_line_is_named_with_its_offset(text: bytes, offset: int) -> None:
    with pytest.raises(WireError) as caught:
        parse(text)
    assert caught.value.offset == offset


stems = st.from_regex(r"[A-Z0-9]([A-Z0-9-]{0,14}[A-Z0-9])?", fullmatch=True)


@given(stems, stems, stems, st.sampled_from(["\n", "\r\n"]))
def test_what_is_built_is_read_back(loader: str, application: str, version: str, line_end: str) -> None:
    loads = LoadsList(f"{loader}.sbn", f"{application}.sb2", version)
    assert parse(build(loads, line_end)) == loads


@given(st.binary(max_size=200))
def test_any_bytes_give_a_list_or_a_wire_error(payload: bytes) -> None:
    with suppress(WireError):
        parse(payload)
