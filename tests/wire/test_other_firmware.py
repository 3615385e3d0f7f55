"""Firmware of other models is recognised by its first bytes, and its lengths are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.other_firmware import recognise
from tests.firmware.damaged import BARE_LOADER, archive, image_7910, kup, sip

LOADER = sip()[BARE_LOADER]
IMAGE_7910 = image_7910()["P00405000700.bin"]
ARCHIVE = archive(b"content")


@pytest.mark.parametrize(
    ("data", "what", "fault"),
    [
        (ARCHIVE, "an archive of a 7906 to 7975", ""),
        (ARCHIVE + b"\n", "an archive of a 7906 to 7975", ""),
        (kup(), "an image of a 7902, 7905 or 7912", ""),
        (IMAGE_7910, "an image of a 7910", ""),
        (bytes.fromhex("bebaefbe"), "an image of a 7935 or 7936", None),
        (b"TiZp...", "a file of a 69xx", None),
        (b"hsqs...", "a file system of a 6901 or 6911", None),
        (bytes.fromhex("42faedfe"), "a file of a 6901 or 6911", None),
        (bytes.fromhex("7d9f80"), "a file of a 6945 or 894x", None),
        (b"S00105000400", "an image of a 7914 expansion module", None),
        (b"B015-1-0-4-2", "an image of a 7915 expansion module", None),
        (b"kOsMoS9 fIrMwArE", "firmware of an SPA phone", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(data: bytes, what: str, fault: str | None) -> None:
    found = recognise(data)
    assert found is not None
    assert (found.kind.what, found.fault) == (what, fault)


@pytest.mark.parametrize("data", [b"", b"hello", LOADER, b"\x7fELF", LOADER[:0x20] + b"X"])
def test_any_other_file_is_not_known(data: bytes) -> None:
    assert recognise(data) is None


@pytest.mark.parametrize(
    ("data", "complaint", "is_short"),
    [
        (ARCHIVE[:-1], "belong", True),
        (ARCHIVE + b"x", "belong", False),
        (ARCHIVE[:0x250], "table of contents", True),
        (ARCHIVE[:0x30] + b"\0\1\0\0" + ARCHIVE[0x34:] + bytes(2_000_000), "table of contents", True),
        (kup()[:-1], "has 59 bytes where 60 belong", True),
        (kup() + b"x", "has 61 bytes where 60 belong", False),
        (IMAGE_7910[:-1], "DSP section", False),
    ],
)
def test_a_length_that_is_contradicted_is_told(data: bytes, complaint: str, is_short: bool) -> None:
    found = recognise(data)
    assert found is not None
    assert complaint in str(found.fault)
    assert found.is_short is is_short


@given(st.binary(max_size=700), st.sampled_from([ARCHIVE, kup(), b"", IMAGE_7910[:0x200]]))
def test_any_bytes_are_recognised_without_an_error(data: bytes, start: bytes) -> None:
    recognise(start[: len(data)] + data)
    recognise(start + data)
