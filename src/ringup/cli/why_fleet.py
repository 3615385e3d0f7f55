"""`ringup why` without a phone: the causes that keep phones out of service, each with its phones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.fleet.judging import GOOD_STATES, judged, pbx_answers

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ringup.doctor.verdict import Diagnosis
    from ringup.fleet.glance import FleetAtAGlance
    from ringup.site.model import Site

MOST_NAMED = 4
"""Maximum number of phones that are named for one cause."""

MOST_QUOTED = 20
"""Maximum number of events per cause in the JSON of a complete fleet; `ringup why PHONE --json` has all."""

MOST_ASKED = 100
"""Maximum number of phones about whose lines Asterisk is asked when the complete fleet is diagnosed: one
question per line.
"""


def report_fleet(
    engine: "Engine", site: "Site", fleet: "FleetAtAGlance", firmware: Path, *, as_json: bool
) -> bool:
    """Print each cause with its phones; return whether any phone has a fault."""
    from ringup.cli.printing import print_json
    from ringup.doctor.lines import WAITING
    from ringup.doctor.record import diagnosis_record
    from ringup.doctor.rules.sccp import SEARCHING
    from ringup.doctor.text import grouped

    macs = [each.mac for each in fleet.phones if each.state != "in_service"]
    numbers = _numbers(site)
    asked_in = (*WAITING, *SEARCHING)
    macs.sort(key=lambda mac: _order(numbers.get(mac, ""), mac))
    late = [each.mac for each in fleet.phones if each.stage in asked_in and each.state == "trouble"]
    pbx_states = dict.fromkeys(late[:MOST_ASKED], pbx_answers(site, late[:MOST_ASKED]))
    answers = judged(engine, site, fleet, firmware, macs, pbx_states)
    found = [shortened(each) for _, each in answers if each.state != "in_service"]
    wrong = [each for each in found if each.state not in GOOD_STATES]
    if as_json:
        causes = [_group(what, each) for what, each in grouped(found)]
        print_json({"causes": causes, "phones": [diagnosis_record(each) for each in found]})
    else:
        _print_fleet(site, len(fleet.phones), found, wrong)
    return bool(wrong)


def shortened(diagnosis: "Diagnosis") -> "Diagnosis":
    """Return the diagnosis with the last events of each cause only: a fleet has thousands of phones."""
    verdicts = (replace(each, evidence=each.evidence[-MOST_QUOTED:]) for each in diagnosis.verdicts)
    return replace(diagnosis, verdicts=tuple(verdicts))


def _order(number: str, mac: str) -> tuple[bool, int, str, str]:
    """Sort 99 before 201 before 1600, and phones without a line last."""
    return (not number, len(number), number, mac)


def _numbers(site: "Site") -> dict[str, str]:
    """Return the first extension of each phone that has one, by MAC."""
    return {phone.mac: phone.lines[0].extension for phone in site.phones if phone.lines}


def _group(what: str, diagnoses: "Sequence[Diagnosis]") -> dict[str, object]:
    verdict = diagnoses[0].verdict
    return {
        "code": verdict.code if verdict else "",
        "summary": what,
        "phones": [each.mac for each in diagnoses],
    }


def _print_fleet(
    site: "Site", count: int, found: "Sequence[Diagnosis]", wrong: "Sequence[Diagnosis]"
) -> None:
    from ringup.doctor.text import grouped

    numbers, on_the_way = _numbers(site), len(found) - len(wrong)
    in_service = count - len(found)
    for what, each in grouped(wrong):
        click.echo(f"{len(each)} phone{'s' if len(each) > 1 else ''}: {what}")
        click.echo(f"    {_names(numbers, each)}")
        for command in each[0].verdict.commands if each[0].verdict else ():
            click.echo(f"      {command}")
    click.echo(f"{in_service} of {count} phones in service, {on_the_way} booting.")
    if wrong:
        for line in _not_asked(wrong):
            click.echo(line)
        click.echo("All about one phone: ringup why PHONE")


def _not_asked(diagnoses: "Sequence[Diagnosis]") -> "list[str]":
    """Return each fact that was not looked up for these phones, once, with the command that asks."""
    facts = dict.fromkeys(
        replace(fact, command=fact.command and "sudo ringup why PHONE")
        for each in diagnoses
        for fact in each.not_asked
    )
    return [f"Not asked: {fact.text}" for fact in facts]


def _names(numbers: Mapping[str, str], diagnoses: "Sequence[Diagnosis]") -> str:
    names = [numbers.get(each.mac) or each.mac for each in diagnoses]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"
