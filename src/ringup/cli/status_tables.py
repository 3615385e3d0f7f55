"""Print the tables of `ringup status`; a status without a table does not import this module, nor rich."""

from collections.abc import Sequence
from datetime import datetime

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ringup.cli.fleet_view import alarms, event_line, fleet_table, not_asked
from ringup.cli.printing import local_time
from ringup.cli.rollout_printing import board_line
from ringup.events import Event
from ringup.fleet.glance import FleetAtAGlance
from ringup.fleet.rows import FleetRow
from ringup.journey.record import MOST_REQUESTS, Journey
from ringup.journey.stages import stage
from ringup.rollout.record import Rollout
from ringup.site.guests import Guest
from ringup.store.pins import Pin

NO_EVENTS = (
    "No phone has sent a packet yet. Check that `ringup serve` runs, and that the phone is on its network."
)

_OUTCOME_STYLES = {"sent": "green", "absent": "yellow", "refused": "red", "abandoned": "red"}


def print_alarms(fleet: FleetAtAGlance) -> None:
    """Print why the PBX does not answer, and the faults of the machine."""
    for alarm in alarms(fleet.pbx_lost, fleet.faults):
        Console().print(alarm)


def print_rollout(rollout: Rollout) -> None:
    """Print how far the rollout of firmware is."""
    Console(highlight=False).print(board_line(rollout))


def print_fleet(fleet: FleetAtAGlance, rows: list[FleetRow], states: Sequence[str]) -> None:
    """Print the table of these phones, and below it the number of all chosen phones by their states."""
    Console().print(
        fleet_table(rows, fleet.present.now, pbx_lost=fleet.pbx_lost, faults=fleet.faults, states=states)
    )
    if len(rows) < len(states):
        click.echo("Every phone: ringup status --all; one phone: ringup status PHONE.")
    if all(state == "waiting" for state in states):
        click.echo(NO_EVENTS)


def print_phone(
    row: FleetRow, timeline: Sequence[Event], now: float, pin: Pin | None, guest: Guest | None
) -> None:
    """Print all about one phone: its row, its pin or code, the files that it requested, and its last
    events.
    """
    console = Console()
    table = fleet_table([row], now)
    table.caption = None
    console.print(table)
    for line in not_asked(row):
        console.print(line)
    if pin:
        console.print(f"Its own files go only to {pin.address}: pinned by {pin.by}, {local_time(pin.at)}.")
    if guest:
        console.print(_about_guest(guest))
    if not row.journey.last_at:
        console.print(NO_EVENTS)
        return
    console.print(next_line(row.journey), requests_table(row.journey), sep="\n")
    day = _day(now)
    for event in timeline:
        before, day = day, _day(event.at)
        if day != before:
            console.print(day)
        console.print(event_line(event.at, event, name=row.name if row.phone else ""), soft_wrap=True)
    if not timeline:
        console.print("None of its stored events is in this span.")


def _about_guest(guest: Guest) -> str:
    if guest.blocked_until:
        until = local_time(guest.blocked_until)
        return f"It is a guest, and blocked until {until} after {guest.wrong} wrong codes."
    command = f"ringup claim {guest.code} NAME"
    return f"It is a guest with the code {guest.code} until {local_time(guest.code_until)}: {command}"


def _day(at: float) -> str:
    """Return the date in the operator's own zone."""
    return local_time(at).partition(" ")[0]


def next_line(journey: Journey) -> Text:
    """Return the number of this boot, and the normal next stage."""
    here = stage(journey.stage)
    parts = [f"Boot {journey.boots} since the first record."]
    if journey.firmware_asked:
        parts.append(f"Load requested: {journey.firmware_asked}.")
    if here.next:
        titles = " or ".join(f"“{stage(key).title}”" for key in here.next)
        parts.append(f"Next: {titles}, normally within {here.seconds:g} s.")
    return Text(" ".join(parts))


def requests_table(journey: Journey, most: int = MOST_REQUESTS) -> Table:
    """Return a table of the last files that the phone requested in this boot; a limit sets their number."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, title_justify="left")
    table.add_column("Asked at")
    table.add_column("File", overflow="fold")
    table.add_column("Outcome")
    table.add_column("Times", justify="right")
    for request in journey.requests[-most:]:
        clock = datetime.fromtimestamp(request.at).strftime("%H:%M:%S")  # the operator's own zone
        outcome = Text(request.outcome, _OUTCOME_STYLES.get(request.outcome, ""))
        table.add_row(clock, Text(request.name), outcome, str(request.times))
    return table
