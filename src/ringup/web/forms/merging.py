"""A form that was opened before somebody else changed the site: only what its own user changed counts."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from ringup.errors import Problem, SiteErrors
from ringup.site.mask import is_hidden
from ringup.site.rows import Plain
from ringup.site.write import to_plain
from ringup.store.revisions import current_revision, site_at
from ringup.web.ask import Ask

BASED = "based"
"""The form's field with the revision of the site that the form showed."""
_CURE = "Your value is in the form below: send it again to overwrite theirs."

Alter = Callable[[Plain], None]


class FormChange:
    """The change that a sent form makes, put on top of the site as it is now."""

    def __init__(self, ask: Ask, alter: Alter) -> None:
        self._alter = alter
        self._was: Plain | None = None
        based, engine = ask.field(BASED), ask.web.engine
        if _is_number(based) and int(based) < current_revision(engine):
            self._was = to_plain(site_at(engine, int(based)), secrets=True)

    def __call__(self, data: Plain) -> None:
        """Alter the site; raises SiteErrors with the fields that somebody else has changed, too."""
        if problems := self.put(data):
            raise SiteErrors(problems)

    def put(self, data: Plain) -> list[Problem]:
        """Alter the site, and return the fields in which the form overwrites somebody else's change."""
        if self._was is None:
            self._alter(data)
            return []
        was, mine = _with_parts(self._was), _with_parts(self._was)
        self._alter(mine)
        return list(_put_records(data, was, mine))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _with_parts(plain: Plain) -> Plain:
    return {"site": {}, "pbx": {}, "groups": [], "phones": [], **deepcopy(plain)}


def _put_records(now: Plain, was: Plain, mine: Plain) -> Iterator[Problem]:
    for part, word, key in (("groups", "group", "name"), ("phones", "phone", "mac")):
        before = {record[key]: record for record in was[part]}
        present = {record[key]: record for record in now[part]}
        for record in mine[part]:
            name, old = record[key], before.get(record[key], {})
            if record == old:
                continue
            if name in present:
                yield from _put_fields(f"{word} {name}", present[name], old, record)
            elif not old:
                now[part].append(record)
            else:
                yield Problem(f"{word} {name}", "was removed meanwhile.", "Add it again, or leave it.")
    for part in ("site", "pbx"):
        yield from _put_fields(part, now[part], was[part], mine[part])


def _put_fields(
    where: str, now: Plain, was: Plain, mine: Plain, inside: Sequence[str] = ()
) -> Iterator[Problem]:
    """Put the fields that differ between `was` and `mine` into `now`."""
    for name in dict.fromkeys([*was, *mine]):
        old, new, present = was.get(name), mine.get(name), now.get(name)
        if new == old:
            continue
        if isinstance(new, dict) and isinstance(present, dict):
            yield from _put_fields(where, present, old or {}, new, (*inside, name))
            continue
        if present not in (old, new):
            yield Problem(where, _meanwhile(" ".join((*inside, name)), name, present), _CURE)
        if name in mine:
            now[name] = new
        else:
            now.pop(name, None)


def _meanwhile(label: str, name: str, present: Any) -> str:
    is_shown = present not in (None, "") and not is_hidden(name) and not isinstance(present, list | dict)
    return f"{label} was changed meanwhile by somebody else{f', to {present}' if is_shown else ''}."
