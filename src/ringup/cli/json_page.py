"""Generate docs/reference/json.md from the forms; with `--schema`, docs/reference/json-schema.json."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from ringup.cli.json_forms import COMMANDS

_TOP = """\
# JSON for programs

Written by `tools/json-page` from the forms in the code.

`--json` prints one object. Its `version` is 1. The number rises when a key is removed or changes its meaning.
Later releases may add keys, so ignore keys that you do not know. Every list is the value of a key, like
`phones` or `findings`. Passwords are masked as `********` unless you add `--reveal`. Times are Unix
seconds.

[json-schema.json](json-schema.json) describes the same objects as a JSON Schema (2020-12), with one
definition per command.
`ringup serve --log json` and `ringup emulate --json` print one object per line for each event, without a
version. `ringup demo --once --json` prints the evidence of its run, whose keys depend on the fault.
"""

Schema = Mapping[str, Any]

_CLOSED = ("additionalProperties", False)


def schema() -> dict[str, Any]:
    """Return one JSON Schema with a definition for each command's form."""
    _, found = models_json_schema([(command.form, "serialization") for command in COMMANDS.values()])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": found["$defs"]}


def schema_text() -> str:
    """Return the contents of json-schema.json, which allows the keys of later versions."""
    return json.dumps(_open(schema()), indent=1, ensure_ascii=False) + "\n"


def _open(part: Any) -> Any:
    if isinstance(part, dict):
        closed = part.get("additionalProperties") is False
        return {
            key: _open(value) for key, value in part.items() if key != "additionalProperties" or not closed
        }
    return [_open(each) for each in part] if isinstance(part, list) else part


def page() -> str:
    """Return the contents of json.md."""
    definitions = schema()["$defs"]
    parts = [_TOP]
    for words, command in COMMANDS.items():
        typed = f"ringup {words} --json"
        name = command.form.__name__
        rows = "".join(_row(*field) for field in _fields(definitions[name], definitions, ""))
        pipe = f" | {command.example}" if command.example else ""
        parts.append(
            f"\n## {typed}\n\nDefinition `{name}`:\n\n    {typed}{pipe}\n\n"
            f"| key | type | meaning |\n|---|---|---|\n{rows}"
        )
    return "".join(parts)


def _row(path: str, kind: str, meaning: str) -> str:
    return f"| `{path}` | {kind} | {' '.join(meaning.split()).replace('|', chr(92) + '|')} |\n"


def _fields(form: Schema, definitions: Schema, before: str) -> Iterator[tuple[str, str, str]]:
    """Yield every key with its path, like ``phones[].mac``, its type and its meaning."""
    for name, field in form.get("properties", {}).items():
        target, kind = _resolved(field, definitions)
        path = f"{before}{name}{'[]' if kind.startswith('list') else ''}"
        yield path, kind, _meaning(field, target)
        yield from _fields(target, definitions, f"{path}.")


def _resolved(field: Schema, definitions: Schema) -> tuple[Schema, str]:
    """Return the object that a field holds, directly or in a list, and the name of the field's type."""
    if "$ref" in field:
        target = definitions[field["$ref"].rpartition("/")[2]]
        return target, str(target.get("type", "object"))
    if field.get("type") == "array":
        target, kind = _resolved(field.get("items", {}), definitions)
        return target, f"list of {kind}s" if kind else "list"
    if "anyOf" in field:
        resolved = [_resolved(each, definitions) for each in field["anyOf"]]
        return {}, " or ".join(kind for _, kind in resolved)
    return {}, str(field.get("type", ""))


def _meaning(field: Schema, target: Schema) -> str:
    values = field.get("enum") or target.get("enum") or ()
    listed = "" if len(values) > 12 else ", ".join(f"`{value}`" for value in values)
    constant = f"`{field['const']}`" if "const" in field else ""
    return " ".join(part for part in (field.get("description", ""), listed, constant) if part)


if __name__ == "__main__":
    print(schema_text() if "--schema" in sys.argv else page(), end="")
