"""Measure the time that commands take on a large site, and compare it with the goals: medians of CPU and
elapsed seconds.

    .venv/bin/python benchmarks/commands.py [PHONES [EVENTS]]

Each command is a separate process, measured from the start of Python to its end. Its CPU seconds include the
time in the kernel. Before the first round, databases with PHONES phones (5,000) and EVENTS events (1,000,000)
are made, which takes a minute or two.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from shutil import copyfile
from statistics import median

from events import boot, mac_of
from openpyxl import Workbook
from sqlalchemy import Engine

from ringup.events import Event
from ringup.site.model import Group, Line, Pbx, Phone, Site
from ringup.site.write import write_yaml
from ringup.site.write_csv import write_csv
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import commit

PHONES = 5_000
SOME_PHONES = 300
PLANNED_PHONES = 1_000
EVENTS = 1_000_000
NOT_FOLLOWED = 500
"""Number of events that the server has not yet added to the journeys, like one batch of it."""
EVENTS_AT_ONCE = 5_000
GROUPS = 20
ROUNDS = 5
NEW_MAC = "0016460A0B0C"
SECONDS_PER_BOOT = 20.0

RINGUP = (sys.executable, "-m", "ringup")


@dataclass(frozen=True, slots=True)
class Cost:
    """The time that one process took, in seconds."""

    cpu: float
    elapsed: float


@dataclass(frozen=True, slots=True)
class Row:
    """One command to measure."""

    name: str
    command: tuple[str, ...]
    goal: float
    """The goal in CPU seconds; if `over` names a row, the goal is for the difference from that row."""
    over: str = ""
    anew: tuple[Path, Path] | None = None
    """For a command that changes its database: the database, and the file that replaces it before each
    round.
    """


def fleet(phones: int) -> Site:
    """Return a site whose phones have two lines each; every tenth phone has its own setting."""
    return Site(
        time_zone="Europe/London",
        settings={"telnet_level": "1"},
        pbx=Pbx(address="192.168.0.1"),
        groups=tuple(Group(name=f"g{n}", settings={"preferred_codec": "g711alaw"}) for n in range(GROUPS)),
        phones=tuple(map(_phone, range(phones))),
    )


def write_sheet(table: Path) -> Path:
    """Write the rows of a CSV file into a workbook with the same name."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    with table.open(newline="", encoding="utf-8-sig") as text:
        for row in csv.reader(text):
            page.append(row)
    book.save(table.with_suffix(".xlsx"))
    return table.with_suffix(".xlsx")


def _phone(number: int) -> Phone:
    lines = tuple(
        Line(extension=f"{20_000 + 2 * number + key}", name=f"Person {number}", secret=f"line-{number}")
        for key in range(2)
    )
    settings = {"tos_media": "3"} if number % 10 == 0 else {}
    return Phone(
        mac=mac_of(number),
        group=f"g{number % GROUPS}",
        password=f"a-phone-secret-{number}",
        settings=settings,
        lines=lines,
    )


def history(phones: int) -> Iterator[Event]:
    """Yield the events of endless boots, one phone after the other."""
    begun = 1e9
    while True:
        for number in range(phones):
            yield from boot(number, begun)
            begun += SECONDS_PER_BOOT


def make_database(path: Path, site: Site, events: int = 0) -> Path:
    """Write a database with this site and so many events, in the state in which `ringup serve` leaves it."""
    engine = open_database(str(path))
    commit(engine, site, author="benchmark", summary="the fleet", at=time.time())
    waiting = history(len(site.phones))
    followed = max(0, events - NOT_FOLLOWED)
    for first in range(0, followed, EVENTS_AT_ONCE):
        add_events(engine, islice(waiting, min(EVENTS_AT_ONCE, followed - first)))
    _follow(engine, site)
    add_events(engine, islice(waiting, events - followed))
    engine.dispose()
    return path


def _follow(engine: Engine, site: Site) -> None:
    macs = frozenset(phone.mac for phone in site.phones)
    keeper = JourneyKeeper(engine, lambda: macs)
    while keeper.advance():
        pass


