"""The one line in an operator's file that includes ours.

Asterisk does without a file of `#tryinclude` that is missing, while a missing `#include` keeps the whole
file, and with it the module, from loading (main/config.c, process_text_line). Earlier versions wrote the
latter and put our files beside the operator's; such a line becomes one of today's where it stands.
"""

import re

FOLDER = "ringup.d"
"""Our files' folder in Asterisk's own."""


def including(text: bytes, name: str) -> bytes:
    """Return an operator's file with the line for our file `name` exactly once; every other byte stays."""
    line = _line(name)
    rows = text.splitlines(keepends=True)
    ours = [number for number, row in enumerate(rows) if _is_ours(row, name)]
    if not ours:
        gap = b"" if not text or text.endswith(b"\n") else b"\n"
        return text + gap + line + b"\n"
    first, *others = ours
    if rows[first].strip() != line:
        rows[first] = line + b"\n"
    return b"".join(row for number, row in enumerate(rows) if number not in others)


def without(text: bytes, name: str) -> bytes:
    """Return an operator's file without any line that includes our file `name`."""
    return b"".join(row for row in text.splitlines(keepends=True) if not _is_ours(row, name))


def needs_the_file(text: bytes, name: str) -> bool:
    """Return whether an operator's file includes ours by a line of an earlier version.

    Asterisk refuses such a file once ours is gone.
    """
    return _earlier_line(name) in (row.strip() for row in text.splitlines())


_INCLUDE = re.compile(r'\s*#(?:try)?include\s+["<]?([^">;]+?)[">]?\s*(?:;.*)?')
_BLOCK_COMMENT = re.compile(r";--(?!-).*?--;", re.DOTALL)


def included_names(text: bytes) -> list[str]:
    """Return what the active ``#include`` and ``#tryinclude`` lines of a file name."""
    active = _BLOCK_COMMENT.sub("", text.decode(errors="replace"))
    return [match[1] for line in active.splitlines() if (match := _INCLUDE.fullmatch(line))]


def _line(name: str) -> bytes:
    return f'#tryinclude "{FOLDER}/{name}"'.encode()


def _earlier_line(name: str) -> bytes:
    return f'#include "{name}"'.encode()


def _is_ours(row: bytes, name: str) -> bool:
    return row.strip() in (_line(name), _earlier_line(name))
