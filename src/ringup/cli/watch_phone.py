"""One phone on the screen of `ringup watch`: its troubles in full, its requests, and its last events."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ringup.cli.fleet_view import last_lines, news, not_asked, now_parts, stage_line
from ringup.cli.status_tables import next_line, requests_table
from ringup.events import Event
from ringup.fleet.durations import how_long
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import FleetRow
from ringup.journey.record import MOST_REQUESTS

LEAST_EVENT_LINES = 5
"""Of the panel that the requests leave to the last events; they leave half of it, if that is more."""
BORDER_LINES, BORDER_COLUMNS = 2, 4
BACK_HINT = "Esc back · q or Ctrl-C quits"


def phone_panel(
    fleet: Fleet, row: FleetRow, log: Sequence[Event], now: float, console: Console
) -> RenderableType:
    """Return one phone, as high as the screen; texts that are longer than a line go on in the next."""
    inside = console.options.update(width=max(1, console.width - BORDER_COLUMNS))
    parts = _head(fleet, row, now)
    room = console.height - BORDER_LINES - _height(parts, console, inside)
    requests = _requests(row, min(room - LEAST_EVENT_LINES, room // 2), console, inside)
    room = max(0, room - _height(requests, console, inside))
    name = row.name if row.phone else ""
    events = last_lines(_timeline(fleet, row.mac, log, room), room, console, inside, name=name)
    return Panel(
        Group(*parts, *requests, *events),
        title=f"phone {row.mac}",
        subtitle=BACK_HINT,
        height=console.height,
    )


def _head(fleet: Fleet, row: FleetRow, now: float) -> list[RenderableType]:
    """Return the phone's name and address, its stage, its troubles with their cures, and the next stage."""
    journey = row.journey
    who = " · ".join(filter(None, (" ".join((*row.extensions, row.name)), row.model, journey.address)))
    stage = stage_line(row, fleet.pbx_lost)
    if journey.stage != "new":
        stage = Text.assemble(stage, (f" for {how_long(now - journey.since)}", "dim"))
    lines = [Padding(line, (0, 0, 0, 2)) for line in (*news(row), *not_asked(row), *now_parts(row))]
    return [Text(who, "bold"), stage, *lines, next_line(journey)]


def _requests(row: FleetRow, room: int, console: Console, inside: ConsoleOptions) -> Sequence[RenderableType]:
    """Return a table of the last requests that fit."""
    for most in range(min(len(row.journey.requests), MOST_REQUESTS), 0, -1):
        table = requests_table(row.journey, most)
        if _height([table], console, inside) <= room:
            return [table]
    return []


def _timeline(fleet: Fleet, mac: str, log: Sequence[Event], most: int) -> list[Event]:
    """Return the last events of one phone: those in the database, and newer ones from the log."""
    if not most:
        return []
    kept = fleet.events_of(mac, most)
    own = [event for event in log if event.mac == mac]
    return [*kept, *_after(own, kept[-1])][-most:] if kept else own[-most:]


def _after(events: Sequence[Event], last: Event) -> Sequence[Event]:
    """Return the events that follow `last`; if it is not among them, those of a later time."""
    if last in events:
        return events[len(events) - [*reversed(events)].index(last) :]
    return [event for event in events if event.at > last.at]


def _height(parts: Sequence[RenderableType], console: Console, inside: ConsoleOptions) -> int:
    return sum(len(console.render_lines(part, inside)) for part in parts)
