"""What an `apply` changes, counted: one line per kind of record, however many phones there are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ringup.site.difference import Change
from ringup.site.model import Site

MOST_DETAILED = 20
"""Maximum number of changed records whose fields are printed unless --verbose asks for them."""
MOST_NAMED = 5
"""Maximum number of removed records, or of groups, that the summary names; the rest is counted."""

_NAMED = ("removed",)
"""Kinds of change whose records are named: a file that omits a phone by mistake removes it."""


def summary(changes: Sequence[Change], site: Site) -> Iterator[str]:
    """Yield a line per kind of record: how many were added, changed, removed and left as they were.

    `site` is the site after the changes.
    """
    if any(change.record == "site" for change in changes):
        yield "site: changed"
    totals = {"group": len(site.groups), "phone": len(site.phones)}
    for kind, total in totals.items():
        own = [change for change in changes if change.record.partition(" ")[0] == kind]
        if own:
            yield f"{kind}s: {', '.join(_counts(own, total))}{_groups(own, site) if kind == 'phone' else ''}"


def _counts(changes: Sequence[Change], total: int) -> Iterator[str]:
    by_kind = {
        kind: [change.record.partition(" ")[2] for change in changes if change.kind == kind]
        for kind in ("added", "changed", "removed")
    }
    for kind, names in by_kind.items():
        if names:
            yield f"{len(names)} {kind}" + (f" ({_some(names)})" if kind in _NAMED else "")
    if unchanged := total - len(by_kind["added"]) - len(by_kind["changed"]):
        yield f"{unchanged} unchanged"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _groups(changes: Iterable[Change], site: Site) -> str:
    """In which groups the added and changed phones are."""
    touched = {change.record.partition(" ")[2] for change in changes}
    counted = Counter(phone.group for phone in site.phones if phone.mac in touched and phone.group)
    if not counted:
        return ""
    return f"; in groups: {_some([f'{name} {count}' for name, count in counted.most_common()])}"
