"""Read a ``.cnf`` file without loss: `read` divides its lines into parts, and `write` returns the same bytes.

Strategy: every byte is a Latin-1 character (P-CNF-13), so nothing can fail to decode. A line is cut into
pieces which, joined, are the same line:

    before   name          separator  quote  value           after          end
             image_version  ` : `      `"`    P0S3-8-12-00    `"; comment`   CR LF

``#`` begins a comment line. ``;`` begins a trailing comment, except inside quotes. A space may stand before
the colon, and some files have ``=`` for the colon. A line that does not set a parameter is kept in `before`,
complete.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

BOM = "\xef\xbb\xbf"
"""The byte order mark that Windows editors write before UTF-8 text, read as Latin-1."""

_LINE = re.compile(
    rf"""
    (?P<before>(?:\A{BOM})?[ \t]*)
    (?:
        (?P<name>[^\s:=\#;"]+)
        (?P<separator>[ \t]*[:=][ \t]*)
        (?:
            (?P<quote>")(?P<quoted>[^"\r\n]*)(?P<closed>"[^\r\n]*|)
          | (?P<bare>(?:[^;\r\n]*[^;\s])?)(?P<tail>[^\r\n]*)
        )
      | (?P<other>[^\r\n]*)
    )
    (?P<end>\r\n|\n|\r|\Z)
    """,
    re.VERBOSE,
)
_NEEDS_QUOTES = re.compile(r'\A\Z|\A\s|\s\Z|[;"]')
_UNWRITABLE = re.compile(r'["\r\n\x00]')
LINE_ENDS = re.compile("[\0\n\x0b\x0c\r\x1a\x1c-\x1e]")
"""Characters that one reader or another treats as the end of a line or of the text."""
LONGEST_ROW = 1024
"""Maximum number of bytes in a row that ringup writes; eight times the longest text that a phone accepts
(P-CNF-10).
"""


@dataclass(frozen=True, slots=True)
class CnfLine:
    """One line, cut into its pieces."""

    number: int
    """The line's number, counted from 1."""
    before: str
    """The spaces before the name; the complete line if it is empty, a comment, or sets no parameter."""
    name: str = ""
    """The parameter's name; empty if the line sets no parameter."""
    separator: str = ""
    """The colon or ``=``, with the spaces around it."""
    quote: str = ""
    """The opening quote, or empty."""
    value: str = ""
    """The value as it was written, without its quotes."""
    after: str = ""
    """The closing quote, spaces, and a comment."""
    end: str = ""
    """The line end: CR LF, LF, CR, or empty at the end of the file."""

    @property
    def text(self) -> str:
        """Return the line as written, without its line end."""
        return f"{self.before}{self.name}{self.separator}{self.quote}{self.value}{self.after}"

    @property
    def is_entry(self) -> bool:
        """Return whether the line sets a parameter."""
        return bool(self.name)

    @property
    def is_comment(self) -> bool:
        """Return whether the line is empty or a comment."""
        plain = self.before.removeprefix(BOM).strip()
        return not self.name and (not plain or plain[0] in "#;")

    @property
    def closed(self) -> bool:
        """Return whether the value is without quotes, or has both quotes."""
        return not self.quote or self.after.startswith('"')

    @property
    def trailing(self) -> str:
        """Return the text after the value and its quote, without spaces: a comment, or text that does not
        belong there.
        """
        return (self.after[1:] if self.quote and self.closed else self.after).strip()


@dataclass(frozen=True, slots=True)
class CnfText:
    """A complete file."""

    lines: tuple[CnfLine, ...]

    @property
    def entries(self) -> tuple[CnfLine, ...]:
        """Return the lines that set a parameter, in the file's order, including repeated parameters."""
        return tuple(line for line in self.lines if line.name)

    @property
    def values(self) -> Mapping[str, CnfLine]:
        """Return the last line for each parameter; it is the one that counts, because the phone sets values
        as it reads.
        """
        return {line.name: line for line in self.lines if line.name}


def read(data: bytes) -> CnfText:
    """Read the bytes of a file; a line that sets no parameter gets no name."""
    return CnfText(tuple(_lines(data.decode("latin-1"))))


def write(text: CnfText) -> bytes:
    """Return the bytes of the file."""
    return "".join(line.text + line.end for line in text.lines).encode("latin-1")


def row(name: str, value: str) -> str | None:
    """Return the line that gives a parameter this value, with its line end; None if no line can contain the
    value.

    The value is in quotes, unless it contains a double quote itself. In quotes, the phone would drop
    everything after the second quote.
    """
    for line in (f'{name}: "{value}"', f"{name}: {value}"):
        if len(line) < LONGEST_ROW and _is_read_back(line, name, value):
            return f"{line}\n"
    return None


def _is_read_back(line: str, name: str, value: str) -> bool:
    if LINE_ENDS.search(line) or any(character > "\xff" for character in line):
        return False
    found = read(line.encode("latin-1")).lines
    return [(one.name, one.value, one.trailing) for one in found] == [(name, value, "")]


def with_line(text: CnfText, line: CnfLine) -> CnfText:
    """Return the file in which this line replaces the line with the same number."""
    index = line.number - 1
    return CnfText((*text.lines[:index], line, *text.lines[index + 1 :]))


def _lines(text: str) -> Iterator[CnfLine]:
    position, number = 0, 0
    while position < len(text):
        found = _LINE.match(text, position)
        # Every part of the pattern may be empty, and `other` matches any character. So the pattern matches
        # every line.
        assert found is not None  # noqa: S101
        number += 1
        before, name, separator, quote, quoted, closed, bare, tail, other, end = found.groups()
        if name is None:
            yield CnfLine(number, before + other, end=end)
        elif quote:
            yield CnfLine(number, before, name, separator, quote, quoted, closed, end)
        else:
            yield CnfLine(number, before, name, separator, "", bare, tail, end)
        position = found.end()
