"""Make a Site from rows, or report all problems at once."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from ringup.errors import Problem, SiteErrors
from ringup.site.complaints import problems_of
from ringup.site.cross_checks import cross_check
from ringup.site.forced_secrets import unmark
from ringup.site.kept_secrets import (
    fill_directory,
    fill_pbx,
    fill_phones,
    fill_settings,
    fill_site,
    new_faults,
)
from ringup.site.model import DialRule, DirectorySource, Group, Pbx, Phone, Ring, Site, Subnet
from ringup.site.rows import Path, Plain, Rows
from ringup.site.secret import generate

_LISTS: dict[str, tuple[str, type[BaseModel]]] = {
    "network": ("subnets", Subnet),
    "dial_rules": ("dial_rules", DialRule),
    "rings": ("rings", Ring),
    "directory": ("directory", DirectorySource),
    "groups": ("groups", Group),
    "phones": ("phones", Phone),
}
"""The parts of a site file that are lists, each with the field of Site and the record type of its items."""

_PARTS = ("site", "network", "pbx", "dial_rules", "rings", "directory", "groups", "phones")

FIELDS_ELSEWHERE = {
    "subnets": "network",
    **{name: name for name in _PARTS if name not in ("site", "network")},
}
"""Fields of Site that a site file has as separate parts, outside of its part `site`."""

_ABSENT_WHEN_EMPTY = frozenset(
    {"address", "router", "server_address", "settings", "other_loads", "away", "options", "dns", "lines"}
)
"""Fields in which an empty text counts as if the field were missing."""


def check(rows: Rows, stored: Site | None = None, new_secret: Callable[[], str] = generate) -> Site:
    """Return the site that these rows describe; secrets that the rows omit or mask are taken from `stored`.

    Raises SiteErrors with all problems.
    """
    before = stored or Site()
    problems: list[Problem] = [*rows.problems]
    data = _shaped(rows, problems)
    marked, doubled = unmark(data["phones"], rows.where)
    problems += doubled

    def where(path: Path) -> str:
        return rows.where(marked.get(path, path))

    # `sync` counts restarts and is not chosen by the operator. A file without it must not make every phone
    # restart.
    data["site"].setdefault("sync", before.sync)
    problems += fill_phones(data["phones"], before, marked, new_secret, where)
    problems += new_faults(data["phones"], before, marked, where)
    problems += fill_pbx(data["pbx"], before, where)
    problems += fill_site(data["site"], before, new_secret, where)
    problems += fill_directory(data["directory"], before, where)
    problems += fill_settings(data, before, where)
    fields: dict[str, Any] = {"pbx": _record(Pbx, data["pbx"], ("pbx",), where, problems)}
    for part, (field, record) in _LISTS.items():
        fields[field] = tuple(
            _record(record, item, (part, index), where, problems) for index, item in enumerate(data[part])
        )
    problems += cross_check(data, where)
    site = _site(data["site"], where, problems)
    if problems or site is None:
        raise SiteErrors(_in_order(problems))
    return Site.model_validate({**dict(site), **fields})


def _shaped(rows: Rows, problems: list[Problem]) -> Plain:
    """Return a copy of the rows in which every part exists and has the form that its record needs."""
    data = rows.data
    problems += _unknown_parts(data, rows.where)
    shaped: Plain = {}
    for part in ("site", "pbx"):
        shaped[part] = _mapping(data.get(part, {}), (part,), rows.where, problems)
    for part in _LISTS:
        items = _list(data.get(part, []), (part,), rows.where, problems)
        shaped[part] = [
            _mapping(item, (part, index), rows.where, problems) for index, item in enumerate(items)
        ]
    for index, phone in enumerate(shaped["phones"]):
        path: Path = ("phones", index, "lines")
        lines = _list(phone.get("lines", []), path, rows.where, problems)
        phone["lines"] = [
            _mapping(line, (*path, key), rows.where, problems) for key, line in enumerate(lines)
        ]
    return shaped


def _unknown_parts(data: Plain, where: Callable[[Path], str]) -> Iterator[Problem]:
    for name in data:
        if name not in _PARTS:
            near = get_close_matches(name, _PARTS, n=1)
            cure = f"Did you mean {near[0]}?" if near else f"The parts are {', '.join(_PARTS)}."
            yield Problem(where((name,)), f"{name} is not part of a site file.", cure)


def _mapping(value: Any, path: Path, where: Callable[[Path], str], problems: list[Problem]) -> Plain:
    if value == "":
        return {}
    if not isinstance(value, dict):
        what = f"{path[-1] if isinstance(path[-1], str) else 'this item'} must hold `name: value` lines."
        problems.append(Problem(where(path), what, "Check the indentation."))
        return {}
    mapping = {name: part for name, part in value.items() if part != "" or name not in _ABSENT_WHEN_EMPTY}
    if isinstance(mapping.get("dns"), str):
        mapping["dns"] = mapping["dns"].replace(",", " ").split()
    if "settings" in mapping:
        mapping["settings"] = _mapping(mapping["settings"], (*path, "settings"), where, problems)
    return mapping


def _list(value: Any, path: Path, where: Callable[[Path], str], problems: list[Problem]) -> list[Any]:
    if value == "":
        return []
    if not isinstance(value, list):
        problems.append(Problem(where(path), f"{path[-1]} must be a list.", "Put a dash before each item."))
        return []
    return value


def _record(
    record: type[BaseModel],
    data: Plain,
    path: Path,
    where: Callable[[Path], str],
    problems: list[Problem],
) -> BaseModel | None:
    try:
        return record.model_validate(data)
    except ValidationError as error:
        problems += problems_of(error, path, where, record)
        return None


def _site(data: Plain, where: Callable[[Path], str], problems: list[Problem]) -> BaseModel | None:
    """Return the fields of the part `site`."""
    for name in [name for name in data if name in FIELDS_ELSEWHERE]:
        what = f"{name} does not stand in site."
        problems.append(
            Problem(where(("site", name)), what, f"Put it beside site, as {FIELDS_ELSEWHERE[name]}.")
        )
        del data[name]
    return _record(Site, data, ("site",), where, problems)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems without duplicates; those with a line number are sorted by line."""

    def key(problem: Problem) -> tuple[str, int]:
        file, _, line = problem.where.rpartition(":")
        return (file, int(line)) if line.isdigit() else ("", 0)

    return sorted(dict.fromkeys(problems), key=key)
