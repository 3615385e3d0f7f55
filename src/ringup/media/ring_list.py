"""Add tones to a site's ring list and remove them, in the site's data as plain dictionaries and lists."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ringup.errors import Problem, SiteErrors

MOST_RINGS = 50
"""Maximum number of entries in a ring list. Cisco documents it for later models (P-RING-4); it is a guess
that it also applies to the 7940/7960.
"""

LONGEST_RING_NAME = 25
"""Maximum number of characters in a tone's name; from the same source as MOST_RINGS, and a guess as well."""


def name_problems(names: Sequence[str], listed: Iterable[str]) -> list[Problem]:
    """Return why these names cannot be added to a ring list that already has the names `listed`."""
    known = set(listed)
    problems = []
    for name in names:
        if not name.strip() or any(character.isspace() and character != " " for character in name):
            problems.append(Problem(f"ring {name!r}", "is not a name.", "Give one line: --name NAME."))
        elif len(name) > LONGEST_RING_NAME:
            what = f"has {len(name)} characters; a phone shows {LONGEST_RING_NAME}."
            problems.append(Problem(f"ring {name}", what, "Give a shorter one: --name NAME."))
        elif name in known:
            cure = f'Give another --name, or remove it: `ringup ring remove "{name}"`.'
            problems.append(Problem(f"ring {name}", "is in the list already.", cure))
        known.add(name)
    if len(known) > MOST_RINGS:
        what = f"would have {len(known)} tones; a phone takes {MOST_RINGS}."
        problems.append(Problem("the ring list", what, "Remove some: `ringup ring remove NAME`."))
    return problems


def add_rings(data: dict[str, Any], files: dict[str, str]) -> None:
    """Append tones, by name, to a site's plain data; raises SiteErrors."""
    rings = data.setdefault("rings", [])
    if problems := name_problems(list(files), [ring["name"] for ring in rings]):
        raise SiteErrors(problems)
    rings.extend({"name": name, "file": file} for name, file in files.items())


def remove_rings(data: dict[str, Any], names: Iterable[str]) -> None:
    """Remove tones from a site's plain data; raises SiteErrors for a name that is not in the ring list."""
    rings = data.setdefault("rings", [])
    known = [ring["name"] for ring in rings]
    if problems := [no_ring(name, known) for name in names if name not in known]:
        raise SiteErrors(problems)
    data["rings"] = [ring for ring in rings if ring["name"] not in set(names)]


def no_ring(name: str, known: Sequence[str]) -> Problem:
    """Return the problem that a name is not in the ring list, with the most similar name of the list."""
    near = get_close_matches(name, known, n=1)
    cure = f"Did you mean {near[0]}?" if near else "See `ringup ring list`."
    return Problem(f"ring {name}", "is not in the list.", cure)
