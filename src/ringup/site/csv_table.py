"""Read CSV files as spreadsheets write them, with any usual encoding and separator, and with line numbers."""

import codecs
import csv
import io
import re
from collections import Counter

from ringup.errors import Problem, SiteErrors
from ringup.site.table import LARGEST_FILE, Table, TableBuilder, too_large

SEPARATORS = ",;\t|"
"""The possible separators; if a header has as many commas as other separators, the comma wins."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks with their encodings; if a mark begins with another one, the longer mark comes first."""
_SAMPLE = 256
"""Number of bytes that are searched for signs of UTF-16 without a byte order mark."""
_SEPARATOR_ROW = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)
"""Matches the row in which Excel writes the separator."""


def read_csv(data: bytes, name: str, encoding: str = "") -> Table:
    """Return the table in a CSV file; messages call the file `name`, and without `encoding` it is detected.

    Raises SiteErrors for a text in another encoding, a quote that is never closed, a missing header, or a
    file that is too large.
    """
    if len(data) > LARGEST_FILE:
        raise too_large(name, f"the file has {len(data):,} bytes; the most are {LARGEST_FILE:,}.")
    text = _decoded(data, name, encoding)
    builder = TableBuilder(name)
    separator, start = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if line >= start:
                builder.add(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise builder.refuse(line, *_worded(error)) from error
    return builder.table()


def _decoded(data: bytes, name: str, encoding: str) -> str:
    recognised = encoding or _encoding(data)
    try:
        return data.decode(recognised)
    except LookupError:
        cure = "Try cp1252, latin-1 or utf-16."
        raise SiteErrors([Problem("--encoding", f"{encoding} is not an encoding.", cure)]) from None
    except UnicodeDecodeError as error:
        # `data` cannot be used here: with utf-8-sig, the position counts from the end of the mark.
        line = error.object[: error.start].count(b"\n") + 1
        wrong, spelt = error.object[error.start], recognised.removesuffix("-sig").upper()
        what = f"byte 0x{wrong:02X} is not valid {spelt}."
        cure = "In Excel, save as `CSV UTF-8`, or name the encoding: --encoding cp1252"
        raise SiteErrors([Problem(f"{name}:{line}", what, cure)]) from error


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    even, odd = sample[::2], sample[1::2]
    if odd and odd.count(0) * 2 > len(odd):
        return "utf-16-le"
    if even and even.count(0) * 2 > len(even):
        return "utf-16-be"
    return "utf-8"


def _separator(text: str) -> tuple[str, int]:
    """Return the separator, and the number of the line at which the table begins."""
    first = text.lstrip("\r\n").partition("\n")[0]
    if named := _SEPARATOR_ROW.fullmatch(first.strip("\r\n")):
        return named[1], text[: text.index(first)].count("\n") + 2
    found = Counter(sign for sign in re.sub(r'"[^"]*"?', "", first) if sign in SEPARATORS)
    return max(SEPARATORS, key=lambda sign: found[sign]), 1


def _worded(error: csv.Error) -> tuple[str, str]:
    said = str(error)
    if "unexpected end of data" in said:
        return "the quote that begins in this row does not end.", "Write the same quote at its end."
    if "field larger" in said:
        return "a value is too long.", "Close the quote that begins in this row."
    return f"this is not CSV: {said}.", 'Write a quote inside a quoted value twice: "".'
