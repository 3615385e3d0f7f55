"""Quote values for Asterisk's configuration files, so that no value can become a comment, a line or a
section.

A ``;`` begins a comment unless ``\\`` stands before it, and a line end ends the value. No other character
after ``key = `` is special. A line that begins with ``#`` is a directive (``#exec`` runs programs), so no
name may begin with ``#``. Source: Asterisk's main/config.c (process_text_line), 16 to 22.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ringup.phone.cnf_text import LINE_ENDS
from ringup.site.model import Pbx

HEADER = "; Written by ringup; changes here are lost. Your own belong into the file that includes this one.\n"

_GUESTS = "-guests"
LONGEST_VALUE = 1024
"""Maximum number of bytes of a password that ringup writes.

Asterisk skips a line of 8,192 bytes or more. An account whose password line is skipped can be used without a
password.
"""
_NAME = re.compile(r"[A-Za-z0-9_.*+-][A-Za-z0-9_.*#+-]*")
_KEY = re.compile(r"[A-Za-z0-9_/]+")


def value(text: str) -> str:
    """Quote a text as the value of ``key = value``; raises ValueError for a control character that ends a
    line.
    """
    # A printable text cannot contain a line end, so it is not searched. The search would take a third of the
    # time for a large file.
    if not text.isprintable() and LINE_ENDS.search(text):
        raise ValueError(f"{text!r} holds a control character: it would end the line in Asterisk's file")
    return text.replace(";", r"\;")


def guest_context(pbx: Pbx) -> str:
    """Return the context of the guests in the dial plan."""
    return f"{pbx.context}{_GUESTS}"


def can_hold_secret(text: str) -> bool:
    """Return whether Asterisk reads this password completely.

    If it does not, the account must be left out, because it could be used without a password. Asterisk
    removes spaces and control characters around a value (ast_strip).
    """
    if text.isascii() and text.isprintable():
        return not text.isspace() and 0 < len(text) <= LONGEST_VALUE
    is_read = any(character > " " for character in text)
    return is_read and len(text.encode()) <= LONGEST_VALUE and not LINE_ENDS.search(text)


def left_out(name: str, command: str) -> str:
    """Return a comment that says why the account of this name is missing, with the command that cures it."""
    return (
        f"\n; {section_name(name)} is left out: no line here can hold its password. Set another: {command}\n"
    )


def section_name(text: str) -> str:
    """Return the text if it can be a section's name or an extension; raises ValueError otherwise."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} cannot name a section of Asterisk's files")
    return text


def section(name: str, *parts: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    """Return one complete section for each of the parts, all with the same name; options without a value are
    left out.
    """
    heading = section_name(name)
    keys: list[str] = []
    texts: list[str] = []
    for options in parts:
        pairs = options.items() if isinstance(options, Mapping) else options
        keys += [_HEADING, *[key for key, text in pairs if text]]
        texts += [heading, *[text for _, text in pairs if text]]
    all_texts = "".join(texts)
    if ";" in all_texts or not all_texts.isprintable():  # checking each value would take half of the time
        texts = list(map(value, texts))
    return _pattern(tuple(keys)) % tuple(texts)


_HEADING = "["
"""Stands for the section's name in a list of options; no option has this name."""


@lru_cache(maxsize=256)
def _pattern(keys: tuple[str, ...]) -> str:
    """Return the pattern of sections with these options; it is made once and used for thousands of lines."""
    for key in keys:
        if key != _HEADING and not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not an option of Asterisk's files")
    return "".join("\n[%s]\n" if key == _HEADING else f"{key} = %s\n" for key in keys)


_NOT_IN_NAMES = str.maketrans("", "", '<>"\\')


def caller_id(name: str, number: str) -> str:
    """Return ``"Name" <number>``; characters that would end the quotes or the number are removed from the
    name.
    """
    plain = value(name).replace(r"\;", "").translate(_NOT_IN_NAMES).strip()
    return f'"{plain}" <{number}>' if plain else f"<{number}>"


def one_field(text: str) -> str:
    """Return a text for one of several fields separated by commas; its commas and vertical bars become
    spaces.
    """
    return re.sub(r"\s+", " ", re.sub(r"[,|]", " ", value(text))).strip()
