"""`ringup watch`: the fleet, live, with keys."""

import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from time import sleep, time
from types import FrameType

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from ringup.cli.fleet_view import alarms, event_line, fleet_table
from ringup.cli.keys import pressed, unseen
from ringup.cli.options import database_option
from ringup.cli.rollout_printing import board_line
from ringup.cli.status import NO_PHONES
from ringup.cli.watch_screen import screen
from ringup.cli.watch_view import View
from ringup.events import Event
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import fleet_rows
from ringup.store.database import open_to_read

MOST_LOG_LINES = 200
"""Maximum number of log lines kept for the panel; no terminal is higher."""
FIRST_LINES = 10
"""Number of past events printed at the start, as `tail -f` does, if stdout is not a terminal."""


@click.command()
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05, max=3600),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="Seconds between two readings of the database.",
)
@click.option("--once", is_flag=True, help="Show the phones and the last events once.")
@database_option
def watch(interval: float, once: bool, database: str) -> None:
    """Show the fleet live, until Ctrl-C.

    If the output is not a terminal, print one line per event, as events occur.

    \b
    Examples:
      ringup watch
      ringup watch --once
      ringup watch | grep --line-buffered 'refused'
    """
    console = Console()
    engine = open_to_read(database)
    try:
        with interrupted_by_sigterm(), suppress(KeyboardInterrupt):
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
def interrupted_by_sigterm() -> Iterator[None]:
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


def take_in(fleet: Fleet) -> None:
    """Read all events up to now."""
    deque(fleet.read(), maxlen=0)


def _print_once(fleet: Fleet, console: Console) -> None:
    take_in(fleet)
    now = time()
    rows = fleet.judged(fleet_rows(fleet.journeys, fleet.site, fleet.present(now)), now)
    if not rows:
        console.print(*alarms(fleet.pbx_lost, fleet.faults), NO_PHONES, sep="\n", highlight=False)
        return
    if rolling := board_line(fleet.rollout):
        console.print(rolling)
    console.print(fleet_table(rows, now, pbx_lost=fleet.pbx_lost, faults=fleet.faults))
    for event in fleet.recent(FIRST_LINES):
        console.print(_line(fleet, event), soft_wrap=True)


def _print_lines(fleet: Fleet, console: Console, interval: float) -> None:
    take_in(fleet)
    new: Iterable[Event] = fleet.recent(FIRST_LINES)
    while True:
        for event in new:
            console.print(_line(fleet, event), soft_wrap=True)
        sleep(interval)
        new = fleet.read()


def _draw(fleet: Fleet, console: Console, interval: float) -> None:
    """Show the screen until `q`; without a keyboard, until Ctrl-C."""
    take_in(fleet)
    log = deque(fleet.recent(MOST_LOG_LINES), maxlen=MOST_LOG_LINES)
    view, site = View(), fleet.site
    rows = fleet_rows(fleet.journeys, site, fleet.present(time()))
    wait = pressed if sys.stdin.isatty() else _sleep
    with _unseen_keys(), Live(console=console, screen=True, auto_refresh=False) as live:
        while not view.is_over:
            new = list(fleet.read())
            log.extend(new)
            now = time()
            if new or fleet.site is not site:
                site, rows = fleet.site, fleet_rows(fleet.journeys, fleet.site, fleet.present(now))
            rows = [row.at(fleet.present(now)) for row in rows]
            live.update(screen(fleet, rows, log, view, now, console), refresh=True)
            for key in wait(interval):
                view.press(key)


def _unseen_keys() -> AbstractContextManager[None]:
    return unseen(sys.stdin.fileno()) if sys.stdin.isatty() else nullcontext()


def _sleep(seconds: float) -> list[str]:
    sleep(seconds)
    return []
