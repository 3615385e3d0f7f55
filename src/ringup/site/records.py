"""The site as plain data, in records with the names ``site``, ``group sales``, ``phone 001646C0FFEE``.

A revision stores the changed records as they were before and after the change. Two sites are compared by
them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringup.site.model import Group, Line, Phone, Site

Record = dict[str, Any]
ChangedRecords = tuple[dict[str, Record], dict[str, Record]]
"""The records that differ between two sites, by name: those before the change, and those after it.

An added record is missing in the first part, a removed one in the second.
"""
Kept = TypeVar("Kept", bound=BaseModel)

_ELSEWHERE = {"groups", "phones"}

_FIELDS_OF_A_PHONE, _FIELDS_OF_A_LINE = set(Phone.model_fields), set(Line.model_fields)


def records(site: Site) -> dict[str, Record]:
    """Return every record by its name, secrets included, with the types that JSON has."""
    return {name: _plain(record) for name, record in _named(site).items()}


def _named(site: Site) -> dict[str, Site | Group | Phone]:
    return {
        "site": site,
        **{f"group {group.name}": group for group in site.groups},
        **{f"phone {phone.mac}": phone for phone in site.phones},
    }


def _plain(record: Site | Group | Phone) -> Record:
    return record.model_dump(mode="json", exclude=_ELSEWHERE if isinstance(record, Site) else None)


def stored(site: Record, groups: Iterable[Record], phones: Iterable[Record]) -> Site:
    """Return the site from plain data that was checked when it was stored; phones are read one by one.

    A later version of ringup may accept less. It then raises ValueError, whose text names the fields but not
    their values, which may be secret.
    """
    checked = {
        "groups": [_checked(Group, f"group {group.get('name')}", group) for group in groups],
        "phones": [_compact(_checked(Phone, f"phone {phone.get('mac')}", phone)) for phone in phones],
    }
    return _checked(Site, "site", {**site, **checked})


def _compact(phone: Phone) -> Phone:
    """Let all phones and lines share one set with the names of their fields, to save memory.

    pydantic makes such a set for each record, which takes half of the record's memory. ringup never reads
    these sets, and a copy of a record gets its own set.
    """
    object.__setattr__(phone, "__pydantic_fields_set__", _FIELDS_OF_A_PHONE)
    for line in phone.lines:
        object.__setattr__(line, "__pydantic_fields_set__", _FIELDS_OF_A_LINE)
    return phone


def of_records(found: Mapping[str, Record]) -> Site:
    """Return the site from the result of `records`; raises ValueError as `stored` does."""
    kinds: dict[str, list[Record]] = {"group": [], "phone": []}
    for name, record in found.items():
        kinds.get(name.partition(" ")[0], []).append(record)
    return stored(found["site"], kinds["group"], kinds["phone"])


def _checked(kind: type[Kept], name: str, data: Record) -> Kept:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = (f"{name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in found)
        raise ValueError("; ".join(faults)) from None


def changed(before: Site, after: Site) -> ChangedRecords:
    """Return the records that differ between two sites, as they were before and after."""
    old, new = _named(before), _named(after)
    # Comparing two models takes a tenth of the time of converting them. In a large site, nearly all models
    # are equal.
    candidates = [name for name in {**old, **new} if name == "site" or old.get(name) != new.get(name)]
    was = {name: _plain(old[name]) for name in candidates if name in old}
    became = {name: _plain(new[name]) for name in candidates if name in new}
    return (
        {name: record for name, record in was.items() if became.get(name) != record},
        {name: record for name, record in became.items() if was.get(name) != record},
    )
