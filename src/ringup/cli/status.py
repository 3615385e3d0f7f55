"""`ringup status`: the stage each phone has reached, once; or all about one phone."""

import json
import time
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ringup.change.naming import mac_of
from ringup.cli.board import event_line, fleet_table
from ringup.cli.options import database_option, json_option
from ringup.events import Event, to_record
from ringup.fleet.reading import Fleet
from ringup.fleet.record import row_record
from ringup.fleet.rows import FleetRow, fleet_rows
from ringup.journey.follow import Journey
from ringup.journey.stages import STAGES, stage
from ringup.phone.models import MODELS
from ringup.site.model import Site
from ringup.store.database import open_to_read
from ringup.store.revisions import read_site

NO_PHONES = """No phones yet.
  ringup phone add MAC     add one (or plug it in: it shows up here by itself)
  ringup serve             give it an address and its files"""

NO_EVENTS = "No phone has been heard yet. Is `ringup serve` running, and the phone on the same network?"

_OUTCOME_STYLES = {"sent": "green", "absent": "yellow", "refused": "red", "abandoned": "red"}


@click.command()
@click.argument("phone", metavar="[PHONE]", required=False)
@click.option(
    "--last", type=click.IntRange(min=0), default=40, show_default=True, help="Events shown of one phone."
)
@click.option("--trouble", is_flag=True, help="Only phones in trouble.")
@click.option("--group", metavar="NAME", help="Only the phones of this group.")
@click.option(
    "--stage",
    "at",
    metavar="KEY",
    type=click.Choice([each.key for each in STAGES]),
    help="Only phones at this stage, like hunt or registered.",
)
@click.option("--model", type=click.Choice(list(MODELS)), help="Only phones of this model.")
@json_option
@database_option
def status(
    phone: str | None,
    *,
    last: int,
    trouble: bool,
    group: str | None,
    at: str | None,
    model: str | None,
    as_json: bool,
    database: str,
) -> None:
    """Show the stage each phone has reached.

    With PHONE (a MAC in any spelling, an extension, a label or a name): what it asked for in this boot, and
    its last events.

    \b
    Examples:
      ringup status
      ringup status 0016.46c0.ffee
      ringup status 201
      ringup status --trouble --group sales
      ringup status --json | jq -r '.[] | select(.trouble != "") | .mac + " " + .trouble'
    """
    engine = open_to_read(database)
    try:
        fleet = Fleet(engine)
        mac = mac_of(read_site(engine), phone) if phone is not None else None
        timeline = deque((event for event in fleet.read() if event.mac == mac), maxlen=last)
    finally:
        engine.dispose()
    if mac is None:
        _show_fleet(fleet, PhoneFilter(trouble, group, at, model), as_json)
    else:
        _show_phone(fleet, mac, timeline, as_json)


@dataclass(frozen=True, slots=True)
class PhoneFilter:
    """The phones that are shown; a field that is None takes any value."""

    trouble: bool
    group: str | None
    stage: str | None
    model: str | None

    def takes(self, row: FleetRow) -> bool:
        """Return True if the phone has everything that was asked for."""
        group = row.phone.group if row.phone else None
        return (
            (not self.trouble or row.state == "trouble")
            and self.group in (None, group)
            and self.stage in (None, row.journey.stage)
            and self.model in (None, row.model)
        )


def _only(site: Site, chosen: list[FleetRow]) -> Site:
    """Return the site with these phones alone."""
    return site.model_copy(update={"phones": tuple(row.phone for row in chosen if row.phone)})


def _show_fleet(fleet: Fleet, choice: PhoneFilter, as_json: bool) -> None:
    everybody = fleet_rows(fleet.journeys, fleet.site)
    shown = [row for row in everybody if choice.takes(row)]
    if as_json:
        click.echo(json.dumps([row_record(row) for row in shown], indent=2))
    elif not everybody:
        click.echo(NO_PHONES)
    elif not shown:
        click.echo(f"None of {len(everybody)} phone{'s' if len(everybody) > 1 else ''} is like that.")
    else:
        journeys = {row.mac: row.journey for row in shown}
        Console().print(fleet_table(journeys, _only(fleet.site, shown), time.time(), pbx_lost=fleet.pbx_lost))
        if all(row.state == "waiting" for row in shown):
            click.echo(NO_EVENTS)


def _show_phone(fleet: Fleet, mac: str, timeline: deque[Event], as_json: bool) -> None:
    row = fleet.row(mac)
    if row is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    if as_json:
        record = row_record(row)
        record["requests"] = [asdict(request) for request in row.journey.requests]
        record["events"] = [to_record(event) for event in timeline]
        click.echo(json.dumps(record, indent=2))
        return
    console = Console()
    table = fleet_table({mac: row.journey}, _only(fleet.site, [row]), time.time())
    table.caption = None
    console.print(table)
    if not timeline:
        console.print(NO_EVENTS)
        return
    console.print(_next_line(row.journey), requests_table(row.journey), sep="\n")
    for event in timeline:
        console.print(event_line(event.at, event, name=fleet.name(mac)), soft_wrap=True)


def _next_line(journey: Journey) -> Text:
    """Which boot this is, and what should come next."""
    here = stage(journey.stage)
    parts = [f"Boot {journey.boots} since the records begin."]
    if journey.firmware_asked:
        parts.append(f"Load asked for: {journey.firmware_asked}.")
    if here.next:
        titles = " or ".join(f"“{stage(key).title}”" for key in here.next)
        parts.append(f"Next: {titles}, normally within {here.seconds:g} s.")
    return Text(" ".join(parts))


def requests_table(journey: Journey) -> Table:
    """The files asked for in this boot."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, title_justify="left")
    table.add_column("Asked at")
    table.add_column("File", overflow="fold")
    table.add_column("Outcome")
    table.add_column("Times", justify="right")
    for request in journey.requests:
        clock = datetime.fromtimestamp(request.at).strftime("%H:%M:%S")  # the operator's own zone
        outcome = Text(request.outcome, _OUTCOME_STYLES.get(request.outcome, ""))
        table.add_row(clock, Text(request.name), outcome, str(request.times))
    return table
