"""FormField: one field of a record as a form shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from ringup.site.field_docstrings import docstrings
from ringup.site.mask import MASK, is_hidden

FieldKind = Literal["text", "number", "switch", "choice", "secret", "rows"]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form."""

    name: str
    """The name of the input, like ``lines.0.extension``."""
    label: str
    kind: FieldKind
    value: str
    help: str
    choices: Sequence[str] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    """Maximum number of characters."""
    inherited: str = ""
    """The value that holds while this one is empty, and where it comes from."""


_TITLES = {"mac": "MAC", "sip": "SIP", "ntp_server": "NTP server", "pbx": "PBX", "etc": "Asterisk's folder"}
"""Labels that are not simply the field's name with spaces."""
_PARTS = ("array", "object")


@cache
def help_texts(record: type[BaseModel]) -> Mapping[str, str]:
    """Return the docstring below each field, as one line without marks."""
    return {name: " ".join(text.split()).replace("``", "") for name, text in docstrings(record).items()}


@cache
def schema_of(record: type[BaseModel]) -> Mapping[str, Any]:
    """Return the JSON schema of each field of a record."""
    properties: Mapping[str, Any] = record.model_json_schema()["properties"]
    return properties


def fields_of(
    record: type[BaseModel], values: Mapping[str, Any], *, prefix: str = "", without: Sequence[str] = (),
    inherited: Mapping[str, str] | None = None,
) -> Iterator[FormField]:  # fmt: skip
    """Yield the simple fields of a record with their values; `inherited` is the text for empty fields."""
    helps = help_texts(record)
    for name, schema in schema_of(record).items():
        schema = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
        if name in without or schema.get("type") in _PARTS or "$ref" in schema:
            continue
        value = values.get(name, schema.get("default", ""))
        yield FormField(
            name=f"{prefix}{name}",
            label=_TITLES.get(name, name.replace("_", " ").capitalize()),
            kind=_kind(name, schema),
            value=_shown(name, value),
            help=helps.get(name, ""),
            choices=tuple(schema.get("enum", ())),
            least=schema.get("minimum"),
            most=schema.get("maximum"),
            longest=schema.get("maxLength"),
            inherited=(inherited or {}).get(name, ""),
        )


def _kind(name: str, schema: Mapping[str, Any]) -> FieldKind:
    if is_hidden(name):
        return "secret"
    if "enum" in schema:
        return "choice"
    return {"integer": "number", "boolean": "switch"}.get(schema.get("type", ""), "text")  # type: ignore[return-value]


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return MASK if is_hidden(name) else str(value)
