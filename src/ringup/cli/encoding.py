"""Keeps a command from ending because the terminal's encoding lacks a character."""

import codecs
import io
import sys

HANDLER = "ringup.readable"
"""Name under which `readable` is registered as an error handler of `codecs`."""

_SPELLINGS = str.maketrans(
    {"→": "->", "…": "...", "–": "-", "—": "-", "×": "x", "“": '"', "”": '"', "’": "'"}
)
_FIRST_ESCAPED, _LAST_ESCAPED = 0xDC80, 0xDCFF
"""Surrogates that stand for bytes of a name or an argument that could not be decoded (PEP 383)."""


def readable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace a character that cannot be encoded: an arrow becomes ``->``, another character an escape as in
    JSON. A byte that could not be decoded is written unchanged.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if _FIRST_ESCAPED <= ord(character) <= _LAST_ESCAPED:
        return bytes([ord(character) - 0xDC00]), error.start + 1
    spelt = character.translate(_SPELLINGS)
    return (spelt if spelt.isascii() else _escaped(character)), error.start + 1


def _escaped(character: str) -> str:
    """Escape a character as JSON does, because people can read that form, too."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def write_whatever_comes() -> None:
    """Let standard output and standard error accept every character, in any locale."""
    codecs.register_error(HANDLER, readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)
