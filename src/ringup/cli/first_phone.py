"""Follow the boot of the first phone: one line per event, and the doctor's line when a phone is stuck."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from time import sleep, time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ringup.cli.fleet_view import event_line, first_step
from ringup.cli.watch import interrupted_by_sigterm, take_in
from ringup.first_run.phone_questions import free_number
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import FleetRow, fleet_rows
from ringup.store.database import open_to_read

if TYPE_CHECKING:
    import subprocess

SECONDS = 0.3
"""Seconds between two readings of the database; a boot has about 20 events in a minute."""


def follow(database: str, server: "subprocess.Popen[bytes] | None" = None, *, is_sound: bool) -> None:
    """Print what the phones do until Ctrl-C, or until the server ends.

    Without a `server`, it runs elsewhere, so the view ends when the first phone is in service. Without
    `is_sound`, the checks found an error, so nobody is asked to power the phone on.
    """
    engine = open_to_read(database)
    try:
        with interrupted_by_sigterm(), suppress(KeyboardInterrupt):
            watched = _Watched(Fleet(engine), Console())
            watched.begin("stops the server" if server else "ends this view", is_sound=is_sound)
            while server.poll() is None if server else not watched.has_come_up:
                watched.look()
                sleep(SECONDS)
    finally:
        engine.dispose()


class _Watched:
    """The phones of one fleet, and what was already printed about each."""

    def __init__(self, fleet: Fleet, console: Console) -> None:
        self._fleet = fleet
        self._console = console
        self._said: dict[str, Sequence[str]] = {}
        self.has_come_up = False

    def begin(self, ctrl_c: str, *, is_sound: bool) -> None:
        """Read the past, and print which phone may be powered on."""
        take_in(self._fleet)
        rows = self._rows()
        self._said = {row.mac: _news(row, "") for row in rows if row.phone}
        waiting = [row for row in rows if row.phone and row.state != "in_service"]
        if rows and not waiting and not self._fleet.site.auto_extensions:
            self._print(Text(f"Every phone of the site is in service. Ctrl-C {ctrl_c}."))
            self.has_come_up = True
            return
        names = "".join(f" ({_who(row)}, {row.mac})" for row in waiting[:1])
        power_on = (
            f"Power the phone on{names}." if is_sound else "Repair the errors before you power a phone on."
        )
        self._print(Text(f"{power_on} Ctrl-C {ctrl_c}.", "bold"))

    def look(self) -> None:
        """Print the new events, and what changed about each phone."""
        for event in self._fleet.read():
            self._print(event_line(event.at, event, name=self._fleet.name(event.mac)))
        free = free_number(self._fleet.site)
        for row in self._rows():
            self._tell(row, _news(row, free))

    def _rows(self) -> list[FleetRow]:
        now = time()
        fleet = self._fleet
        return fleet.judged(fleet_rows(fleet.journeys, fleet.site, fleet.present(now)), now)

    def _tell(self, row: FleetRow, news: Sequence[str]) -> None:
        if news == self._said.get(row.mac, ()):
            return
        self._said[row.mac] = news
        is_up = row.state == "in_service"
        self._print_all(news, "bold green" if is_up else "bold red" if row.phone else "bold yellow")
        self.has_come_up = self.has_come_up or is_up

    def _print_all(self, lines: Iterable[str], style: str) -> None:
        for line in lines:
            self._print(Text(line, style))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)


def _news(row: FleetRow, free: str) -> Sequence[str]:
    """Return what an operator should read about a phone: that it is up, what stops it, or how to claim it.

    `free` is an extension that no line has.
    """
    if row.phone is None:
        return (f"Unknown phone {row.mac}. Give it an extension: ringup claim {row.mac} {free}",)
    who = _who(row)
    if row.state == "in_service":
        return (f"{who} is registered.",)
    if row.verdict:
        return (f"{who}: {row.verdict.what}", f"  {first_step(row.verdict)}")
    if row.trouble:
        return (f"{who}: {row.trouble.what}", f"  {row.trouble.cure}")
    return ()


def _who(row: FleetRow) -> str:
    """Return the first extension of a phone, and its name if it has one."""
    has_name = row.phone is not None and any((row.phone.label, *(line.name for line in row.phone.lines)))
    return " ".join((*row.extensions[:1], *([row.name] if has_name or not row.extensions else [])))
