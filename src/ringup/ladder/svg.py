"""Draw a ladder diagram as an SVG picture that refers to no other file."""

import textwrap
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ringup.ladder.rows import DOTTED, RED, TITLES, Arrow, Ladder, Lane, Note, Pause, Repeat, Tone
from ringup.ladder.text import Clock, remark

WIDTH, ROW, TOP = 900, 26, 84
COLUMNS = {Lane.PHONE: 120, Lane.DHCP: 390, Lane.TFTP: 620, Lane.PBX: 840}
REMARK = COLUMNS[Lane.PHONE] + 12
_BLACK, _RED, _GREY, _PALE = "#222222", "#c00000", "#707070", "#cccccc"
_FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_LETTER = 7.3
"""The width of a letter at a font size of 12 px."""
_WRAP = int((WIDTH - REMARK) / _LETTER) - 2


def svg(ladder: Ladder, clock: Clock) -> str:
    """Return the diagram as the text of an SVG file."""
    drawing, bottom = ET.Element("g"), TOP
    for row in ladder.rows:
        for shape in _row(row, clock, bottom):
            drawing.append(shape)
        bottom += ROW * _height(row)
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {bottom + 16}")
    root.set("width", str(WIDTH))
    root.set("height", str(bottom + 16))
    root.set("font-family", _FONT)
    root.set("font-size", "12")
    ET.SubElement(root, "title").text = ladder.title
    ET.SubElement(root, "rect", width="100%", height="100%", fill="#ffffff")
    root.extend([_text(16, 24, ladder.title, _BLACK, bold=True), *_lanes(ladder, bottom)])
    root.append(drawing)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _height(row: object) -> int:
    """Return the number of text lines that this row takes in the picture."""
    if isinstance(row, Note):
        return len(textwrap.wrap(row.text, _WRAP)) or 1
    return 1 + len(textwrap.wrap(row.comment, _WRAP)) if isinstance(row, Arrow) else 1


def _lanes(ladder: Ladder, bottom: int) -> Iterator[ET.Element]:
    for lane, x in COLUMNS.items():
        yield _text(x, 50, TITLES[lane], _BLACK, middle=True, bold=True)
        yield _text(x, 66, ladder.addresses.get(lane, ""), _GREY, middle=True)
        yield ET.Element("line", x1=str(x), x2=str(x), y1="72", y2=str(bottom), stroke=_PALE)


def _row(row: object, clock: Clock, y: int) -> Iterator[ET.Element]:
    if isinstance(row, Repeat | Pause):
        yield _text(REMARK, y + 14, remark(row, clock), _GREY)
    elif isinstance(row, Note):
        yield _text(8, y + 14, clock(row.at).rpartition(" ")[2], _BLACK)
        yield from _wrapped(row.text, y, _RED if row.tone in RED else _BLACK)
    elif isinstance(row, Arrow):
        yield _text(8, y + 18, clock(row.at).rpartition(" ")[2], _BLACK)
        yield from _arrow(row, y)
        yield from _wrapped(row.comment, y + ROW, _RED)


def _wrapped(text: str, y: int, colour: str) -> Iterator[ET.Element]:
    for number, line in enumerate(textwrap.wrap(text, _WRAP)):
        yield _text(REMARK, y + 14 + ROW * number, line, colour)


def _arrow(arrow: Arrow, y: int) -> Iterator[ET.Element]:
    colour = _RED if arrow.tone in RED else _GREY if arrow.tone is Tone.EXPECTED else _BLACK
    start, end = COLUMNS[arrow.source], COLUMNS[arrow.target]
    height, head = y + 18, 8 if start > end else -8
    line = ET.Element("line", x1=str(start), x2=str(end), y1=str(height), y2=str(height), stroke=colour)
    if arrow.tone in DOTTED:
        line.set("stroke-dasharray", "3 4")
    if arrow.tone in RED:
        line.set("stroke-width", "2")
    yield line
    points = f"{end},{height} {end + head},{height - 4} {end + head},{height + 4}"
    yield ET.Element("polygon", points=points, fill=colour)
    room = int((abs(end - start) - 24) / _LETTER)
    label = arrow.label if len(arrow.label) <= room else arrow.label[: room - 1] + "…"
    yield _text((start + end) // 2, height - 5, label, colour, middle=True)


def _text(x: int, y: int, text: str, colour: str, *, middle: bool = False, bold: bool = False) -> ET.Element:
    shape = ET.Element("text", x=str(x), y=str(y), fill=colour)
    if middle:
        shape.set("text-anchor", "middle")
    if bold:
        shape.set("font-weight", "bold")
    shape.text = text
    return shape
