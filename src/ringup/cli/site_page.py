"""docs/reference/site.md, made of the site's records: each field's type and default, and its docstring."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from ringup.site.check import FIELDS_ELSEWHERE
from ringup.site.field_docstrings import docstrings
from ringup.site.model import (
    DialRule,
    DirectorySource,
    Group,
    Line,
    Pbx,
    PersonalNumber,
    Phone,
    Ring,
    Site,
    SpeedDial,
    Subnet,
)

_TOP = """\
# The site's YAML

Written by `tools/site-page` from the records in the code.

`ringup export` writes the site in this form, and `ringup apply` reads it. `apply` replaces the site: it
deletes every record that the file omits, but keeps the stored passwords of the others.

    ringup export -o site.yaml
    ringup apply site.yaml --dry-run
    ringup apply site.yaml

All mistakes are reported at once, each with its line, and nothing is changed.

Without `--reveal`, passwords and PINs are written as `********`; a masked password keeps its stored
value. `force:` before `password` or `secret` keeps a password that a 7940 or 7960 does not accept; an
[import](../how-to/adopt.md) may write one.

`settings` hold any of the [parameters](parameters.md) of the phones' own files. A phone's own value overrides
its group's value, and the group's value overrides the site's. `force:` before a name sets a parameter that
ringup does not know or would refuse.

The same fields can be set one by one: `ringup site set`, `ringup group` and `ringup phone`.
"""

_EXAMPLE = """
## Example

```yaml
site:
  time_zone: Europe/London
network:
  - network: 192.168.1.0/24
    first: 192.168.1.100
    last: 192.168.1.199
    router: 192.168.1.1
pbx:
  address: 192.168.1.10
  etc: /etc/asterisk
groups:
  - name: lobby
    settings:
      telnet_level: 0
phones:
  - mac: 001646C0FFEE
    model: 7960
    group: lobby
    lines:
      - extension: 201
        name: Larry Ellison
```
"""


class Part(NamedTuple):
    """One part of the file."""

    record: type[BaseModel]
    about: str


PARTS: Mapping[str, Part] = {
    "site": Part(Site, "The settings that all phones share."),
    "network": Part(
        Subnet, "A list of networks on which DHCP gives out addresses; without it, DHCP gives out none."
    ),
    "pbx": Part(Pbx, "The Asterisk that the lines register to."),
    "dial_rules": Part(
        DialRule,
        "A list of rules for the [dial template](../how-to/dial-template.md); without it, ringup "
        "generates the rules.",
    ),
    "rings": Part(Ring, "A list of ring tones, in the order of the phones' menu."),
    "directory": Part(
        DirectorySource,
        "A list of address books for the phones' [directory](../how-to/directory-and-services.md).",
    ),
    "groups": Part(Group, "A list of groups of phones that share settings."),
    "phones": Part(Phone, "A list."),
    "phones[].lines": Part(Line, "A list in each phone, one line button after another."),
    "phones[].lines[].numbers": Part(
        PersonalNumber, "A list in each line: numbers that only the Directory button of its phone shows."
    ),
    "phones[].speed_dials": Part(
        SpeedDial, "A list in each phone that speaks SCCP, on the line buttons below its lines."
    ),
}

_TEXTS: Mapping[str, str] = {
    "": "text",
    r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"]*$": 'text without `"`',
    r"^[^\x00-\x1f\x7f\x85\u2028\u2029\"<>&]*$": 'text without `" < > &`',
    r"^[\x21\x23-\x7e]*$": 'ASCII without spaces and `"`',
    r"^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$": "ASCII without spaces, quotes and `\\`",
    r"^[0-9*+A-Za-z.-][0-9*#+A-Za-z_.-]{0,126}$": "digits, letters, `* # + _ . -`; neither `#` nor `_` first",
    r"^[0-9]{0,16}$": "up to 16 digits",
    r"^\+?[0-9*#]{1,31}$": "up to 31 digits, `*` and `#`; `+` may be first",
    r"^(?:[A-Z]{2})?$": "two capital letters",
    r"^[0-9]{0,4}$": "up to 4 digits",
    r"^(7940|7960)$": "`7940`, `7960`",
    r"^[A-Za-z0-9_.-]{0,64}$": "up to 64 letters, digits, `_ . -`",
    r"^[A-Za-z0-9_.-]{1,64}$": "1 to 64 letters, digits, `_ . -`",
    r"^[A-Za-z0-9_.-]{1,32}$": "1 to 32 letters, digits, `_ . -`",
    r"^[A-Za-z0-9_-]{0,79}$": "up to 79 letters, digits, `_ -`",
    r"^(?:[a-z][a-z0-9-]{0,31}(?: [a-z][a-z0-9-]{0,31}){0,31})?$": "names of services with spaces in between",
    r"^(?:[A-Za-z0-9_.-]{1,64}(?: [A-Za-z0-9_.-]{1,64})*)?$": "names of groups with spaces in between",
    r"^[A-Za-z0-9_-]{1,79}$": "1 to 79 letters, digits, `_ -`",
}
"""A description of the texts that each pattern of the records allows."""

_PASSWORDS = frozenset({"password", "secret"})
"""Types of fields for which the check of a complete site has more rules than the record."""

_FORMATS = {"ipv4": "IPv4 address", "ipv4network": "IPv4 network"}
_GENERATED = frozenset({("Phone", "password"), ("Line", "secret")})
"""Fields that a file may leave out although they have no fixed default."""

Schema = Mapping[str, Any]


def page() -> str:
    """Return the contents of site.md."""
    parts = (f"\n## {name}\n\n{part.about}\n\n{_table(part.record)}" for name, part in PARTS.items())
    return _TOP + _EXAMPLE + "".join(parts)


def _table(record: type[BaseModel]) -> str:
    rows = "".join(_row(*fields) for fields in _rows(record))
    return f"| field | type | default | meaning |\n|---|---|---|---|\n{rows}"


def _row(*fields: str) -> str:
    return f"| {' | '.join(field.replace('|', chr(92) + '|') for field in fields)} |\n"


def _rows(record: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each field of this part of a file: name, type, default, meaning."""
    schema = record.model_json_schema()
    meanings = docstrings(record)
    for name, field in schema["properties"].items():
        if record is Site and name in FIELDS_ELSEWHERE:
            continue
        default = "generated" if (record.__name__, name) in _GENERATED else _default(field)
        yield f"`{name}`", _type(name, field), default, meanings[name].replace("``", "`")


def _default(field: Schema) -> str:
    if "default" not in field:
        return "required"
    match field["default"]:
        case None | "" | [] | {}:
            return "empty"
        case bool(value):
            return "yes" if value else "no"
        case value:
            return f"`{value}`"


def _type(name: str, field: Schema) -> str:
    match field:
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values if value)
        case {"anyOf": [one, *_]}:
            return _type(name, one)
        case {"type": "array"}:
            return f"list, at most {field['maxItems']}" if "maxItems" in field else "list"
        case {"type": "object"}:
            return "`name: value` lines"
        case {"type": "boolean"}:
            return "`yes`, `no`"
        case {"type": "integer"}:
            return f"{field['minimum']} to {field['maximum']}"
        case _:
            return _text(name, field)


def _text(name: str, field: Schema) -> str:
    if "format" in field:
        return _FORMATS[field["format"]]
    words = "password" if name in _PASSWORDS else _TEXTS[field.get("pattern", "")]
    return f"{words}, at most {field['maxLength']} characters" if "maxLength" in field else words


if __name__ == "__main__":
    print(page(), end="")
