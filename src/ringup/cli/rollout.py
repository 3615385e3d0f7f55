"""`ringup firmware rollout`: change the firmware of many phones in waves, watched by `ringup serve`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.approval import CURE, is_terminal, yes_option
from ringup.cli.options import database_option, firmware_option, json_option
from ringup.cli.restart_options import all_option, group_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringup.rollout.plan import PlanFacts
    from ringup.rollout.record import Rollout, RolloutState
    from ringup.site.model import Phone, Site

AT_MOST = 10
CANARY = 1
WAIT_SECONDS = 600
"""Maximum seconds from a check-sync to the boot, and from the boot to the proof. The longest conversion in a
log took 106 s (P-BOOT-21); a guess: a slow network takes a few times as long.
"""


class RolloutGroup(click.Group):
    """A group that takes a load in place of a command's name: ``rollout P0S3-8-12-00`` starts a rollout."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert ``start`` before arguments that name no command."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["start", *args]
        return super().parse_args(ctx, args)


@click.group(cls=RolloutGroup)
def rollout() -> None:
    """Change the firmware of many phones: first a few, then more, and no more after a failure. `ringup serve`
    carries out the rollout and continues it after a restart. It writes the load into a phone's files,
    restarts the phone when it is idle, and waits for the proof that it runs the load. You may leave out the
    word `start`.

    \b
    ringup firmware rollout start P0S3-8-12-00 --group lobby
    ringup firmware rollout status
    """


def _rollout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a rollout goes."""
    for option in (
        click.option(
            "--also-static",
            is_flag=True,
            help="Include phones with a static address, which a new loader removes.",
        ),
        click.option(
            "--wait",
            type=click.FloatRange(10),
            default=WAIT_SECONDS,
            show_default=True,
            help="Seconds that a phone may take to boot, and then to prove its load.",
        ),
        click.option(
            "--window",
            default="",
            metavar="HH:MM-HH:MM",
            help="Restart phones only in these hours of the site's time zone.",
        ),
        click.option(
            "--canary",
            type=click.IntRange(1),
            default=CANARY,
            show_default=True,
            help="Number of phones in the first wave.",
        ),
        click.option(
            "--at-most",
            type=click.IntRange(1),
            default=AT_MOST,
            show_default=True,
            help="Maximum number of phones in a wave.",
        ),
    ):
        command = option(command)
    return command


@rollout.command(
    epilog="""\b
Examples:
  ringup firmware rollout start P0S3-8-12-00 --group lobby --at-most 10 --canary 2
  ringup firmware rollout start P0S3-8-12-00 --all --window 22:00-05:00 --dry-run
  ringup firmware rollout start P0S3-8-12-00 201 202       these two phones, in this order
