"""XML as far as the rules look at it: elements with their lines, text where none belongs, the first error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

DEEPEST = 100
"""Elements inside each other: far more than any phone's file has."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element."""

    tag: str
    line: int
    attributes: Mapping[str, str]
    text: str
    """Without blanks around it; of an element that holds others, empty."""
    depth: int
    """The root's is 1."""


@dataclass(frozen=True, slots=True)
class XmlText:
    """What was read, up to the first error."""

    elements: tuple[Element, ...]
    """In the order in which they end."""
    stray: tuple[tuple[int, str], ...]
    """Text between elements, with its line."""
    error: tuple[int, str] | None
    """Line and reason."""

    @property
    def root(self) -> Element | None:
        """The outermost element; None if the file broke off before its end."""
        return self.elements[-1] if self.elements and self.elements[-1].depth == 1 else None


@dataclass(slots=True)
class _Open:
    tag: str
    line: int
    attributes: Mapping[str, str]
    texts: list[tuple[int, str]] = field(default_factory=list)
    has_children: bool = False


def read(data: bytes) -> XmlText:
    """Read any bytes; nothing is raised."""
    reader = _Reader()
    try:
        reader.parser.feed(_decoded(data))
        reader.parser.close()
    except ParseError as error:
        reader.error = error.position[0], str(error).partition(":")[0]
    except _TooDeep:
        reader.error = reader.line, "elements lie too deep inside each other"
    except (DefusedXmlException, ValueError, LookupError):
        reader.error = 1, "DOCTYPE, entities or an odd encoding"
    return XmlText(tuple(reader.elements), tuple(sorted(reader.stray)), reader.error)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class _TooDeep(Exception):
    """More elements inside each other than a phone's file has."""


class _Reader:
    """Follows the XML reader from tag to tag."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.stray: list[tuple[int, str]] = []
        self.error: tuple[int, str] | None = None
        self._open: list[_Open] = []
        self.parser: Any = DefusedXMLParser(target=self)
        # Text that waits in a buffer would be found on the line of the next tag.
        self.parser.parser.buffer_text = False

    @property
    def line(self) -> int:
        """Where the reader is."""
        return int(self.parser.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Go into an element."""
        if len(self._open) == DEEPEST:
            raise _TooDeep
        if self._open:
            self._open[-1].has_children = True
        self._open.append(_Open(tag, self.line, attributes))

    def data(self, text: str) -> None:
        """Keep text for the element it is in."""
        self._open[-1].texts.append((self.line, text))

    def end(self, _tag: str) -> None:
        """Leave an element."""
        left = self._open.pop()
        text = "".join(text for _, text in left.texts).strip()
        if left.has_children and text:
            self.stray += [(line, text.strip()) for line, text in left.texts if text.strip()]
            text = ""
        self.elements.append(Element(left.tag, left.line, left.attributes, text, len(self._open) + 1))

    def close(self) -> None:
        """Nothing is made at the end."""
