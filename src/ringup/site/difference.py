"""Two sites, or the two halves of a revision, as a list of changed records, field by field,
secrets masked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Literal

from ringup.site.mask import MASK, is_hidden
from ringup.site.model import Site
from ringup.site.records import Record, changed


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's text before and after; None where the field did not exist."""

    name: str
    """``line 1 name``, ``settings telnet_level``."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One record that differs, with its changed fields."""

    record: str
    """``site``, ``group sales``, ``phone 001646C0FFEE``."""
    kind: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...]


def difference(before: Site, after: Site) -> list[Change]:
    """Return the changes that turn one site into the other."""
    return changes(*changed(before, after))


def changes(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[Change]:
    """Return the changes from the changed records alone, as a revision stores them."""
    names = dict.fromkeys([*before, *after])
    return [_change(name, before.get(name), after.get(name)) for name in sorted(names, key=_rank)]


def _rank(name: str) -> tuple[int, str]:
    return ("site", "group", "phone").index(name.partition(" ")[0]), name


def _change(name: str, before: Record | None, after: Record | None) -> Change:
    old, new = _flat_of(before or {}, after or {}), _flat_of(after or {}, before or {})
    fields = tuple(
        FieldChange(field, _shown(field, old.get(field)), _shown(field, new.get(field)))
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field) and (old.get(field) or new.get(field) or _means_empty(field))
    )
    kind: Literal["added", "removed", "changed"] = (
        "added" if before is None else "removed" if after is None else "changed"
    )
    return Change(name, kind, fields)


_ITEMS = {"lines": "line", "subnets": "network", "dial_rules": "dial rule", "rings": "ring"}


def _flat_of(record: Record, other: Record) -> dict[str, str]:
    """Return the fields of a record, without the parts that are the same in the other."""
    return dict(_flat(_own(record, other)))


def _own(record: Record, other: Record) -> Record:
    return {
        key: _own_items(part, other.get(key)) if isinstance(part, list) else part
        for key, part in record.items()
        if key not in other or other[key] != part
    }


def _own_items(items: list[Any], other: Any) -> list[Any]:
    """Return a list of records without the fields that are the same in the same place of the other list."""
    if not isinstance(other, list) or not all(isinstance(each, dict) for each in (*items, *other)):
        return items
    beside = chain(other, repeat({}))
    return [_own(item, each) for item, each in zip(items, beside, strict=False)]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Return every field of a record, by its readable path."""
    if isinstance(value, dict):
        before = f"{name} " if name else ""
        for key, part in value.items():
            if isinstance(part, str):
                yield f"{before}{key}".strip(), part
            else:
                yield from _flat(part, f"{before}{key}".strip())
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        *path, last = name.split(" ")
        for number, part in enumerate(value, 1):
            yield from _flat(part, " ".join([*path, _ITEMS.get(last, last), str(number)]))
    elif isinstance(value, list):
        yield from _flat(", ".join(map(str, value)), name)
    elif isinstance(value, bool):
        yield name, "yes" if value else "no"
    else:
        yield name, "" if value is None else str(value)


def _means_empty(name: str) -> bool:
    """Return whether an empty value has a meaning: an empty setting clears the phone's stored value; other
    empty fields mean nothing.
    """
    return name.startswith(("settings ", "pbx options "))


def _shown(field: str, text: str | None) -> str | None:
    if text == "" and not _means_empty(field):
        return None
    return MASK if text and is_hidden(field.rpartition(" ")[2]) else text
