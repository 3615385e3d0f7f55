"""`ringup rehearse`: boot all phones of the site in software."""

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import database_option, firmware_option, json_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ringup.emulator.flash import Flash
    from ringup.site.model import Site
    from ringup.street.rehearsal import OnProgress, RehearsalResult

EXAMPLES = """
\b
Examples:
  ringup rehearse                            the phones as they are now, after a power cut
  ringup rehearse --from factory             all phones come from the box and are converted
  ringup rehearse --change site.yaml         with a change that is not made yet
  ringup rehearse --power-cut                the building loses its power when all phones are up
  ringup rehearse --fault loss --fault pbx-restart
  ringup rehearse --phones 1000              a building of 1,000 invented phones with your settings
Nothing is changed and nothing is sent: server, phones and PBX run in this process, on a simulated clock.
"""

WHOLE = 1_000
"""Maximum number of phones whose images are transferred completely by default."""
SHOWN = 20
"""Maximum number of failed phones that are listed; --json has all."""


def _faults(_context: click.Context, _option: click.Parameter, keys: tuple[str, ...]) -> tuple[str, ...]:
    from ringup.street.faults import FAULTS

    for key in keys:
        if key not in FAULTS:
            raise click.BadParameter(f"{key} is none of {', '.join(FAULTS)}.")
    return keys


@click.command(epilog=EXAMPLES)
@click.option(
    "--change", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
    help="Rehearse the site that `ringup apply FILE` would make.",
)  # fmt: skip
@click.option(
    "--from", "begin", type=click.Choice(["now", "factory"]), default="now", show_default=True,
    help="The firmware in the phones at the start. now: the site's load, if the phone was in service "
    "before; factory: SCCP.",
)  # fmt: skip
@click.option(
    "--phones",
    type=click.IntRange(1, 20_000),
    metavar="COUNT",
    help="Invent this many phones instead of the site's.",
)
@click.option("--power-cut", is_flag=True, help="Cut the power of all phones once they are up.")
@click.option(
    "--fault", "faults", multiple=True, callback=_faults, metavar="KEY",
    help="A fault that lasts two minutes while the phones boot; repeatable.",
)  # fmt: skip
@click.option(
    "--window", default=10.0, show_default=True, type=click.FloatRange(0.1, 86_400), metavar="SECONDS",
    help="All phones get power within this many seconds.",
)  # fmt: skip
@click.option(
    "--most", default=60.0, show_default=True, type=click.FloatRange(1, 10_000), metavar="MINUTES",
    help="End after this many minutes of simulated time.",
)  # fmt: skip
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Seed for random times and ports: the same seed repeats a rehearsal.",
)
@click.option(
    "--fold/--no-fold", default=None,
    help="Simulate every block of an image for the first phone only, which saves memory and time. "
    f"[default: with more than {WHOLE} phones]",
)  # fmt: skip
@firmware_option
@json_option
@database_option
def rehearse(
    *,
    change: Path | None,
    begin: str,
    phones: int | None,
    power_cut: bool,
    faults: tuple[str, ...],
    window: float,
    most: float,
    seed: int,
    fold: bool | None,
    firmware: Path,
    as_json: bool,
    database: str,
) -> None:
    """Boot all phones of the site in software; show when each is in service, or why it fails.

    The exit status is 1 if a phone does not get into service.
    """
    from ringup.street.rehearsal import RehearsalScript, building, rehearse

    site = _site(database, change)
    site = building(phones, site) if phones else site
    if not site.phones:
        raise click.UsageError("the site has no phones. Add --phones COUNT to invent some.")
    flashes = _flashes(database, site, firmware, begin, is_invented=phones is not None)
    folds = len(flashes) > WHOLE if fold is None else fold
    places = {} if phones else _addresses(database)
    script = RehearsalScript(
        site, firmware, flashes, faults, power_cut, window, most * 60, seed, folds, places
    )
    with (
        tempfile.TemporaryDirectory(prefix="ringup-rehearsal-") as folder,
        _progress(len(flashes)) as on_progress,
    ):
        result = rehearse(script, Path(folder), on_progress)
    (_print_json if as_json else _print)(result)
    if result.failures:
        sys.exit(1)


def _site(database: str, change: Path | None) -> "Site":
    from ringup.change.stored_site import stored_or_new_site
    from ringup.cli.site_file import read_site_file
    from ringup.site.check import check

    stored = stored_or_new_site(database)
    return stored if change is None else check(read_site_file(change)[1], stored)


