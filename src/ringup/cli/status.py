"""`ringup status`: the stage each phone has reached, once; or all about one phone."""

import time
from dataclasses import asdict, dataclass, replace
from math import inf
from typing import Self

import click
from sqlalchemy import Engine

from ringup.change.naming import is_mac, mac_of
from ringup.cli import completion
from ringup.cli.arguments import TIME
from ringup.cli.options import database_option, json_option
from ringup.cli.printing import print_json
from ringup.events import to_record
from ringup.fleet.glance import FleetAtAGlance, Glance, read_fleet, read_row, read_rows
from ringup.fleet.record import row_record
from ringup.fleet.rows import FleetRow
from ringup.journey.stages import STAGES
from ringup.phone.models import MODELS
from ringup.site.model import Site
from ringup.store.database import open_to_read
from ringup.store.guests import guest_of
from ringup.store.pins import pin_of
from ringup.store.revisions import read_site, read_site_without_phones
from ringup.store.rollouts import open_rollout

NO_PHONES = """No phones yet.
  ringup phone add MAC     add one (or plug it in: then it is shown here)
  ringup serve             give it an address and its files"""

LAST = 40
"""Number of events that are shown for one phone."""

MOST_SHOWN = 100
"""Maximum number of phones in the table without --all; each phone takes two lines."""

NEEDS_OPERATOR = ("trouble", "unknown", "coming")
"""The states of phones that need an operator, the most urgent first; a shortened table shows only these."""


@click.command()
@click.argument("phone", metavar="[PHONE]", required=False, shell_complete=completion.phones)
@click.option(
    "--last",
    type=click.IntRange(min=0),
    help=f"Number of events shown for one phone. Default: {LAST}, or all between --since and --until.",
)
@click.option(
    "--since",
    type=TIME,
    metavar="TIME",
    help="Only the phone's events from TIME on, like '2026-11-27 08:30'.",
)
@click.option("--until", type=TIME, metavar="TIME", help="Only the phone's events until TIME.")
@click.option("--trouble", is_flag=True, help="Only phones that have a trouble.")
@click.option(
    "--group", metavar="NAME", shell_complete=completion.groups, help="Only the phones of this group."
)
@click.option(
    "--stage",
    "at",
    metavar="KEY",
    type=click.Choice([each.key for each in STAGES]),
    help="Only phones at this stage, like hunt or registered.",
)
@click.option("--model", type=click.Choice(list(MODELS)), help="Only phones of this model.")
@click.option(
    "--all", "everybody", is_flag=True, help=f"Every phone, even if there are more than {MOST_SHOWN}."
)
@json_option
@database_option
def status(
    phone: str | None,
    *,
    last: int | None,
    since: float | None,
    until: float | None,
    trouble: bool,
    group: str | None,
    at: str | None,
    model: str | None,
    everybody: bool,
    as_json: bool,
    database: str,
) -> None:
    """Show the stage each phone has reached.

    With more than 100 phones, the table shows only those that need attention; --all shows every phone.
    With PHONE (a MAC in any spelling, an extension, a label or a name): the files that it requested in
    this boot, and its last events.

    \b
    Examples:
      ringup status
      ringup status 0016.46c0.ffee
      ringup status 201
      ringup status 201 --since 2026-11-26 --until '2026-11-27 08:30'
      ringup status --trouble --group sales
      ringup status --json | jq -r '.phones[] | select(.trouble != "") | .mac + " " + .trouble'
    """
    span = Span.of(last, since, until)
    if phone is None and span.is_limited:
        raise click.UsageError("--since and --until are about the events of one phone. Name a PHONE.")
    engine = open_to_read(database)
    try:
        if phone is not None:
            _show_phone(engine, _mac(engine, phone), span, as_json)
        else:
            _show_fleet(engine, PhoneFilter(trouble, group, at, model), everybody=everybody, as_json=as_json)
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class Span:
    """The span and the number of the events that `status PHONE` shows."""

    most: int | None
    """The last so many; None: all."""
    since: float
    until: float

    @classmethod
    def of(cls, last: int | None, since: float | None, until: float | None) -> Self:
        """Return the span of these options; raises UsageError if it ends before it begins."""
        span = cls(last, since if since is not None else 0.0, until if until is not None else inf)
        if span.until < span.since:
            raise click.UsageError("--until is before --since. Exchange the two times.")
        return replace(span, most=LAST) if last is None and not span.is_limited else span

    @property
    def is_limited(self) -> bool:
        """Return whether the span begins or ends."""
        return (self.since, self.until) != (0.0, inf)


