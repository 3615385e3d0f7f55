"""The site as named plain-data records: ``site``, ``group sales``, ``phone 001646C0FFEE``.

A revision keeps the changed ones before and after; a difference compares them.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ringup.site.model import Group, Phone, Site

Record = dict[str, Any]
Kept = TypeVar("Kept", bound=BaseModel)

_ELSEWHERE = {"groups", "phones"}


def records(site: Site) -> dict[str, Record]:
    """Every record by its name, secrets included, in JSON's types."""
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
    """The site of plain data that was checked when it was kept; phones are taken one by one.

    A later version may take less: ValueError then names the fields, not their values, which may be secret.
    """
    checked = {
        "groups": [_checked(Group, f"group {group.get('name')}", group) for group in groups],
        "phones": [_checked(Phone, f"phone {phone.get('mac')}", phone) for phone in phones],
    }
    return _checked(Site, "site", {**site, **checked})


def _checked(kind: type[Kept], name: str, data: Record) -> Kept:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = (f"{name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in found)
        raise ValueError("; ".join(faults)) from None


def changed(before: Site, after: Site) -> tuple[dict[str, Record], dict[str, Record]]:
    """The records that are not the same in both, as they were and as they are."""
    old, new = _named(before), _named(after)
    # Comparing two models costs a tenth of writing them out, and nearly all of a large site's are equal.
    candidates = [name for name in {**old, **new} if name == "site" or old.get(name) != new.get(name)]
    was = {name: _plain(old[name]) for name in candidates if name in old}
    became = {name: _plain(new[name]) for name in candidates if name in new}
    return (
        {name: record for name, record in was.items() if became.get(name) != record},
        {name: record for name, record in became.items() if was.get(name) != record},
    )
