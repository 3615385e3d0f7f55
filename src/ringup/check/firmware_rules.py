"""Check whether every load that a phone needs is installed, complete and genuine."""

from collections.abc import Iterator

from ringup.check.facts import Facts
from ringup.finding import ERROR, WARNING
from ringup.phone.firmware import protocol_of
from ringup.rule import Found, Rule, known
from ringup.site.model import Site
from ringup.site.wanted import required_loads

MOST_NAMED = 5
"""Maximum number of phones that a finding names."""


def _of_another_protocol(site: Site) -> Iterator[Found]:
    """Yield a warning for each load that speaks another protocol than the phones that have it.

    It is a warning, because a load of an upgrade path may speak the protocol of the step before.
    """
    phones: dict[tuple[str, str], list[str]] = {}
    for phone in site.phones:
        load, spoken = site.load_of(phone), site.protocol_of(phone)
        if (protocol_of(load) or spoken.upper()) != spoken.upper():
            phones.setdefault((load, spoken), []).append(phone.mac)
    for (load, protocol), macs in phones.items():
        more = f" and {len(macs) - MOST_NAMED} more" if macs[MOST_NAMED:] else ""
        named = ", ".join(macs[:MOST_NAMED]) + more
        yield Found(
            f"{load} speaks {protocol_of(load)}, but the protocol of {named} is {protocol}: with this load, "
            "it cannot register.",
            "Unless it is a step of an upgrade, name a load of that protocol for the phone, its group or the "
            "site.",
            severity=WARNING,
        )


def _firmware(facts: Facts) -> Iterator[Found]:
    yield from _of_another_protocol(facts.site)
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
