"""Check that the running Kea whose control socket the site names has everything that the site needs."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.finding import ERROR, WARNING
from ringup.rule import Found, Rule, known

MOST_NAMED = 3
"""Maximum number of differences that a finding names."""


def _kea(facts: Facts) -> Iterator[Found]:
    state = known(facts.kea)
    for what, cure in state.faults:
        yield Found(what, cure)
    if lines := state.differences:
        more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
        named = ", ".join(lines[:MOST_NAMED]) + more
        yield Found(
            f"Kea differs from the site: {named}.",
            "Make Kea follow:",
            ("ringup kea apply --yes",),
            WARNING,
        )


def _seen(facts: Facts) -> str:
    known(facts.kea)
    return "it has everything that the site needs" if facts.site.kea else "the site names none"


RULES: tuple[Rule[Facts], ...] = (Rule("kea", "Kea", ERROR, _kea, _seen),)
