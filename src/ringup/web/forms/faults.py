"""Mistakes beside their fields: finds the input of a form that each mistake is about."""

from collections.abc import Mapping
from copy import deepcopy

from ringup.errors import Problem, SiteErrors
from ringup.site.check import check
from ringup.site.model import Site
from ringup.site.rows import Path, Plain, Rows


class FaultPlace(str):
    """The name of a record that also says to which part of the site it belongs."""

    path: Path


def faults_of(data: Plain, stored: Site, record: Path) -> Mapping[str, list[Problem]]:
    """Return the mistakes of a record by the names of the form's fields, like ``lines.0.extension``.

    `record` is the path of the record, like ``("phones", 3)``; the empty path stands for the whole site,
    whose fields have names like ``site.name``.
    """

    def where(path: Path) -> str:
        place = FaultPlace(" ".join(map(str, path)))
        place.path = path
        return place

    try:
        check(Rows(deepcopy(data), where), stored)
    except SiteErrors as error:
        return _by_field(error.problems, record)
    return {}


def _by_field(problems: tuple[Problem, ...], record: Path) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        path = problem.where.path if isinstance(problem.where, FaultPlace) else ()
        if len(path) > len(record) and path[: len(record)] == record:
            name = ".".join(map(str, path[len(record) :]))
            found.setdefault(name, []).append(problem)
    return found
