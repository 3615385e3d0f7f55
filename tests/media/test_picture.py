"""Any picture becomes a logo that phones take, and a preview."""

import io
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.phone.logo import GREYS, HEIGHT, WIDTH, logo_problems

Image = pytest.importorskip("PIL.Image")

from ringup.media.picture import COLUMNS, ROWS, bmp_of, on_screen, picture_of, png_of, text_of  # noqa: E402


def saved(file: Path, colour: object, mode: str = "RGB", size: tuple[int, int] = (200, 100)) -> Path:
    Image.new(mode, size, colour).save(file)
    return file


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "tiff", "webp"])
def test_every_kind_of_picture_gives_a_bmp_of_four_greys(tmp_path: Path, kind: str) -> None:
    data = bmp_of(on_screen(picture_of(saved(tmp_path / f"a.{kind}", (120, 30, 200)))))
    assert len(data) == 6_230
    assert list(logo_problems("a", data)) == []
    with Image.open(io.BytesIO(data)) as read:
        assert (read.mode, read.size) == ("L", (WIDTH, HEIGHT))
        assert set(read.tobytes()) <= set(GREYS)


def test_a_wide_picture_is_framed_with_white(tmp_path: Path) -> None:
    shown = on_screen(picture_of(saved(tmp_path / "a.png", "black", size=(180, 28))))
    assert [shown.getpixel((45, row)) for row in (0, 20, 28, 36, 55)] == [255, 255, 0, 255, 255]


def test_transparent_areas_are_white(tmp_path: Path) -> None:
    shown = on_screen(picture_of(saved(tmp_path / "a.png", (0, 0, 0, 0), "RGBA")))
    assert set(shown.tobytes()) == {255}


def test_dithering_keeps_the_greyness_that_four_greys_lose(tmp_path: Path) -> None:
    grey = picture_of(saved(tmp_path / "a.png", 190, "L", (WIDTH, HEIGHT)))
    dithered, plain = (on_screen(grey, dither=dither).tobytes() for dither in (True, False))
    assert sum(dithered) / len(dithered) == pytest.approx(190, abs=3)
    assert len(set(plain)) == 1


@given(st.integers(0, 2**32), st.booleans())
def test_any_pixels_give_four_greys(seed: int, dither: bool) -> None:
    pixels = Random(seed).randbytes(WIDTH * HEIGHT)
    shown = on_screen(Image.frombytes("L", (WIDTH, HEIGHT), pixels), dither=dither)
    assert set(shown.tobytes()) <= set(GREYS)
    assert list(logo_problems("a", bmp_of(shown))) == []


def test_the_text_fits_a_terminal_and_a_full_block_is_black(tmp_path: Path) -> None:
    half = Image.new("L", (WIDTH, HEIGHT), 255)
    half.paste(0, (0, 0, WIDTH // 2, HEIGHT))
    assert text_of(half).splitlines() == ["█" * (COLUMNS // 2)] * ROWS
    assert COLUMNS < 80
    assert ROWS < 24


def test_the_png_shows_each_pixel_as_a_square() -> None:
    with Image.open(io.BytesIO(png_of(Image.new("L", (WIDTH, HEIGHT), 64)))) as read:
        assert (read.format, read.size) == ("PNG", (360, 224))


@pytest.mark.parametrize("data", [b"", b"no picture", b"BM", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_not_a_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(SiteErrors, match=r"a\.png: is not a picture that can be read. Give a PNG"):
        picture_of(tmp_path / "a.png")


@pytest.mark.parametrize("kind", ["png", "bmp", "gif", "tiff", "jpg"])
def test_a_picture_that_ends_early_is_refused_or_shown(tmp_path: Path, kind: str) -> None:
    whole = saved(tmp_path / f"a.{kind}", "navy", size=(20, 10)).read_bytes()
    for size in range(0, len(whole), 7):
        (tmp_path / f"b.{kind}").write_bytes(whole[:size])
        try:
            shown = on_screen(picture_of(tmp_path / f"b.{kind}"))
        except SiteErrors:
            continue
        assert shown.size == (WIDTH, HEIGHT)


def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 150 * 100)
    with pytest.raises(SiteErrors, match=r"has too many pixels. Make it smaller."):
        picture_of(saved(tmp_path / "a.png", "white"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50 * 100)
    with pytest.raises(SiteErrors, match=r"has too many pixels."):
        picture_of(tmp_path / "a.png")
