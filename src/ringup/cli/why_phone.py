"""`ringup why PHONE`: why one phone does not come up, as text, JSON or a diagram."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.why_evidence import TimeFormat
from ringup.cli.why_host import host_answers
from ringup.cli.why_ladder import AnswerForm
from ringup.fleet.judging import GOOD_STATES, judged, pbx_answers, title_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ringup.doctor.evidence import Evidence
    from ringup.doctor.verdict import Diagnosis
    from ringup.fleet.glance import FleetAtAGlance
    from ringup.site.model import Site


def report_phone(
    engine: "Engine",
    site: "Site",
    fleet: "FleetAtAGlance",
    firmware: Path,
    named: str,
    form: AnswerForm,
) -> bool:
    """Print why this phone does not come up; return whether anything is wrong with it.

    Raises SiteErrors for an unknown name, and ClickException for an unknown MAC.
    """
    from ringup.change.naming import mac_of

    mac = mac_of(site, named)
    pbx = {mac: pbx_answers(site, [mac])}
    ((evidence, diagnosis),) = judged(engine, site, fleet, firmware, [mac], pbx, ask_host=host_answers)
    if diagnosis.state == "never_heard" and site.phone(mac) is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    _print_phone(evidence, diagnosis, title_of(site.phone(mac), mac), form)
    if form.fixes and diagnosis.state not in GOOD_STATES:
        from ringup.cli.why_fix import fix

        fix(diagnosis, approved=form.yes, run=partial(_run_here, engine))
    return diagnosis.state not in GOOD_STATES


def _print_phone(evidence: "Evidence", diagnosis: "Diagnosis", title: str, form: AnswerForm) -> None:
    from ringup.cli.printing import print_json
    from ringup.doctor.record import diagnosis_record
    from ringup.doctor.text import diagnosis_lines

    clock = TimeFormat(evidence.now)
    if form.as_ladder:
        from ringup.cli.why_ladder import show_ladder
        from ringup.ladder.ladder import ladder

        show_ladder(ladder(title, evidence.events, diagnosis, evidence.now), clock, form.picture)
    elif form.as_json:
        print_json(diagnosis_record(diagnosis))
    else:
        for line in diagnosis_lines(diagnosis, title, evidence.now, clock):
            click.echo(line)
        if form.screen:
            from ringup.cli.why_screen import screen_lines

            click.echo("\n".join(screen_lines(form.screen, diagnosis)))


def _run_here(engine: "Engine", words: Sequence[str]) -> int:
    """Run `ringup` with these words and this database, and return its exit status."""
    from ringup.cli.main import cli

    database = engine.url.render_as_string(hide_password=False).removeprefix("sqlite:///")
    try:
        return int(cli.main([*words, "--database", database], standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)
