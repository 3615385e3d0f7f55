"""Make the logo of a 7940 or 7960 from any picture, and show it in a preview.

Source: P-LOGO-2.
"""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from ringup.errors import Problem, SiteErrors
from ringup.phone.logo import GREYS, HEIGHT, WIDTH

if TYPE_CHECKING:
    from PIL.Image import Image

INSTALL = 'Install what ringup needs for it: pip install "ringup[pictures]"'
READABLE = "Give a PNG, JPEG, GIF, BMP, TIFF or WebP file."

COLUMNS, ROWS = 72, 22
"""Columns and rows of the preview, which fits a terminal of 80 × 24. A character is twice as high as it is
wide, so the preview has nearly the picture's proportions.
"""
SHADES = "█▓▒░ "
"""Block characters from black to white."""

ENLARGED = 4
"""Width and height in pixels of the square in the preview's PNG that stands for one pixel of the screen."""


def picture_of(file: Path) -> "Image":
    """Return a picture in greys on white, upright as it was photographed.

    Raises SiteErrors if the picture cannot be read, or is so large that it could fill the memory.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise SiteErrors([Problem(str(file), "cannot be read without Pillow.", INSTALL)]) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about damaged EXIF data of a camera, which does not matter
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                coloured = ImageOps.exif_transpose(opened).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SiteErrors([Problem(str(file), "has too many pixels.", "Make it smaller.")]) from error
    except Exception as error:  # each image format raises other errors for a damaged file
        raise SiteErrors([Problem(str(file), "is not a picture that can be read.", READABLE)]) from error
    white = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(white, coloured).convert("L")


def on_screen(picture: "Image", *, dither: bool = True) -> "Image":
    """Return a picture in greys as the phone's screen shows it: its size, white around it, and four greys.

    With `dither`, the error of each pixel is spread over its neighbours, so that areas keep their mean
    brightness.
    """
    from PIL import Image, ImageOps

    framed = ImageOps.pad(picture, (WIDTH, HEIGHT), Image.Resampling.LANCZOS, color=255)
    palette = Image.new("P", (1, 1))
    palette.putpalette([grey for each in GREYS for grey in (each, each, each)])
    how = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    return framed.convert("RGB").quantize(palette=palette, dither=how).convert("L")


def bmp_of(shown: "Image") -> bytes:
    """Return the uncompressed BMP of a picture in greys, with eight bits per pixel."""
    written = io.BytesIO()
    shown.save(written, "BMP")
    return written.getvalue()


def png_of(shown: "Image") -> bytes:
    """Return a PNG in which each pixel of the screen is a square of ENLARGED pixels."""
    from PIL import Image

    written = io.BytesIO()
    size = (shown.width * ENLARGED, shown.height * ENLARGED)
    shown.resize(size, Image.Resampling.NEAREST).save(written, "PNG")
    return written.getvalue()


def text_of(shown: "Image") -> str:
    """Return a picture in block characters, ROWS lines of COLUMNS each; a full block is black."""
    from PIL import Image

    small = shown.resize((COLUMNS, ROWS), Image.Resampling.BOX).tobytes()
    signs = [SHADES[value * len(SHADES) // 256] for value in small]
    return "\n".join("".join(signs[COLUMNS * row : COLUMNS * (row + 1)]).rstrip() for row in range(ROWS))