def _mac(engine: Engine, phone: str) -> str:
    """Return the MAC of the named phone; the site is read only if the name is not a MAC."""
    return mac_of(Site() if is_mac(phone) else read_site(engine), phone)


@dataclass(frozen=True, slots=True)
class PhoneFilter:
    """Which phones are shown; a field that is None allows any value."""

    trouble: bool
    group: str | None
    stage: str | None
    model: str | None

    @property
    def takes_all(self) -> bool:
        """Return whether the filter has no condition."""
        return self == PhoneFilter(False, None, None, None)

    def takes(self, phone: Glance) -> bool:
        """Return True if the phone fulfils every condition."""
        return (
            (not self.trouble or phone.state == "trouble")
            and self.group in (None, phone.group)
            and self.stage in (None, phone.stage)
            and self.model in (None, phone.model)
        )


def _show_fleet(engine: Engine, choice: PhoneFilter, *, everybody: bool, as_json: bool) -> None:
    fleet = read_fleet(engine, time.time())
    chosen = [phone for phone in fleet.phones if choice.takes(phone)]
    if as_json:
        rows = read_rows(engine, fleet, [phone.mac for phone in chosen])
        print_json(
            {
                "pbx_lost": fleet.pbx_lost,
                "faults": [asdict(fault) for fault in fleet.faults],
                "phones": [row_record(row) for row in rows],
            }
        )
        return
    if not chosen and (fleet.pbx_lost or fleet.faults):
        from ringup.cli.status_tables import print_alarms

        print_alarms(fleet)
    if rollout := open_rollout(engine):
        from ringup.cli.status_tables import print_rollout

        print_rollout(rollout)
    if not fleet.phones:
        click.echo(NO_PHONES)
    elif not chosen:
        count = len(fleet.phones)
        click.echo(f"None of {count} phone{'s' if count > 1 else ''} matches these options.")
    else:
        _print_fleet(engine, fleet, chosen, everybody=everybody or not choice.takes_all)


def _print_fleet(engine: Engine, fleet: FleetAtAGlance, chosen: list[Glance], *, everybody: bool) -> None:
    """Print the table; of a large fleet only the phones that need attention, unless --all is given."""
    shown = chosen
    if not everybody and len(chosen) > MOST_SHOWN:
        urgent = [phone for phone in chosen if phone.state in NEEDS_OPERATOR]
        shown = sorted(urgent, key=lambda phone: NEEDS_OPERATOR.index(phone.state))[:MOST_SHOWN]
    rows = _judged(engine, fleet, read_rows(engine, fleet, [phone.mac for phone in shown]))
    states = [phone.state for phone in chosen]
    from ringup.cli.status_tables import print_fleet

    print_fleet(fleet, rows, states)


def _judged(engine: Engine, fleet: FleetAtAGlance, rows: list[FleetRow]) -> list[FleetRow]:
    """Return the rows with the doctor's verdicts; the site is read only if a phone is in trouble."""
    if all(row.state != "trouble" for row in rows):
        return rows
    from ringup.fleet.verdicts import judged

    site = read_site_without_phones(engine).site
    phones = tuple(row.phone for row in rows if row.phone is not None)
    return judged(rows, engine, fleet, site.model_copy(update={"phones": phones}))


def _show_phone(engine: Engine, mac: str, span: Span, as_json: bool) -> None:
    fleet = read_fleet(engine, time.time())
    row = read_row(engine, fleet, mac)
    if row is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    timeline = fleet.events_of(engine, mac, span.most, since=span.since, until=span.until)
    if as_json:
        record = row_record(row)
        record["requests"] = [asdict(request) for request in row.journey.requests]
        record["events"] = [to_record(event) for event in timeline]
        print_json(record)
        return
    from ringup.cli.status_tables import print_phone

    (judged,) = _judged(engine, fleet, [row])
    guest = None if judged.phone else guest_of(engine, mac)
    print_phone(judged, timeline, fleet.present.now, pin_of(engine, mac), guest)
