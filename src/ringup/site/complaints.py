"""Translate pydantic's findings into problems: the place, the fault of the value, and the cure."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ringup.errors import Problem
from ringup.phone.parameters import PARAMETERS
from ringup.site.mask import is_hidden
from ringup.site.model import Line
from ringup.site.record_faults import FaultyRecord
from ringup.site.rows import Path

_WORDS = {
    "secret": "password",
    "voicemail_pin": "voicemail PIN",
    "manager_secret": "manager password",
    "realtime_password": "realtime database's password",
    "mac": "MAC",
    "first": "first pool address",
    "last": "last pool address",
}
"""The fields for which people use another name."""

_NUMBER = "Use digits, letters and * # + _ . - only, neither # nor _ first."

_DIALLED = "Leave out < > & and double quotes: phones read a dial template without XML's escapes."

_CURES = {
    **dict.fromkeys(("match", "rewrite", "route", "tone"), _DIALLED),
    "model": "Write 7940 or 7960.",
    "extension": _NUMBER,
    "messages": _NUMBER,
    "secret": "Use letters, digits and punctuation; no spaces, no double quotes.",
    "password": "Use letters, digits and punctuation; no spaces, no double quotes.",
    "manager_secret": "Use letters, digits and punctuation; no spaces, no double quotes.",
    "realtime_password": "Use letters, digits and punctuation; no spaces, no quotes, no backslashes.",
    "voicemail_pin": "Use up to 16 digits.",
    "outside_prefix": "Write up to 4 digits.",
    "context": "Use up to 79 letters, digits, _ and -.",
    "parking": "Use up to 79 letters, digits, _ and -.",
    "outside_ring": "Use up to 64 letters, digits, _ . and -, like Bellcore-dr2.",
    "services": "Write names of services with one space in between, like directory talking.",
    "sync": "Use up to 32 letters, digits, _ . and -.",
    "network": "Write it like 192.168.1.0/24, without host bits.",
}
"""The cure for a text that does not match its pattern.

For all fields that are not listed, the cure is to remove control characters and double quotes.
"""

_ADDRESS = "Write four numbers, like 192.168.1.10."
_PLAIN = (
    "Leave out double quotes and control characters, and use letters, digits, _ . - for names of records."
)


def problems_of(
    error: ValidationError, base: Path, where: Callable[[Path], str], record: type[BaseModel]
) -> Iterator[Problem]:
    """Return one problem for each finding about the record at `base`."""
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        what, cure = _sentence(detail, path, record)
        yield Problem(where((*base, *path)), what, cure)


def label(path: Path) -> str:
    """Return a readable name for the part of a record at this path, like ``line 1's password``."""
    words = []
    for part, after in zip_longest(path, path[1:]):
        if part == "lines" and isinstance(after, int):
            continue
        if isinstance(part, int):
            words.append(f"line {part + 1}'s" if "lines" in path else f"number {part + 1}")
        elif part != "settings" or after is None:
            words.append(_WORDS.get(part, part))
    return " ".join(words).removesuffix("'s")


def _sentence(detail: ErrorDetails, path: Path, record: type[BaseModel]) -> tuple[str, str]:
    field = str(next((part for part in reversed(path) if isinstance(part, str)), ""))
    name, given = label(path), detail["input"]
    limits: dict[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    shown = f"{name} is {given!r}" if not is_hidden(field) else f"{name} is not valid"
    match kind:
        case "missing":
            return f"{name} is missing.", "Add it."
        case "extra_forbidden":
            return f"{name} is not known here.", _suggestion(field, path, record)
        case "string_too_long":
            most = limits["max_length"]
            return f"{name} has {len(given)} characters; 7940/7960 firmware takes {most}.", "Shorten it."
        case "string_too_short":
            return f"{name} is empty.", "Write one, or leave the field out."
        case "string_pattern_mismatch":
            return f"{shown}.", _CURES.get(field, _PLAIN)
        case "greater_than_equal" | "less_than_equal":
            bound = f"at least {limits['ge']}" if "ge" in limits else f"at most {limits['le']}"
            return f"{shown}; it must be {bound}.", ""
        case "literal_error":
            return f"{shown}; it must be {limits['expected']}.", ""
        case "value_error":
            error = limits["error"]
            if isinstance(error, FaultyRecord):
                return error.what, error.cure
            return _as_sentence(str(error)), ""
        case _:
            return f"{shown}.", _EXPECTED.get(kind, f"{detail['msg']}.")


def _as_sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


_EXPECTED = {
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "bool_parsing": "Write yes or no.",
    "bool_type": "Write yes or no.",
    "ip_v4_address": _ADDRESS,
    "ip_v4_network": _CURES["network"],
    "string_type": "Write one text, not a list.",
    "dict_type": "Write `name: value` lines under it.",
    "tuple_type": "Write a list, each item after a dash.",
    "model_type": "Write `name: value` lines under it.",
    "model_attributes_type": "Write `name: value` lines under it.",
}
"""The cure for each type of pydantic's findings."""


def _suggestion(field: str, path: Path, record: type[BaseModel]) -> str:
    known = record.model_fields
    if "lines" in path:
        known = Line.model_fields
    elif field in PARAMETERS and "settings" in known:
        return "It is a setting of the phone: put it under settings."
    near = get_close_matches(field, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Remove it."
