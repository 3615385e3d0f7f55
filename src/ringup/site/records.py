"""The site as named plain-data records: ``site``, ``group sales``, ``phone 001646C0FFEE``.

A revision keeps the changed ones before and after; a difference compares them.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringup.site.model import Group, Line, Phone, Site

Record = dict[str, Any]
Kept = TypeVar("Kept", bound=BaseModel)

_ELSEWHERE = {"groups", "phones"}

_BESIDE_THE_FIELDS: Record = {
    "__pydantic_fields_set__": set(),
    "__pydantic_extra__": None,
    "__pydantic_private__": None,
}
"""What pydantic keeps of a record; one set for all, so never changed: a copy of a record gets a copy of it.

A set for each would take 728 bytes that nobody here asks for, more than the record.
"""

_set = object.__setattr__
"""A record's own refuses: it is frozen."""

_NO_SETTINGS: dict[str, str] = {}
"""Shared as well."""


def records(site: Site) -> dict[str, Record]:
    """Every record by its name, secrets included, in JSON's types."""
    return {
        "site": site.model_dump(mode="json", exclude=_ELSEWHERE),
        **{f"group {group.name}": group.model_dump(mode="json") for group in site.groups},
        **{f"phone {phone.mac}": phone.model_dump(mode="json") for phone in site.phones},
    }


def stored(site: Record, groups: Iterable[Record], phones: Iterable[Record]) -> Site:
    """The site of plain data that was checked when it was kept; phones are taken one by one, to spare memory.

    A later version may take less: ValueError then names the fields, not their values, which may be secret.
    """
    checked = {
        "groups": [_checked(Group, f"group {group.get('name')}", group) for group in groups],
        "phones": [_lightened(_checked(Phone, f"phone {phone.get('mac')}", phone)) for phone in phones],
    }
    return _checked(Site, "site", {**site, **checked})


def _checked(kind: type[Kept], name: str, data: Record) -> Kept:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = (f"{name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in found)
        raise ValueError("; ".join(faults)) from None


def _lightened(phone: Phone) -> Phone:
    """The same phone in less memory; what pydantic makes takes 1,600 bytes with two lines, this 940."""
    lines = tuple([_one_by_one(Line, line.__dict__) for line in phone.lines])
    settings = phone.settings or _NO_SETTINGS
    return _one_by_one(Phone, {**phone.__dict__, "settings": settings, "lines": lines})


def _one_by_one(kind: type[Kept], values: Record) -> Kept:
    """A record whose fields are set one by one: CPython keeps those without a dictionary.

    It makes one when somebody asks for it, as comparing and dumping do; a server only reads fields.
    """
    light = object.__new__(kind)
    for name, value in values.items():
        _set(light, name, value)
    for name, value in _BESIDE_THE_FIELDS.items():
        _set(light, name, value)
    return light


for _kind in (Phone, Line):  # CPython learns a class's names from its first 30 records: here they are
    _one_by_one(_kind, dict.fromkeys(_kind.model_fields))


def changed(before: Site, after: Site) -> tuple[dict[str, Record], dict[str, Record]]:
    """The records that are not the same in both, as they were and as they are."""
    old, new = records(before), records(after)
    return (
        {name: record for name, record in old.items() if new.get(name) != record},
        {name: record for name, record in new.items() if old.get(name) != record},
    )
