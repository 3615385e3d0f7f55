"""The pictures of the phone's display are those that `tools/phone-pictures` draws now."""

import io
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


def pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    """The size and the greys; the bytes of a PNG differ between versions of the library that packs it."""
    with Image.open(io.BytesIO(png)) as image:
        return image.size, image.tobytes()


def test_the_pictures_are_up_to_date() -> None:
    tool = runpy.run_path(str(ROOT / "tools/phone-pictures"))
    made = cast("Callable[[], dict[str, bytes]]", tool["pictures"])()
    folder = ROOT / "docs/pictures"
    assert {path.name for path in folder.glob("phone-*.png")} == {f"phone-{name}.png" for name in made}
    for name, png in made.items():
        assert pixels((folder / f"phone-{name}.png").read_bytes()) == pixels(png), "run tools/phone-pictures"
