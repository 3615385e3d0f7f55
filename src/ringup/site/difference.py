"""Compare two sites, or the two sides of a revision: a list of changed records and fields, with masked
secrets.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Literal, overload

from ringup.site.mask import MASK, is_hidden
from ringup.site.model import Site
from ringup.site.records import Record, changed

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """The text of one field before and after; None if the field did not exist."""

    name: str
    """The name of the field, like ``line 1 name`` or ``settings telnet_level``."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed record, with its changed fields."""

    record: str
    """The name of the record, like ``site``, ``group sales`` or ``phone 001646C0FFEE``."""
    kind: Kind
    fields: tuple[FieldChange, ...]


class Changes(Sequence[Change]):
    """The changed records, sorted by kind and name; equal to any sequence of the same changes.

    The fields of a record are compared only when the record is read, because a plan for thousands of phones
    needs only the kinds of changes.
    """

    def __init__(self, before: Mapping[str, Record], after: Mapping[str, Record]) -> None:
        self._before, self._after = before, after
        self._names = sorted({**before, **after}, key=_rank)

    def kinds(self) -> Iterator[tuple[str, Kind]]:
        """Yield the name of each changed record, and how it changed."""
        return ((name, self._kind(name)) for name in self._names)

    def _kind(self, name: str) -> Kind:
        return "added" if name not in self._before else "removed" if name not in self._after else "changed"

    def _change(self, name: str) -> Change:
        return Change(name, self._kind(name), _fields(self._before.get(name, {}), self._after.get(name, {})))

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Change, ...]: ...
    def __getitem__(self, index: int | slice) -> Change | tuple[Change, ...]:
        if isinstance(index, slice):
            return tuple(map(self._change, self._names[index]))
        return self._change(self._names[index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:  # the records contain secrets
        return repr(tuple(self))

    def __deepcopy__(self, _memo: dict[int, Any]) -> tuple[Change, ...]:
        return tuple(self)  # dataclasses.asdict calls this


def difference(before: Site, after: Site) -> Changes:
    """Return the changes from one site to the other."""
    return Changes(*changed(before, after))


def _rank(name: str) -> tuple[int, str]:
    return ("site", "group", "phone").index(name.partition(" ")[0]), name


def _fields(before: Record, after: Record) -> tuple[FieldChange, ...]:
    old, new = _flat_of(before, after), _flat_of(after, before)
    return tuple(
        FieldChange(field, _shown(field, old.get(field)), _shown(field, new.get(field)))
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field) and (old.get(field) or new.get(field) or _means_empty(field))
    )


_ITEMS = {
    "lines": "line", "subnets": "network", "dial_rules": "dial rule", "rings": "ring",
    "directory": "address book",
    "numbers": "personal number",
}  # fmt: skip


def _flat_of(record: Record, other: Record) -> dict[str, str]:
    """Return the fields of a record, without the parts that the other record has too."""
    return dict(_flat(_own(record, other)))


def _own(record: Record, other: Record) -> Record:
    return {
        key: _own_items(part, other.get(key)) if isinstance(part, list) else part
        for key, part in record.items()
        if key not in other or other[key] != part
    }


def _own_items(items: list[Any], other: Any) -> list[Any]:
    """Return the items of a list, without the fields that the item at the same index of the other list has
    too.
    """
    if not isinstance(other, list) or not all(isinstance(each, dict) for each in (*items, *other)):
        return items
    beside = chain(other, repeat({}))
    return [_own(item, each) for item, each in zip(items, beside, strict=False)]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field of a record with a readable path as its name."""
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
    """Return whether an empty value of this field has a meaning.

    An empty setting clears the phone's stored value; other empty fields mean nothing.
    """
    return name.startswith(("settings ", "pbx options "))


def _shown(field: str, text: str | None) -> str | None:
    if text == "" and not _means_empty(field):
        return None
    return MASK if text and is_hidden(field.rpartition(" ")[2]) else text
