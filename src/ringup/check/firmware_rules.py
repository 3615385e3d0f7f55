"""Check whether every load that a phone needs is installed, complete and genuine."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.finding import ERROR
from ringup.rule import Found, Rule, known
from ringup.site.wanted import required_loads


def _firmware(facts: Facts) -> Iterator[Found]:
    wanted = required_loads(facts.site)
    for load, problems in known(facts.loads).items():
        count = len(wanted[load].phones)
        needed_by = f"{count} phone{' needs' if count == 1 else 's need'} load {load}."
        for problem in problems:
            yield Found(
                f"{problem.where}: {problem.what} {needed_by}",
                "Add the package:",
                ("ringup firmware add PACKAGE.zip",),
            )


def _seen(facts: Facts) -> str:
    return ", ".join(known(facts.loads)) or "no phone needs any"


RULES: tuple[Rule[Facts], ...] = (Rule("firmware", "firmware", ERROR, _firmware, _seen, quick=True),)
