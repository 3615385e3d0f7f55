"""`ringup why … --ladder` and `--svg`: what the phone and its servers said to each other, as a diagram."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ringup.errors import OutsideError

if TYPE_CHECKING:
    from ringup.ladder.rows import Ladder

_STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrong": {"fg": "red", "bold": True},
    "missing": {"fg": "red", "bold": True},
    "expected": {"fg": "cyan"},
    "faint": {"dim": True},
}
_SIGNS = "│─┄▶◀⋮×…"
STANDARD_OUTPUT = "-"


class AnswerForm(NamedTuple):
    """The form in which `ringup why` shows its answer."""

    as_json: bool = False
    as_ladder: bool = False
    picture: Path | None = None
    """The SVG file for the diagram; None: the terminal."""
    fixes: bool = False
    """True if the cure is run."""
    yes: bool = False
    """True if the cure is run without a question."""
    screen: str = ""
    """The words on the phone's screen."""


def show_ladder(ladder: "Ladder", clock: Callable[[float], str], picture: Path | None) -> None:
    """Print the diagram, through a pager if the terminal is too small; or write it as SVG to `picture`.

    Raises OutsideError if the file cannot be written.
    """
    if picture is None:
        _print(_lines(ladder, clock))
        return
    from ringup.ladder.svg import svg

    text = svg(ladder, clock)
    if str(picture) == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    try:
        picture.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutsideError(
            f"writing {picture}", error.strerror or str(error), "Name another file."
        ) from error
    click.echo(f"The diagram is in {picture}.")


def _lines(ladder: "Ladder", clock: Callable[[float], str]) -> list[str]:
    from ringup.ladder.text import ASCII, text_lines

    signs = str.maketrans({}) if _can_encode(_SIGNS) else ASCII
    return [
        "".join(_styled(piece.text.translate(signs), piece.tone.value) for piece in line).rstrip()
        for line in text_lines(ladder, clock)
    ]


def _styled(text: str, tone: str) -> str:
    style = _STYLES[tone]
    return click.style(text, **style) if style else text


def _can_encode(signs: str) -> bool:
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _print(lines: list[str]) -> None:
    text = "\n".join(lines)
    if sys.stdout.isatty() and len(lines) >= shutil.get_terminal_size().lines:
        click.echo_via_pager(text + "\n", color=True)
    else:
        click.echo(text)
