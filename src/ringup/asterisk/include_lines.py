"""The one line in an operator's file that includes ringup's file.

If the file of a `#tryinclude` line is missing, Asterisk ignores the line. If the file of an `#include` line
is missing, Asterisk does not load the including file, nor the module that needs it (main/config.c,
process_text_line). Earlier versions of ringup wrote `#include` lines, and put their files beside the
operator's. Such an old line is replaced by a new one at the same position.
"""

import re
from collections.abc import Sequence

FOLDER = "ringup.d"
"""The folder of ringup's files, inside Asterisk's folder."""


def including(text: bytes, name: str, sections: Sequence[str] = (), before: str = "") -> bytes:
    """Return an operator's file with exactly one line that includes ringup's file `name`; no other byte
    changes.

    `sections` are the sections that the file must have, in order; missing ones are added. The new line is
    inserted before the section `before`, or at the end if the file does not have that section.
    """
    line = _line(name)
    rows = _with_sections(text, sections).splitlines(keepends=True)
    ours = [number for number, row in enumerate(rows) if _is_ours(row, name)]
    if not ours:
        return b"".join(_inserted(rows, line, _place(rows, before)))
    first, *others = ours
    if rows[first].strip() != line:
        rows[first] = line + b"\n"
    return b"".join(row for number, row in enumerate(rows) if number not in others)


def _with_sections(text: bytes, sections: Sequence[str]) -> bytes:
    rows = text.splitlines(keepends=True)
    following = ""
    for section in reversed(sections):
        if section.lower() not in map(_section_of, rows):
            rows = _inserted(rows, f"[{section}]".encode(), _place(rows, following))
        following = section
    return b"".join(rows)


def _place(rows: Sequence[bytes], section: str) -> int:
    """Return the index of the row that begins this section; the number of rows if there is none."""
    found = (number for number, row in enumerate(rows) if section and _section_of(row) == section.lower())
    return next(found, len(rows))


def _section_of(row: bytes) -> str:
    match = _SECTION.match(row.decode(errors="replace"))
    return match[1].strip().lower() if match else ""


def _inserted(rows: list[bytes], line: bytes, place: int) -> list[bytes]:
    gap = [b"\n"] if place and not rows[place - 1].endswith(b"\n") else []
    return [*rows[:place], *gap, line + b"\n", *rows[place:]]


def without(text: bytes, name: str) -> bytes:
    """Return an operator's file without any line that includes ringup's file `name`."""
    return b"".join(row for row in text.splitlines(keepends=True) if not _is_ours(row, name))


def is_empty(text: bytes, sections: Sequence[str]) -> bool:
    """Return whether a file contains nothing but the headers of these sections."""
    known = {section.lower() for section in sections}
    return all(not row.strip() or _section_of(row) in known for row in text.splitlines())


def needs_the_file(text: bytes, name: str) -> bool:
    """Return whether a line by an earlier version in this operator's file needs ringup's file `name`.

    If so, Asterisk refuses the operator's file after ringup's file is deleted.
    """
    return _earlier_line(name) in (row.strip() for row in text.splitlines())


_INCLUDE = re.compile(r'\s*#(?:try)?include\s+["<]?([^">;]+?)[">]?\s*(?:;.*)?')
_SECTION = re.compile(r"\s*\[([^\]]+)\]")
_BLOCK_COMMENT = re.compile(r";--(?!-).*?--;", re.DOTALL)


def included_names(text: bytes) -> list[str]:
    """Return the file names in the active ``#include`` and ``#tryinclude`` lines of a file."""
    active = _BLOCK_COMMENT.sub("", text.decode(errors="replace"))
    return [match[1] for line in active.splitlines() if (match := _INCLUDE.fullmatch(line))]


def _line(name: str) -> bytes:
    return f'#tryinclude "{FOLDER}/{name}"'.encode()


def _earlier_line(name: str) -> bytes:
    return f'#include "{name}"'.encode()


def _is_ours(row: bytes, name: str) -> bool:
    return row.strip() in (_line(name), _earlier_line(name))