def rows(folder: Path, phones: int, events: int) -> list[Row]:
    """Make the databases, and return the commands that are measured with them."""
    site = fleet(phones)
    empty = make_database(folder / "empty.db", Site())
    some = make_database(folder / "some.db", fleet(SOME_PHONES), SOME_PHONES * 9)
    large = make_database(folder / "large.db", site)
    busy = make_database(folder / "busy.db", site, events)
    changed = folder / "changed.db"
    (folder / "changed.db.key").write_bytes((folder / "large.db.key").read_bytes())
    (folder / "changed.db.key").chmod(0o600)
    file = folder / "site.yaml"
    file.write_text(write_yaml(site, secrets=True).replace("Person", "Somebody"))
    table = folder / "phones.csv"
    # A new database does not have the site's groups, and an import of a table does not make groups.
    alone = tuple(phone.model_copy(update={"group": ""}) for phone in site.phones)
    table.write_text(write_csv(site.model_copy(update={"phones": alone}), secrets=True))
    sheet = write_sheet(table)
    new = folder / "new.db"
    planned = make_database(folder / "planned.db", fleet(PLANNED_PHONES))
    plan = folder / "plan.yaml"
    plan.write_text(write_yaml(fleet(PLANNED_PHONES), secrets=True).replace("Person", "Somebody"))

    def on(database: Path, *command: str) -> tuple[str, ...]:
        return (*RINGUP, *command, f"--database={database}")

    return [
        Row("python", (sys.executable, "-c", ""), 0.05),
        Row("imports of status", _imports(on(empty, "status")), 0.25, "python"),
        Row("imports of status, with a table", _imports(on(some, "status")), 0.25, "python"),
        Row("status, no phone", on(empty, "status"), 0.05, "imports of status"),
        Row(
            f"status, {SOME_PHONES} phones",
            on(some, "status", "--all"),
            0.15,
            "imports of status, with a table",
        ),
        Row(f"status, {phones:,} phones, {events:,} events", on(busy, "status"), 0.3, "status, no phone"),
        Row("status MAC, there", on(busy, "status", mac_of(phones // 2)), 0.1, "status, no phone"),
        Row(f"apply {phones:,} new phones", on(new, "apply", str(file)), 2.0, anew=(new, folder / "none")),
        Row(
            f"apply {phones:,} renamed phones",
            on(changed, "apply", "--yes", str(file)),
            2.0,
            anew=(changed, large),
        ),
        Row(f"plan {PLANNED_PHONES:,} renamed phones", on(planned, "plan", str(plan)), 2.0),
        Row(f"import {phones:,} new phones", on(new, "import", str(table)), 5.0, anew=(new, folder / "none")),
        Row(f"import {phones:,}, .xlsx", on(new, "import", str(sheet)), 5.0, anew=(new, folder / "none")),
        Row(f"export {phones:,} phones", on(large, "export", "-o", str(folder / "out.yaml")), 1.0),
        Row(
            f"phone add, into {phones:,}",
            on(changed, "phone", "add", NEW_MAC, "--extension=201"),
            0.5,
            anew=(changed, large),
        ),
    ]


def _imports(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command that only imports the modules that this command imports."""
    look = (
        "import atexit, sys; sys.argv[0] = 'ringup'; "
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
        "from ringup.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, *command[len(RINGUP) :]], capture_output=True, text=True, check=True
    )
    names = [name for name in done.stderr.split() if name != "__main__"]
    program = (
        "import gc\ngc.disable()  # as the command does\n"
        f"import contextlib, importlib\nfor name in {names!r}:\n"
        "  with contextlib.suppress(ImportError): importlib.import_module(name)\n"
        "gc.freeze()"
    )
    return (sys.executable, "-c", program)


def cost(row: Row) -> Cost:
    """Run the command once and return its cost; raises SystemExit if it fails."""
    if row.anew:
        _copy(*row.anew)
    begun = time.perf_counter()
    process = subprocess.Popen(row.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{row.name}: {process.stderr.read().decode() if process.stderr else ''}")
    return Cost(usage.ru_utime + usage.ru_stime, elapsed)


def _copy(to: Path, source: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        to.with_name(to.name + suffix).unlink(missing_ok=True)
    if source.exists():
        copyfile(source, to)


def measured(measured_rows: list[Row], rounds: int) -> Mapping[str, Cost]:
    """Return the median cost of each row, by its name; each round runs all rows once."""
    found = [{row.name: cost(row) for row in measured_rows} for _ in range(rounds)]

    def middle(name: str, of: Callable[[Cost], float]) -> float:
        return median(of(each[name]) for each in found)

    return {
        row.name: Cost(middle(row.name, lambda each: each.cpu), middle(row.name, lambda each: each.elapsed))
        for row in measured_rows
    }


def main(phones: int, events: int) -> int:
    """Print the figures; return 1 if one exceeds its goal."""
    with tempfile.TemporaryDirectory() as name:
        table = rows(Path(name), phones, events)
        found = measured(table, ROUNDS)
    print(f"{'':42}{'seconds':>9}{'CPU s':>9}{'over':>9}{'goal':>9}")
    is_met = True
    for row in table:
        took = found[row.name]
        over = took.cpu - (found[row.over].cpu if row.over else 0.0)
        is_met = is_met and over <= row.goal
        print(f"{row.name:42}{took.elapsed:9.3f}{took.cpu:9.3f}{over:9.3f}{row.goal:9.2f}  {row.over}")
    return 0 if is_met else 1


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [PHONES, EVENTS][len(given) :])))
