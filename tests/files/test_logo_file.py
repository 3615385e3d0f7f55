"""The site's logo, compared with the operator's folder."""

import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ringup.files.logo_file import problems
from ringup.firmware.folder import FirmwareFolder
from ringup.phone.logo import logo_problems
from ringup.site.model import Site

SITE = Site(logo="logo.bmp")
CURE = "Make it with ringup: ringup logo set FILE"


def bmp(width: int = 90, height: int = 56, depth: int = 8, compression: int = 0) -> bytes:
    return struct.pack("<2sIIIIiiHHI", b"BM", 0, 0, 54, 40, width, height, 1, depth, compression) + bytes(40)


def said(tmp_path: Path, data: bytes | None, site: Site = SITE) -> list[str]:
    if data is not None:
        (tmp_path / "logo.bmp").write_bytes(data)
    return [
        str(problem).replace(str(tmp_path), "") for problem in problems(site, None, FirmwareFolder(tmp_path))
    ]


def test_a_good_logo_and_no_logo_are_no_problem(tmp_path: Path) -> None:
    assert said(tmp_path, bmp()) == said(tmp_path, bmp(height=-56)) == said(tmp_path, b"", Site()) == []


def test_a_missing_logo_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, None) == [
        "logo: its file logo.bmp is missing. "
        "Copy it into the folder of `ringup serve --files`, or run `ringup logo clear`."
    ]


def test_a_picture_that_is_not_as_phones_take_it_is_named(tmp_path: Path) -> None:
    assert said(tmp_path, b"\x89PNG") == [
        f"/logo.bmp: is not a BMP, which is all that the phone shows. {CURE}"
    ]
    assert said(tmp_path, bmp(133, 65)) == [f"/logo.bmp: has 133 × 65 pixels, not 90 × 56. {CURE}"]
    assert said(tmp_path, bmp(depth=24)) == [
        f"/logo.bmp: has 24 bits per pixel, uncompressed; 8 bits, uncompressed, is the safe choice. {CURE}"
    ]


@given(st.binary(max_size=80).map(lambda rest: b"BM" + rest))
def test_any_bytes_have_problems_or_none(data: bytes) -> None:
    assert all(problem.cure == CURE for problem in logo_problems("a", data))
