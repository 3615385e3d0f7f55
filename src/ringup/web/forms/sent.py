"""Puts the fields of a sent form into a record in its plain form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ringup.site.mask import MASK, is_hidden
from ringup.site.rows import Plain
from ringup.web.ask import Ask
from ringup.web.forms.fields import fields_of

MOST_SETTINGS = 500
"""Maximum number of settings that one form may send."""


def put_fields(
    ask: Ask, record: type[BaseModel], plain: Plain, *, prefix: str = "", without: Sequence[str] = ()
) -> None:
    """Set the simple fields of a plain record; a field that still has the shown value stays as it is."""
    sent = dict(reversed(ask.form))
    for field in fields_of(record, plain, prefix=prefix, without=without):
        name = field.name.removeprefix(prefix)
        if field.kind == "switch":
            if f"{field.name}.shown" in sent and (field.name in sent) != bool(field.value):
                plain[name] = field.name in sent
        elif sent.get(field.name, field.value) != field.value:
            _put(plain, name, sent[field.name].strip(), is_number=field.kind == "number")


def _put(plain: Plain, name: str, value: str, *, is_number: bool) -> None:
    if is_hidden(name) and value in (MASK, ""):
        return
    if not value and name not in plain:
        return
    if is_number and value.isascii() and value.isdecimal():
        plain[name] = int(value[:18])
    elif name == "address" and not value:
        plain.pop(name, None)
    else:
        plain[name] = value


def put_settings(ask: Ask, plain: Plain, *, name: str = "settings") -> None:
    """Replace the settings by the pairs of the form; a secret that still shows its mask stays as it is."""
    if not ask.field(f"{name}.shown"):
        return
    before: Mapping[str, str] = plain.get(name, {})
    pairs = zip(ask.fields(f"{name}.key"), ask.fields(f"{name}.value"), strict=False)
    plain[name] = _settings(before, list(pairs)[:MOST_SETTINGS])


def _settings(before: Mapping[str, str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {
        key.strip(): before.get(key.strip(), "") if value == MASK else value.strip()
        for key, value in pairs
        if key.strip()
    }


def lines_of(ask: Ask, record: type[BaseModel], before: Sequence[Plain]) -> list[Plain]:
    """Return the lines of the form in the order of their buttons; a line without an extension is left out.

    A line keeps the fields that the form does not show, and its secrets, by its extension before the change.
    """
    known: Mapping[str, Plain] = {line["extension"]: line for line in before}
    found: list[Plain] = []
    numbers = sorted({key.split(".")[1] for key, _ in ask.form if key.startswith("lines.")}, key=_number)
    for number in numbers:
        prefix = f"lines.{number}."
        if not ask.field(f"{prefix}extension").strip():
            continue
        line: dict[str, Any] = dict(known.get(ask.field(f"{prefix}was"), {}))
        put_fields(ask, record, line, prefix=prefix)
        found.append(line)
    return found


def speed_dials_of(ask: Ask, record: type[BaseModel]) -> list[Plain]:
    """Return the speed dials of the form in the order of their buttons; one without a number is left out."""
    keys = {
        key.split(".")[1] for key, _ in ask.form if key.startswith("speed_dials.") and key.count(".") == 2
    }
    found: list[Plain] = []
    for key in sorted(keys, key=_number):
        dial: Plain = {}
        put_fields(ask, record, dial, prefix=f"speed_dials.{key}.")
        if dial.get("number"):
            found.append(dial)
    return found


def _number(text: str) -> tuple[int, str]:
    return (int(text), text) if text.isascii() and text.isdecimal() and len(text) < 5 else (9999, text)
