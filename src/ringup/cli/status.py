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
from ringup.fleet.record import seat_record
from ringup.fleet.seats import Seat, seats
from ringup.journey.follow import Journey
from ringup.journey.stages import STAGES, stage
from ringup.phone.models import MODELS
from ringup.site.model import Site
from ringup.store.database import open_database
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
    engine = open_database(database)
    try:
        fleet = Fleet(engine)
        mac = mac_of(read_site(engine), phone) if phone is not None else None
        timeline = deque((event for event in fleet.read() if event.mac == mac), maxlen=last)
    finally:
        engine.dispose()
    if mac is None:
        _show_fleet(fleet, Choice(trouble, group, at, model), as_json)
    else:
        _show_phone(fleet, mac, timeline, as_json)


@dataclass(frozen=True, slots=True)
class Choice:
    """The phones that are shown; a field that is None takes any value."""

    trouble: bool
    group: str | None
    stage: str | None
    model: str | None

    def takes(self, seat: Seat) -> bool:
        """Return True if the phone has everything that was asked for."""
        group = seat.phone.group if seat.phone else None
        return (
            (not self.trouble or seat.state == "trouble")
            and self.group in (None, group)
            and self.stage in (None, seat.journey.stage)
            and self.model in (None, seat.model)
        )


def _only(site: Site, chosen: list[Seat]) -> Site:
    """Return the site with these phones alone."""
    return site.model_copy(update={"phones": tuple(seat.phone for seat in chosen if seat.phone)})


def _show_fleet(fleet: Fleet, choice: Choice, as_json: bool) -> None:
    everybody = seats(fleet.journeys, fleet.site)
    shown = [seat for seat in everybody if choice.takes(seat)]
    if as_json:
        click.echo(json.dumps([seat_record(seat) for seat in shown], indent=2))
    elif not everybody:
        click.echo(NO_PHONES)
    elif not shown:
        click.echo(f"None of {len(everybody)} phone{'s' if len(everybody) > 1 else ''} is like that.")
    else:
        journeys = {seat.mac: seat.journey for seat in shown}
        Console().print(fleet_table(journeys, _only(fleet.site, shown), time.time(), pbx_lost=fleet.pbx_lost))
        if all(seat.state == "waiting" for seat in shown):
            click.echo(NO_EVENTS)


def _show_phone(fleet: Fleet, mac: str, timeline: deque[Event], as_json: bool) -> None:
    seat = fleet.seat(mac)
    if seat is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    if as_json:
        record = seat_record(seat)
        record["requests"] = [asdict(request) for request in seat.journey.requests]
        record["events"] = [to_record(event) for event in timeline]
        click.echo(json.dumps(record, indent=2))
        return
    console = Console()
    table = fleet_table({mac: seat.journey}, _only(fleet.site, [seat]), time.time())
    table.caption = None
    console.print(table)
    if not timeline:
        console.print(NO_EVENTS)
        return
    console.print(_next_line(seat.journey), requests_table(seat.journey), sep="\n")
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
