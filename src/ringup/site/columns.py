"""Find the meaning of a table's columns, from ringup's names, other systems' names, and the operator's
`--map`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ringup.errors import Problem
from ringup.phone.forced_keys import MARK
from ringup.phone.parameters import PARAMETERS
from ringup.site.forced_secrets import PASSWORD, SECRET
from ringup.site.foreign_columns import LAYOUTS, Layout
from ringup.site.table import Table

PHONE_FIELDS = ("mac", "model", "group", "label", "address", "protocol", "load", PASSWORD, MARK + PASSWORD)
LINE_FIELDS = (
    "extension", "name", SECRET, MARK + SECRET, "auth_name", "short_name", "display_name", "voicemail",
    "voicemail_pin",
)  # fmt: skip
LINE_NUMBER, VENDOR = "line", "vendor"
"""Columns that are not fields of a record: the number of the line button, and the vendor of the phone."""

MOST_LINES = 6
OWN_LAYOUT = "ringup"

_SPELLINGS = {
    "mac_address": "mac",
    "macaddress": "mac",
    "ext": "extension",
    "caller_name": "name",
    "line_number": LINE_NUMBER,
    "manufacturer": VENDOR,
    "pin": "voicemail_pin",
    "firmware": "load",
    "ip": "address",
    "ip_address": "address",
}
"""Other names for ringup's columns; they are valid in every file."""

_NUMBERED = re.compile(r"(?:line_?([1-6])_)?(.+?)(?:_?([1-6]))?")
_PARAMETERS = {name.lower(): name for name in PARAMETERS}
_FIELDS = frozenset((*PHONE_FIELDS, *LINE_FIELDS, LINE_NUMBER, VENDOR))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that is used."""

    index: int
    header: str
    field: str
    """A field of a phone or a line, LINE_NUMBER, VENDOR, or the name of a ``.cnf`` parameter."""
    line: int = 0
    """The line button, counted from 1.

    0 stands for a field of the phone, or of the line that the row describes.
    """
    words: tuple[tuple[str, str], ...] = ()
    """Values that another system uses, in lower case, with ringup's values."""

    @property
    def is_setting(self) -> bool:
        """Return whether the column contains a `.cnf` parameter."""
        return self.field not in _FIELDS


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table."""

    layout: str
    """``ringup``, the name of another system, or empty if neither was recognised."""
    is_guess: bool
    """True if the other system's columns are known only from documents and habits, not from a file."""
    used: tuple[Column, ...]
    unused: tuple[str, ...]
    """Headers of columns that are not used."""

    def has(self, field: str) -> bool:
        """Return whether a column contains this field."""
        return any(column.field == field for column in self.used)


def columns_of(table: Table, mapped: Mapping[str, str]) -> tuple[Columns, list[Problem]]:
    """Return the meaning of each column.

    `mapped` comes first: it names ringup's column for a column of the table, or an empty text to leave it
    out.
    """
    wanted = {_normal(theirs): ours for theirs, ours in mapped.items()}
    headers = {_normal(header) for header in table.header}
    layout = _layout(headers)
    replaced = {other for name, other in layout.instead.items() if name in headers} if layout else set()
    used: list[Column] = []
    unused: list[str] = []
    problems = list(_unknown_maps(table, mapped))
    place = table.place(table.header_line)
    for index, header in enumerate(table.header):
        ours = wanted.get(_normal(header))
        name = _normal(header)
        found = (
            _target(ours) if ours else None if ours == "" or name in replaced else _meaning(header, layout)
        )
        if ours and found is None:
            problems.append(Problem("--map", f"{ours} is neither a field nor a .cnf parameter.", _near(ours)))
        elif found is not None:
            used.append(
                Column(
                    index, header, *found, words=tuple(layout.words.get(name, {}).items()) if layout else ()
                )
            )
        elif layout or ours == "":
            unused.append(header or f"column {index + 1}")
        elif header:
            cure = f'{_near(header)} Or map it: --map "{header}=OURS"; leave it out: --map "{header}="'
            problems.append(Problem(place, f"column {header!r} is not known.", cure))
    problems += _twice(used, place)
    known_as = layout.name if layout else OWN_LAYOUT if not problems and not mapped else ""
    columns = Columns(known_as, bool(layout and layout.is_guess), tuple(used), tuple(unused))
    if not (problems or columns.has("mac") or columns.has("extension")):
        cure = 'Name one mac, or map it: --map "THEIR NAME=mac"'
        problems.append(Problem(place, "no column holds the MAC or the extension.", cure))
    return columns, problems


def _unknown_maps(table: Table, mapped: Mapping[str, str]) -> Iterator[Problem]:
    known = {_normal(header): header for header in table.header}
    for theirs in mapped:
        if _normal(theirs) not in known:
            near = get_close_matches(_normal(theirs), known, n=1)
            names = ", ".join(filter(None, table.header))
            cure = f"Did you mean {known[near[0]]!r}?" if near else f"The columns: {names}."
            yield Problem("--map", f"{table.name} has no column {theirs!r}.", cure)


def _twice(used: list[Column], place: str) -> Iterator[Problem]:
    seen: dict[tuple[str, int], str] = {}
    for column in used:
        key = column.field, column.line or int(column.field in LINE_FIELDS)
        if key in seen:
            what = f"columns {seen[key]!r} and {column.header!r} both hold {column.field}."
            yield Problem(place, what, f'Leave one out: --map "{column.header}="')
        seen.setdefault(key, column.header)


def _layout(headers: set[str]) -> Layout | None:
    return next((row for row in LAYOUTS if any(signature <= headers for signature in row.signatures)), None)


def _meaning(header: str, layout: Layout | None) -> tuple[str, int] | None:
    """Return the field and the line that a header means; if another system was recognised, only its names
    count.
    """
    if layout is None:
        return _target(header)
    name = _normal(header)
    if name in layout.columns:
        return layout.columns[name], 0
    prefix, number = (name[:-2], name[-1]) if name[-2:-1] == "_" else (name, "")
    if prefix in layout.columns and number in tuple("123456"):
        return layout.columns[prefix], int(number)
    return None


def _target(name: str) -> tuple[str, int] | None:
    """Return the field and the line that one of ringup's own names means."""
    bare, is_marked = (name[len(MARK) :], True) if name.lower().startswith(MARK) else (name, False)
    normal = _normal(bare)
    spelt = _SPELLINGS.get(normal, normal)
    if is_marked and _unnumbered(spelt) not in (PASSWORD, SECRET):
        return name, 0
    if normal in _PARAMETERS and normal not in _FIELDS:
        return _PARAMETERS[normal], 0
    field = MARK + spelt if is_marked else spelt
    if field in _FIELDS:
        return field, 0
    if numbered := _NUMBERED.fullmatch(spelt):
        inner = _SPELLINGS.get(numbered[2], numbered[2])
        field = MARK + inner if is_marked else inner
        number = numbered[1] or numbered[3]
        if field in LINE_FIELDS and number and not (numbered[1] and numbered[3]):
            return field, int(number)
    return None


def _unnumbered(spelt: str) -> str:
    numbered = _NUMBERED.fullmatch(spelt)
    return numbered[2] if numbered else spelt


def _normal(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


def _near(name: str) -> str:
    known = [field for field in (*_FIELDS, *PARAMETERS) if not field.startswith(MARK)]
    near = get_close_matches(_normal(name), known, n=1)
    return f"Did you mean {near[0]}?" if near else "Fields: " + ", ".join(sorted(_OFFERED)) + "."


_OFFERED = [field for field in (*PHONE_FIELDS, *LINE_FIELDS) if not field.startswith(MARK)]
