"""Read XML as far as the rules need it: elements with their lines, misplaced text, and the first error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate, errors

ODD_ENCODING = "an odd encoding"
DEEPEST = 100
"""Maximum depth of nested elements: far more than any phone's file has."""


@dataclass(frozen=True, slots=True)
class XmlElement:
    """One element."""

    tag: str
    line: int
    attributes: Mapping[str, str]
    text: str
    """The text without surrounding spaces; empty for an element that contains others."""
    depth: int
    """The root's is 1."""


@dataclass(frozen=True, slots=True)
class XmlText:
    """The elements that were read, up to the first error."""

    elements: tuple[XmlElement, ...]
    """In the order in which they end."""
    stray: tuple[tuple[int, str], ...]
    """Text between elements, with its line."""
    error: tuple[int, str] | None
    """Line and reason."""

    @property
    def root(self) -> XmlElement | None:
        """Return the outermost element; None if the file broke off before its end."""
        return self.elements[-1] if self.elements and self.elements[-1].depth == 1 else None


@dataclass(slots=True)
class _Open:
    tag: str
    line: int
    attributes: Mapping[str, str]
    texts: list[tuple[int, str]] = field(default_factory=list)
    has_children: bool = False


def read(data: bytes) -> XmlText:
    """Read any bytes; raises nothing."""
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
    """A declaration, or more elements inside each other than a phone's file has."""


class _MarkupReader:
    """Follows the XML reader from tag to tag.

    It knows no namespaces: CallManager writes ``xsi:type`` without declaring the prefix, and phones read it.
    """

    def __init__(self) -> None:
        self.elements: list[XmlElement] = []
        self.stray: list[tuple[int, str]] = []
        self.error: tuple[int, str] | None = None
        self._open: list[_Open] = []
        self.parser = ParserCreate("utf-8")  # what is fed is text, whatever the declaration says
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse

    @property
    def line(self) -> int:
        """Return the line that the reader has reached."""
        return self.parser.CurrentLineNumber

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if len(self._open) == DEEPEST:
            raise _MarkupRefused("elements lie too deep inside each other")
        if self._open:
            self._open[-1].has_children = True
        self._open.append(_Open(tag, self.line, attributes))

    def data(self, text: str) -> None:
        """Add text to the element that encloses it."""
        self._open[-1].texts.append((self.line, text))

    def end(self, _tag: str) -> None:
        """End an element."""
        left = self._open.pop()
        text = "".join(text for _, text in left.texts).strip()
        if left.has_children and text:
            self.stray += [(line, text.strip()) for line, text in left.texts if text.strip()]
            text = ""
        self.elements.append(XmlElement(left.tag, left.line, left.attributes, text, len(self._open) + 1))

    def refuse(self, *_: object) -> None:
        """Refuse a DOCTYPE and entities: no phone's file needs them, and entities can fill the memory."""
        raise _MarkupRefused("a DOCTYPE or an entity")
