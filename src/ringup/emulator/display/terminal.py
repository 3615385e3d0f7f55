"""Draw the display with characters, for a terminal."""

from collections.abc import Iterator

from ringup.emulator.display.shown import LINES, PANE_ROWS, SOFT_KEYS, DisplayState

WIDTH, KEYS = 34, 12
"""Columns of the pane, and of the line labels beside it."""
_SHADES = " ░▒█"
"""Block characters for the four greys, white first."""
_SELECTED, _LAMP_ON, _LAMP_OFF = "▶", "◉", "○"


def text_of(shown: DisplayState) -> str:
    """Return the display as lines of text inside a frame."""
    rows = list(_rows(shown))
    body = "\n".join(f"│{row:<{WIDTH}}│{key:<{KEYS}}│" for row, key in rows)
    lamp = _LAMP_ON if shown.has_lamp else _LAMP_OFF
    return f"┌{'─' * WIDTH}┬{'─' * KEYS}┐\n{body}\n└{'─' * WIDTH}┴{'─' * (KEYS - 2)}{lamp}─┘"


def _rows(shown: DisplayState) -> Iterator[tuple[str, str]]:
    mark = " SIP" if shown.has_sip_mark else ""
    yield "", f"{shown.label[: KEYS - len(mark)]}{mark}"
    keys = [f"{each.icon.value} {each.text}"[:KEYS] for each in shown.lines]
    keys += [""] * (LINES - len(keys))
    pane = _picture(shown) if shown.picture else [_cut(shown.title), *_entries(shown)]
    yield from zip(pane, keys, strict=False)
    for row in pane[LINES:]:
        yield row, ""
    yield _cut(shown.prompt), ""
    width = WIDTH // SOFT_KEYS
    yield "".join(f"{name[: width - 1]:<{width}}" for name in shown.soft_keys), ""


def _entries(shown: DisplayState) -> list[str]:
    rows = [
        _cut(f"{_SELECTED if index == shown.selected else ' '} {row}")
        for index, row in enumerate(shown.rows[:PANE_ROWS])
    ]
    return rows + [""] * (LINES - 1 - len(rows))


def _picture(shown: DisplayState) -> list[str]:
    """Return a picture with one character per four columns and eight rows of pixels."""
    rows = []
    for top in range(0, len(shown.picture), 8):
        band = shown.picture[top : top + 8]
        blocks = range(0, min(len(band[0]), 4 * WIDTH), 4)
        rows.append(
            "".join(_shade([pixel for row in band for pixel in row[left : left + 4]]) for left in blocks)
        )
    return rows + [""] * (LINES - len(rows))


def _shade(pixels: list[int]) -> str:
    return _SHADES[round(sum(pixels) / len(pixels))]


def _cut(text: str) -> str:
    return " ".join(text.split("\t"))[:WIDTH]