def _flashes(
    database: str, site: "Site", firmware: Path, begin: str, *, is_invented: bool
) -> "dict[str, Flash]":
    """Return the firmware of each phone; a phone that was never in service is assumed to have SCCP."""
    from ringup.errors import NoSiteYet
    from ringup.firmware.folder import FirmwareFolder
    from ringup.street.rehearsal import from_factory, with_load

    flashes = from_factory(site.phones)
    if begin == "factory":
        return flashes
    try:
        seen = {phone.mac for phone in site.phones} if is_invented else _in_service_once(database)
    except NoSiteYet:
        seen = set()
    folder = FirmwareFolder(firmware)
    for phone in site.phones:
        load = site.load_of(phone)
        loader = folder.loader_of(load) if phone.mac in seen and load else None
        if loader:
            flashes |= with_load([phone], load, loader)
    return flashes


def _in_service_once(database: str) -> set[str]:
    from ringup.change.stored_site import opened
    from ringup.fleet.glance import read_fleet
    from ringup.journey.stages import IN_SERVICE

    with opened(database) as engine:
        return {phone.mac for phone in read_fleet(engine, time.time()).phones if phone.stage in IN_SERVICE}


def _addresses(database: str) -> dict[str, str]:
    """Return the last address of each phone that had one, by MAC; empty before the first site."""
    from ringup.change.stored_site import opened
    from ringup.errors import NoSiteYet
    from ringup.fleet.glance import read_fleet, read_rows

    try:
        with opened(database) as engine:
            fleet = read_fleet(engine, time.time())
            rows = read_rows(engine, fleet, [phone.mac for phone in fleet.phones])
            return {row.mac: row.journey.address for row in rows if row.journey.address}
    except NoSiteYet:
        return {}


@contextmanager
def _progress(phones: int) -> "Iterator[OnProgress]":
    """Show the simulated time and the number of phones in service, on a terminal's standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("in service"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("0:00", total=phones)

        def on_progress(seconds: float, in_service: int) -> None:
            progress.update(task, completed=in_service, description=_clock(seconds))

        yield on_progress


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _print(result: "RehearsalResult") -> None:
    from ringup.cli.printing import print_table

    up = len(result.in_service)
    click.echo(
        f"{up} of {result.phones} phones got into service in {_clock(result.seconds)} of simulated time."
    )
    rows = [(name, _moment(result.share_in_service(part))) for name, part in _PARTS]
    if result.again is not None:
        rows.append(("all phones after the power cut", _moment(result.again)))
    print_table(("in service", "after"), rows)
    click.echo(
        f"The server: at most {result.most_transfers} transfers at once, {result.busiest:,} datagrams in the"
        f" busiest second; {result.datagrams:,} datagrams and {result.boots:,} boots in all."
    )
    if result.folded:
        click.echo(
            f"Folded: {result.folded:,} transfers of images that another phone had fetched before. "
            "They take their full time, but most of their blocks are left out. "
            "To simulate all blocks: --no-fold"
        )
    if result.failures:
        click.echo()
        shown = result.failures[:SHOWN]
        print_table(
            ("MAC", "lines", "stage", "last event", "why"),
            [(each.mac, " ".join(each.extensions), each.stage, each.last, each.why) for each in shown],
        )
        if more := len(result.failures) - len(shown):
            click.echo(f"and {more} more; all of them: --json")


_PARTS = (("the first", 0.0), ("half of them", 0.5), ("95 of 100", 0.95), ("all", 1.0))


def _moment(seconds: float | None) -> str:
    return "never" if seconds is None else _clock(seconds)


def _print_json(result: "RehearsalResult") -> None:
    from ringup.cli.printing import print_json

    print_json(rehearsal_record(result))


def rehearsal_record(result: "RehearsalResult") -> dict[str, Any]:
    """Return the JSON form of a rehearsal; times are in seconds of simulated time."""
    return {
        "phones": result.phones,
        "in_service": len(result.in_service),
        "seconds": result.seconds,
        "half_after": result.share_in_service(0.5),
        "most_after": result.share_in_service(0.95),
        "all_after": result.share_in_service(1.0),
        "all_again_after": result.again,
        "most_transfers": result.most_transfers,
        "busiest_second": result.busiest,
        "datagrams": result.datagrams,
        "boots": result.boots,
        "folded": result.folded,
        "times": dict(result.in_service),
        "failures": [
            {
                "mac": each.mac, "extensions": list(each.extensions), "stage": each.stage,
                "last": each.last, "why": each.why,
            }
            for each in result.failures
        ],
    }  # fmt: skip
