"""The screen of `ringup watch`: totals, phones, last events; or one phone; or the keys."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ringup.cli.fleet_view import alarms, event_line, fleet_table, summary
from ringup.cli.rollout_printing import board_line
from ringup.cli.status import NO_PHONES
from ringup.cli.watch_phone import BACK_HINT, phone_panel
from ringup.cli.watch_view import KEYS, View
from ringup.events import Event
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import FleetRow

LEAST_LOG_LINES = 5
"""Minimum number of screen lines for the events, frame included."""
LINES_A_PHONE = 2
"""Minimum number of lines per phone; a trouble or a second call takes more."""
HINT = "q quit · ↑↓ move · Enter phone · / filter · t trouble · s sort · ? keys"


def screen(
    fleet: Fleet, rows: Sequence[FleetRow], log: Sequence[Event], view: View, now: float, console: Console
) -> RenderableType:
    """Return the contents of the terminal; `rows` are the complete fleet, in the order of extensions."""
    shown = view.chosen(rows)
    if view.mode == "help":
        return _keys(console)
    if view.mode == "phone" and shown:
        (row,) = fleet.judged([shown[view.selected]], now)
        return phone_panel(fleet, row, log, now, console)
    head = _head(fleet, rows, shown, view)
    head_lines = len(console.render_lines(head))
    body, lines = _body(fleet, shown, view, now, console, console.height - head_lines - LEAST_LOG_LINES)
    layout = Layout()
    layout.split_column(
        Layout(head, size=head_lines),
        Layout(body, size=lines),
        Layout(_events(fleet, log, view, console.height - head_lines - lines - 2)),
    )
    return layout


def _head(fleet: Fleet, rows: Sequence[FleetRow], shown: Sequence[FleetRow], view: View) -> RenderableType:
    """Return the totals, and how many phones are shown in which order."""
    if not rows:
        return Group(*alarms(fleet.pbx_lost, fleet.faults), Text(NO_PHONES))
    parts = [f"by {view.order}"]
    if view.only_trouble:
        parts.append("only trouble")
    if view.text or view.mode == "filter":
        parts.append(f"with “{view.text}{'▏' if view.mode == 'filter' else ''}”")
    place = f"{view.selected + 1} of {len(shown)}" if shown else "none"
    totals = summary([row.state for row in rows], fleet.pbx_lost, fleet.faults)
    rolling = board_line(fleet.rollout)
    return Group(*([rolling] if rolling else ()), totals, Text(f"{place}, {', '.join(parts)}", "dim"))


def _body(
    fleet: Fleet, shown: Sequence[FleetRow], view: View, now: float, console: Console, room: int
) -> tuple[Table, int]:
    """Return the phones around the selected one that fit into `room` lines, and their height."""
    most = max(1, room // LINES_A_PHONE)
    view.first = max(0, min(view.first, view.selected, max(0, len(shown) - 1)))
    while True:
        visible = fleet.judged(shown[view.first : view.first + most], now)
        table = fleet_table(visible, now, pbx_lost=fleet.pbx_lost, states=[])
        table.caption = None
        height = len(console.render_lines(table))
        if height > room and len(visible) > 1:
            most = len(visible) - 1
        elif view.selected >= view.first + len(visible) and visible:
            view.first = view.selected - len(visible) + 1
        else:
            break
    if visible:
        table.rows[view.selected - view.first].style = "reverse"
    view.page = max(1, len(visible))
    return table, min(height, max(1, room))


def _events(fleet: Fleet, log: Sequence[Event], view: View, room: int) -> Panel:
    lines = [event_line(event.at, event, name=fleet.name(event.mac)) for event in list(log)[-max(1, room) :]]
    joined = Text("\n", no_wrap=True, overflow="ellipsis").join(lines)
    hint = "Enter keeps the filter, Esc ends it · Ctrl-C quits" if view.mode == "filter" else HINT
    return Panel(joined, title="last events", title_align="left", subtitle=hint, border_style="dim")


def _keys(console: Console) -> Panel:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for keys, meaning in KEYS:
        table.add_row(Text(keys, "bold"), Text(meaning))
    return Panel(table, title="keys of ringup watch", subtitle=BACK_HINT, height=console.height)
