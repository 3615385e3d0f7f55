"""Read XML as far as the rules need it: elements with their line numbers, misplaced text, and the first
error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate, errors

ODD_ENCODING = "an odd encoding"
DEEPEST = 100
"""Maximum depth of nested elements: far more than any phone's file has."""


@dataclass(frozen=True, slots=True)
class XmlElement:
    """One XML element, with its line number."""

    tag: str
    line: int
    attributes: Mapping[str, str]
    text: str
    """The element's text without surrounding spaces; empty for an element that contains other elements."""
    depth: int
    """The element's depth; the root element has depth 1."""


@dataclass(frozen=True, slots=True)
class XmlText:
    """The elements of an XML file that were read, up to the first error."""

    elements: tuple[XmlElement, ...]
    """The elements, in the order of their end tags."""
    stray: tuple[tuple[int, str], ...]
    """Text that stands between elements, with its line number."""
    error: tuple[int, str] | None
    """The line number of the first error, and the reason; None if there is no error."""

    @property
    def root(self) -> XmlElement | None:
        """Return the root element; None if the file ends before the root element does."""
        return self.elements[-1] if self.elements and self.elements[-1].depth == 1 else None


@dataclass(slots=True)
class _Open:
    tag: str
    line: int
    attributes: Mapping[str, str]
    texts: list[tuple[int, str]] = field(default_factory=list)
    has_children: bool = False


def read(data: bytes) -> XmlText:
    """Read the bytes of an XML file; never raises, whatever they are."""
    reader = _MarkupReader()
    try:
        reader.parser.Parse(_decoded(data), True)
    except ExpatError as error:
        reader.error = error.lineno, errors.messages[error.code]
    except _MarkupRefused as refused:
        reader.error = reader.line, str(refused)
    except (ValueError, LookupError):
        reader.error = 1, ODD_ENCODING
    return XmlText(tuple(reader.elements), tuple(sorted(reader.stray)), reader.error)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class _MarkupRefused(Exception):
    """Raised for a DOCTYPE or an entity, and for more nested elements than a phone's file has."""


class _MarkupReader:
    """Collects the elements while the XML parser (expat) reads the file.

    Namespaces are not resolved: CallManager writes ``xsi:type`` without declaring the prefix, and phones read
    it.
    """

    def __init__(self) -> None:
        self.elements: list[XmlElement] = []
        self.stray: list[tuple[int, str]] = []
        self.error: tuple[int, str] | None = None
        self._open: list[_Open] = []
        self.parser = ParserCreate("utf-8")  # the input is decoded text, so the declared encoding is ignored
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse

    @property
    def line(self) -> int:
        """Return the line number that the parser has reached."""
        return self.parser.CurrentLineNumber

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Add an element at its start tag."""
        if len(self._open) == DEEPEST:
            raise _MarkupRefused("elements lie too deep inside each other")
        if self._open:
            self._open[-1].has_children = True
        self._open.append(_Open(tag, self.line, attributes))

    def data(self, text: str) -> None:
        """Add text to the innermost open element."""
        self._open[-1].texts.append((self.line, text))

    def end(self, _tag: str) -> None:
        """Complete an element at its end tag."""
        left = self._open.pop()
        text = "".join(text for _, text in left.texts).strip()
        if left.has_children and text:
            self.stray += [(line, text.strip()) for line, text in left.texts if text.strip()]
            text = ""
        self.elements.append(XmlElement(left.tag, left.line, left.attributes, text, len(self._open) + 1))

    def refuse(self, *_: object) -> None:
        """Refuse a DOCTYPE and entities: phones' files do not need them, and entities can fill the memory."""
        raise _MarkupRefused("a DOCTYPE or an entity")
