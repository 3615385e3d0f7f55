"""Convert a Site's phones to CSV, one row per phone, with the columns that an import reads."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ringup.phone.forced_keys import MARK
from ringup.site.columns import LINE_FIELDS, PHONE_FIELDS
from ringup.site.forced_secrets import PASSWORD, mark
from ringup.site.mask import is_hidden
from ringup.site.model import Site
from ringup.site.rows import Plain
from ringup.site.spreadsheet_habits import guarded, spelled
from ringup.site.write import to_plain
from ringup.wire.mac import with_colons

BYTE_ORDER_MARK = "\ufeff"
"""Excel reads a CSV file as UTF-8 only if it begins with one."""

_ALWAYS = frozenset({"mac", "model", "group", "label", "extension", "name"})
"""Columns that are written even if all their cells are empty."""


def write_csv(site: Site, *, secrets: bool) -> str:
    """Return the phones as CSV; an import into the same site changes nothing."""
    plain = to_plain(site, secrets=True).get("phones", [])
    phones = mark({"phones": plain}).get("phones", [])
    rows = [dict(_cells(phone)) for phone in phones]
    most = max((len(phone["lines"]) for phone in phones), default=0)
    filled = _ALWAYS.union(*rows)
    columns = [
        name
        for name in _columns(phones, most)
        # If the columns of the secrets are missing, an import keeps the stored secrets.
        if name in filled and (secrets or not is_hidden(name.partition(" ")[0]))
    ]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_written(row) for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()


def _columns(phones: Iterable[Plain], most_lines: int) -> Iterator[str]:
    yield from PHONE_FIELDS
    for number in range(1, max(most_lines, 1) + 1):
        yield from (_numbered(field, number) for field in LINE_FIELDS)
    yield from sorted({name for phone in phones for name in phone.get("settings", {})})


def _cells(phone: Plain) -> Iterator[tuple[str, str]]:
    """Yield the text of each column for which this phone has a value."""
    for field in PHONE_FIELDS:
        if field in phone:
            text = str(phone[field])
            yield field, with_colons(text) if field == "mac" else _spelled_password(field, text)
    for number, line in enumerate(phone["lines"], 1):
        for field in LINE_FIELDS:
            if field in line:
                yield _numbered(field, number), _text(line[field])
    for name, value in phone.get("settings", {}).items():
        yield name, spelled(str(value))


def _spelled_password(field: str, text: str) -> str:
    return spelled(text) if field.removeprefix(MARK) == PASSWORD else text


def _numbered(field: str, number: int) -> str:
    return field if number == 1 else f"{field} {number}"


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _written(row: Mapping[str, str]) -> dict[str, str]:
    return {name: guarded(cell) for name, cell in row.items()}