Exit status 3: not approved. The waves: the canaries, then twice as many each time, up to --at-most."""
)
@click.argument("load", shell_complete=completion.loads)
@click.argument("phones", metavar="[PHONE]...", nargs=-1, shell_complete=completion.phones)
@group_option
@all_option
@_rollout_options
@click.option("--dry-run", is_flag=True, help="Show the plan and the changed files, and begin nothing.")
@yes_option
@json_option
@firmware_option
@database_option
def start(
    load: str,
    phones: tuple[str, ...],
    *,
    group: str | None,
    every: bool,
    at_most: int,
    canary: int,
    window: str,
    wait: float,
    also_static: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    firmware: Path,
    database: str,
) -> None:
    """Begin a rollout of LOAD. Each phone gets the loads of its upgrade path one after the other. A phone is
    done when it has booted from its flash: it requests the load's list, but no image, fetches its files and
    registers. The first phone that fails stops the rollout. The command lists phones that cannot be restarted
    now or cannot use the load, and leaves them out.
    """
    from ringup.change.stored_site import stored_site
    from ringup.cli.restart import chosen_phones
    from ringup.rollout.plan import RolloutOptions, plan_rollout
    from ringup.rollout.record import GROUP, SITE

    if sum((bool(phones), group is not None, every)) != 1:
        raise click.UsageError("Name phones, or a --group, or --all: exactly one of the three.")
    site = stored_site(database)
    scope = SITE if every else f"{GROUP}{group}" if group else ""
    options = RolloutOptions(at_most, canary, window, wait, also_static)
    chosen = _in_order(chosen_phones(site, phones, group), named=bool(phones))
    facts = _facts(database, firmware, chosen)
    planned = plan_rollout(site, load, chosen, scope, facts, options)
    _begin(database, site, planned, facts, dry_run=dry_run, yes=yes, as_json=as_json)


@rollout.command(epilog="Example:\n  ringup firmware rollout back --dry-run")
@_rollout_options
@click.option("--dry-run", is_flag=True, help="Show the plan and the changed files, and begin nothing.")
@yes_option
@json_option
@firmware_option
@database_option
def back(
    *,
    at_most: int,
    canary: int,
    window: str,
    wait: float,
    also_static: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    firmware: Path,
    database: str,
) -> None:
    """Give the phones of the last rollout their earlier loads, in waves, where the firmware allows it. A
    phone on signed firmware (5.0 and later) never accepts unsigned firmware again; such phones are listed.
    """
    from ringup.change.stored_site import stored_site
    from ringup.rollout.plan import RolloutOptions, plan_back

    site, last = stored_site(database), _last(database)
    if last.is_open:
        raise click.UsageError(f"Rollout {last.id} is not over. End it first: ringup firmware rollout abort")
    macs = {each.mac for each in last.phones}
    chosen = [phone for phone in site.phones if phone.mac in macs]
    options = RolloutOptions(at_most, canary, window, wait, also_static)
    facts = _facts(database, firmware, chosen)
    planned = plan_back(site, last, facts, options)
    _begin(database, site, planned, facts, dry_run=dry_run, yes=yes, as_json=as_json)


@rollout.command(epilog="Example:\n  ringup firmware rollout status --json | jq -r .state")
@click.option("--all", "every", is_flag=True, help="Every phone, also those that wait or are done.")
@json_option
@database_option
def status(*, every: bool, as_json: bool, database: str) -> None:
    """Show how far the last rollout is. Exit status 1: it stopped."""
    from ringup.change.stored_site import stored_site
    from ringup.cli.printing import print_json
    from ringup.cli.rollout_printing import print_status, rollout_record

    found, site = _last(database), stored_site(database)
    if as_json:
        print_json(rollout_record(found, site))
    else:
        print_status(found, site, every=every)
    if found.state == "stopped":
        raise SystemExit(1)


@rollout.command(epilog="Example:\n  ringup firmware rollout pause")
@database_option
def pause(*, database: str) -> None:
    """Restart no further phone; phones that are already restarting are watched to the end."""
    from ringup.rollout.record import RolloutState

    _order(database, RolloutState.PAUSED, "Resume it: ringup firmware rollout resume")


@rollout.command(epilog="Example:\n  ringup firmware rollout resume")
@database_option
def resume(*, database: str) -> None:
    """Continue a paused or stopped rollout; failed phones, and phones that were left out and are now
    registered, are tried again.
    """
    from ringup.rollout.record import RolloutState

    _order(database, RolloutState.RUNNING, "See it: ringup firmware rollout status")


@rollout.command(epilog="Example:\n  ringup firmware rollout abort")
@database_option
def abort(*, database: str) -> None:
    """End the rollout: phones that run the load keep it, and nothing changes for the others."""
    from ringup.rollout.record import RolloutState

    _order(database, RolloutState.ABORTED, "Give phones their earlier loads: ringup firmware rollout back")


def _in_order(phones: "Sequence[Phone]", *, named: bool) -> "Sequence[Phone]":
    """Return the phones in the order in which they were named, otherwise by their first extension."""
    from ringup.fleet.rows import Present, fleet_rows
    from ringup.site.model import Site

    if named:
        return phones
    rows = fleet_rows({}, Site(phones=tuple(phones)), Present(0.0))
    return [row.phone for row in rows if row.phone is not None]


def _facts(database: str, firmware: Path, phones: "Sequence[Phone]") -> "PlanFacts":
    from ringup.change.rollout_facts import plan_facts
    from ringup.change.stored_site import opened

    with opened(database) as engine:
        return plan_facts(engine, firmware, phones)


def _begin(
    database: str,
    site: "Site",
    planned: "Rollout",
    facts: "PlanFacts",
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    import time
    from dataclasses import replace

    from ringup.change.authors import author
    from ringup.change.stored_site import opened_to_change
    from ringup.cli.printing import print_json
    from ringup.cli.rollout_printing import print_calls, print_files, print_rollout_plan, rollout_record
    from ringup.store.rollouts import begin_rollout

    if as_json and dry_run:
        print_json(rollout_record(planned, site))
        return
    if not as_json:
        print_rollout_plan(planned, site)
        print_calls(planned, facts)
    if dry_run:
        print_files(database, planned)
        click.echo("Nothing was changed (--dry-run).")
        return
    _ask(planned, yes=yes)
    now = time.time()
    with opened_to_change(database) as engine:
        begun = begin_rollout(engine, replace(planned, author=author(), started=now, since=now))
    if as_json:
        print_json(rollout_record(begun, site))
    else:
        click.echo(f"Rollout {begun.id} begins as soon as `ringup serve` runs.")
        click.echo("See it: ringup firmware rollout status")


def _ask(planned: "Rollout", *, yes: bool) -> None:
    """Ask before phones restart; raises UnsafeChange if it is not approved."""
    from ringup.errors import UnsafeChange

    if yes:
        return
    count = sum(1 for phone in planned.phones if phone.wave)
    sentence = (
        f"{count} phone{'' if count == 1 else 's'} would take other firmware, and restart at least twice."
    )
    if not is_terminal():
        raise UnsafeChange((sentence,), CURE)
    if not click.confirm("Begin the rollout?", err=True):
        raise UnsafeChange((), "")


def _last(database: str) -> "Rollout":
    from ringup.change.stored_site import opened
    from ringup.errors import Problem, SiteErrors
    from ringup.store.rollouts import latest_rollout

    with opened(database) as engine:
        found = latest_rollout(engine)
    if found is None:
        cure = "Begin one: ringup firmware rollout LOAD --all"
        raise SiteErrors([Problem("rollout", "there is none.", cure)])
    return found


def _order(database: str, state: "RolloutState", hint: str) -> None:
    from ringup.change.rollout_orders import order
    from ringup.cli.rollout_printing import head_line

    after = order(database, state)
    click.echo(head_line(after))
    click.echo(hint)
