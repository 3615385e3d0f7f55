"""Undo one revision: return the site without its changes, but with all later changes.

The database has each revision's records before and after, secrets included. A field that the revision changed
gets its earlier value back, if it still has the value that the revision set. Otherwise a later revision has
changed it too, and that is a conflict.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ringup.errors import Problem, SiteErrors
from ringup.site.check import check
from ringup.site.mask import MASK, masked
from ringup.site.model import Site
from ringup.site.records import Record, of_records, records
from ringup.site.rows import Rows, by_record
from ringup.site.write import to_plain

_NOTHING = object()
"""Stands for a field or record that does not exist."""


def undone(now: Site, before: Mapping[str, Record], after: Mapping[str, Record], revision: int) -> Site:
    """Return the site in which the records of `after`, which the revision made, are those of `before` again.

    Raises SiteErrors with every conflict, and with every fault of the resulting site.
    """
    found: dict[str, Record] = dict(records(now))
    problems: list[Problem] = []
    for name in dict.fromkeys([*before, *after]):
        merged, conflicts = _merged(found.get(name, _NOTHING), before.get(name, _NOTHING),
                                    after.get(name, _NOTHING), ())  # fmt: skip
        problems += [_conflict(name, path, revision) for path in conflicts]
        if merged is _NOTHING:
            found.pop(name, None)
        else:
            found[name] = merged
    problems += [_lost(name, revision) for name in before if name in found and _is_lost(found[name])]
    if "site" not in found:  # the revision made a new key, and no earlier record was kept
        problems.append(_lost("site", revision))
    if problems:
        raise SiteErrors(problems)
    return _checked(found)


Path = tuple[str, ...]


def _merged(now: Any, before: Any, after: Any, path: Path) -> tuple[Any, list[Path]]:
    """Return a value without the change from `before` to `after`, and the paths of the fields in conflict."""
    if before == after or now == before:
        return now, []
    if now == after:
        return before, []
    if not (isinstance(now, dict) and isinstance(before, dict) and isinstance(after, dict)):
        return now, [path]
    merged: Record = {}
    conflicts: list[Path] = []
    for name in dict.fromkeys([*before, *now, *after]):
        value, found = _merged(
            now.get(name, _NOTHING), before.get(name, _NOTHING), after.get(name, _NOTHING), (*path, name)
        )
        conflicts += found
        if value is not _NOTHING:
            merged[name] = value
    return merged, conflicts


def _conflict(record: str, path: Path, revision: int) -> Problem:
    what = f"{' '.join(path)} was changed" if path else "was changed"
    return Problem(
        record, f"{what} again after revision {revision}.", "Undo the later revision first: ringup history"
    )


def _lost(record: str, revision: int) -> Problem:
    what = f"the passwords of before revision {revision} are lost with their key."
    return Problem(record, what, "Apply a file that has them: ringup apply FILE")


def _is_lost(record: Record) -> bool:
    """Return whether a secret in this stored record is only the mask, because the key of the secrets is
    lost.
    """
    return record == masked(record) and MASK in _texts(record)


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    else:
        yield value


def _checked(found: Mapping[str, Record]) -> Site:
    """Return the site made from these records; the complete site is checked, because other records may have
    changed.
    """
    site = of_records(found)
    plain = to_plain(site, secrets=True)
    # The site is compared with itself. So old secrets are accepted, even if the checks would refuse them as
    # new secrets.
    check(Rows(plain, by_record(plain)), site)
    return site
