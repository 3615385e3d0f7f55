"""Detect values that a spreadsheet has changed, and write values so that spreadsheets do not change them.

A spreadsheet that opens a CSV file turns 0201 into 201, 001646000000 into 1.64E+09 and +49 into 49, and it
executes text that begins with ``=``. An apostrophe at the beginning makes it keep the text. ringup's export
writes an apostrophe where it is needed, and every import removes it.
"""

import re

from ringup.site.table import BLANKS
from ringup.wire.mac import LENGTH

_EXPONENT = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
_WHOLE = re.compile(r"([0-9]+)[.,]0+")
_ERRORS = frozenset({"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NV", "#WERT!"})
_ALTERED = re.compile(
    r"[=+@-].*"  # a text that would be a formula
    r"|0[0-9]+|[0-9]{12,}|[0-9]+[.,][0-9]+"  # a number that would lose digits
    r"|[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+"
    r"|[0-9]{1,4}([-/.:][0-9]{1,4}){1,2}"  # a text that would become a date or a time
    r"|([0-9]{1,2}[-/. ]{0,2})?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([-/. ]?[0-9]{1,4})?"
    r"|true|false",
    re.DOTALL | re.IGNORECASE,
)
EMPTY = "(empty)"
"""The text for a value that exists and is empty; an empty cell means that there is no value."""

_MAC_DIGITS = 2 * LENGTH


def spelled(value: str) -> str:
    """Return the text of a cell for a value that exists and may be empty."""
    if not value:
        return EMPTY
    return f"\\{value}" if value.lstrip("\\") == EMPTY else value


def meant(text: str) -> str:
    """Return the value for which `spelled` wrote this text."""
    if text == EMPTY:
        return ""
    return text[1:] if text.startswith("\\") and text.lstrip("\\") == EMPTY else text


def guarded(text: str) -> str:
    """Return a value as it is written into a file that spreadsheets open."""
    return f"'{text}" if _needs_guard(text) else text


def unguarded(cell: str) -> str:
    """Return the value of a cell without its apostrophe."""
    return cell[1:] if cell.startswith("'") and _needs_guard(cell[1:]) else cell


def _needs_guard(text: str) -> bool:
    bare = text.strip(BLANKS).lstrip("'")
    return bool(_ALTERED.fullmatch(bare)) or bare in _ERRORS


def fault_of_cell(field: str, cell: str) -> tuple[str, str] | None:
    """Return the damage that a spreadsheet did to the value of this field, and the cure; None without signs
    of damage.

    The fact does not repeat the value, because it may be secret.
    """
    if cell in _ERRORS:
        return "is a spreadsheet's error, not a value.", "Correct the formula, or write the value."
    if field not in _DIGITS:
        return None
    if _EXPONENT.fullmatch(cell) and not (field == "mac" and len(cell) == _MAC_DIGITS):
        return "is a number in a spreadsheet's short form, which has lost digits.", _AS_TEXT
    if field != "mac" and field not in _SECRETS and (whole := _WHOLE.fullmatch(cell)):
        return "has decimals that a spreadsheet added.", f"Write {whole[1]}, and {_FORMAT}"
    if field == "mac" and cell.isascii() and cell.isdigit() and len(cell) < _MAC_DIGITS:
        spelt = cell.zfill(_MAC_DIGITS)
        colons = ":".join(spelt[at : at + 2] for at in range(0, _MAC_DIGITS, 2))
        return (
            f"has {len(cell)} digits: a spreadsheet drops leading zeros.",
            f"If it is {colons}, write that.",
        )
    return None


_SECRETS = ("secret", "password", "voicemail_pin")
_DIGITS = frozenset({"mac", "extension", "auth_name", *_SECRETS})
_FORMAT = "format the column as text."
_AS_TEXT = f"Write it again, and {_FORMAT}"


def lost_zeros(extension: str, known: set[str]) -> str:
    """Return the known extension that is this one with leading zeros; empty if there is none."""
    if not (extension.isascii() and extension.isdigit()) or extension in known:
        return ""
    return next(
        (name for name in sorted(known) if name.startswith("0") and name.lstrip("0") == extension), ""
    )
