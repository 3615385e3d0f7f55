"""`ringup watch`: the fleet, live, until Ctrl-C."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import sleep, time
from types import FrameType

import click
from rich.console import Console
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ringup.cli.board import event_line, fleet_table
from ringup.cli.options import database_option
from ringup.cli.status import NO_PHONES
from ringup.events import Event
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import fleet_rows
from ringup.store.database import open_to_read

MOST_LOG_LINES = 200
"""Maximum number of log lines kept for the panel; no terminal is higher."""
FIRST_LINES = 10
"""Number of past events printed at the start, as `tail -f` does, if stdout is not a terminal."""
LEAST_LOG_LINES = 5
"""Minimum number of screen lines reserved for the events, including the frame."""
LINES_A_PHONE = 2
"""Minimum number of lines per phone; a trouble or a second call takes more."""


@click.command()
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05, max=3600),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for news.",
)
@click.option("--once", is_flag=True, help="Show the board and the last events once.")
@database_option
def watch(interval: float, once: bool, database: str) -> None:
    """Show the fleet live, until Ctrl-C.

    When the output is not a terminal: one line per event, as events occur.

    \b
    Examples:
      ringup watch
      ringup watch --once
      ringup watch | grep --line-buffered 'refused'
    """
    console = Console()
    engine = open_to_read(database)
    try:
        with _sigterm_as_ctrl_c(), suppress(KeyboardInterrupt):
            fleet = Fleet(engine)
            if once:
                _print_once(fleet, console)
            elif console.is_terminal:
                _draw(fleet, console, interval)
            else:
                _print_lines(fleet, console, interval)
    finally:
        engine.dispose()


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C, so that `kill` and `timeout` leave a usable terminal too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _line(fleet: Fleet, event: Event) -> Text:
    return event_line(event.at, event, name=fleet.name(event.mac))


def _take_in(fleet: Fleet) -> None:
    """Read all events up to now."""
    deque(fleet.read(), maxlen=0)


def _print_once(fleet: Fleet, console: Console) -> None:
    _take_in(fleet)
    rows = fleet_rows(fleet.journeys, fleet.site)
    if not rows:
        console.print(NO_PHONES, highlight=False)
        return
    console.print(fleet_table(rows, time(), pbx_lost=fleet.pbx_lost))
    for event in fleet.recent(FIRST_LINES):
        console.print(_line(fleet, event), soft_wrap=True)


def _print_lines(fleet: Fleet, console: Console, interval: float) -> None:
    _take_in(fleet)
    new: Iterable[Event] = fleet.recent(FIRST_LINES)
    while True:
        for event in new:
            console.print(_line(fleet, event), soft_wrap=True)
        sleep(interval)
        new = fleet.read()


def _draw(fleet: Fleet, console: Console, interval: float) -> None:
    _take_in(fleet)
    log = deque(fleet.recent(MOST_LOG_LINES), maxlen=MOST_LOG_LINES)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            log.extend(fleet.read())
            live.update(board(fleet, log, time(), console), refresh=True)
            sleep(interval)


def board(fleet: Fleet, log: Sequence[Event], now: float, console: Console) -> Layout:
    """Return the screen: the fleet above, the last events below.

    If the terminal is too low, phones in service are left out first.
    """
    table, height = _fitting_table(fleet, now, console, console.height - LEAST_LOG_LINES)
    room = max(1, console.height - height - 2)
    lines = [_line(fleet, event) for event in list(log)[-room:]]
    joined = Text("\n", no_wrap=True, overflow="ellipsis").join(lines)
    panel = Panel(joined, title="last events", title_align="left", subtitle="Ctrl-C ends", border_style="dim")
    screen = Layout()
    screen.split_column(Layout(table, size=height), Layout(panel))
    return screen


def _fitting_table(fleet: Fleet, now: float, console: Console, room: int) -> tuple[Table, int]:
    """Return the fleet's table with as many phones as fit into `room` lines, and its height."""
    rows = fleet_rows(fleet.journeys, fleet.site)
    for most in range(max(1, room // LINES_A_PHONE), 0, -1):
        table = fleet_table(rows, now, most=most, pbx_lost=fleet.pbx_lost)
        if not rows:
            table.caption = NO_PHONES
        height = len(console.render_lines(table))
        if height <= room:
            break
    return table, min(height, max(1, room))
