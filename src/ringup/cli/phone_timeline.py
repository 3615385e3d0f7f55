"""`ringup phone show PHONE --timeline`: each stage of the last boot, the expected next beside the actual."""

import textwrap
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringup.journey.timeline import TimelineStep

WIDTH = 80
"""Columns of a terminal."""
MOST_EVENTS = 2_000
"""Events of the phone that are read."""


def show_timeline(named: str, database: str, *, as_json: bool) -> None:
    """Print the stages of a phone's last boot; raises ClickException for a phone that was never heard."""
    from ringup.change.naming import mac_of
    from ringup.change.stored_site import opened
    from ringup.cli.printing import print_json
    from ringup.fleet.glance import read_fleet
    from ringup.journey.timeline import timeline
    from ringup.store.revisions import read_site

    now = time.time()
    with opened(database) as engine:
        mac = mac_of(read_site(engine), named)
        events = read_fleet(engine, now).events_of(engine, mac, MOST_EVENTS)
    steps = timeline(sorted(events, key=lambda event: event.at), mac, now)
    if as_json:
        print_json({"mac": mac, "steps": [_record(step) for step in steps]})
    elif steps:
        _print(steps)
    else:
        raise click.ClickException(f"{mac} has sent no packets. See why: ringup why {mac}")


def _record(step: "TimelineStep") -> dict[str, object]:
    return {
        "stage": step.stage.key,
        "stage_title": step.stage.title,
        "at": step.at,
        "expected": step.expected,
        "actual": step.actual,
        "is_late": step.is_late,
    }


def _print(steps: "Sequence[TimelineStep]") -> None:
    from ringup.cli.printing import local_time

    day = ""
    for step in steps:
        before, (day, _, clock) = day, local_time(step.at).partition(" ")
        if day != before:
            click.echo(day)
        click.echo(f"{clock}  {step.stage.title}")
        if step.expected:
            click.echo(_folded("expected  ", step.expected))
        if step.actual:
            late = "  LATE" if step.is_late else ""
            click.echo(click.style(_folded("actual    ", step.actual + late), fg="red" if late else None))


def _folded(head: str, text: str) -> str:
    """Return the text below the stage, on lines of at most WIDTH columns."""
    first = f"{' ' * len('00:00:00  ')}{head}"
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
    )
