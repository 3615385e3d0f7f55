"""`ringup secrets rotate`: give lines new passwords, on the phones first and then in Asterisk."""

from typing import TYPE_CHECKING

import click

from ringup.cli.approval import CURE, is_terminal, yes_option
from ringup.cli.options import database_option
from ringup.cli.restart_options import all_option, at_once_option, group_option, phones_argument, wait_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringup.change.plan import Plan
    from ringup.change.restart_step import Restarting
    from ringup.site.model import Phone

MOST_NAMED = 20
"""Maximum number of phones that the command for the rest names."""


@click.group()
def secrets() -> None:
    """Change the passwords by which lines log in to Asterisk."""


@secrets.command(
    epilog="""\b
Examples:
  ringup secrets rotate 201 Lobby
  ringup secrets rotate --group sales --dry-run
  ringup secrets rotate --all --at-once 3 --yes
  ringup secrets rotate --resume       go on where a rotation was interrupted
Exit status 1: a phone kept its old password. `ringup serve` must run: it sees phones fetch files."""
)
@phones_argument
@group_option
@all_option
@click.option("--resume", is_flag=True, help="The phones that an interrupted rotation left.")
@click.option("--dry-run", is_flag=True, help="Show who gets a new password, and change nothing.")
@at_once_option
@wait_option
@yes_option
@database_option
def rotate(
    phones: tuple[str, ...],
    *,
    group: str | None,
    every: bool,
    resume: bool,
    dry_run: bool,
    at_once: int,
    wait: float,
    yes: bool,
    database: str,
) -> None:
    """Give every line of the phones a new password: the phone fetches it first, then Asterisk gets it.

    Registered phones restart, idle ones first, a few at a time. A phone that does not fetch its new password
    keeps the old one on both sides. A phone that is not registered gets the new one at its next start.
    """
    if sum((bool(phones), group is not None, every, resume)) != 1:
        raise click.UsageError("Name phones, or a --group, or --all, or --resume: exactly one of the four.")
    if resume:
        _resume(database, at_once, wait, dry_run=dry_run)
    else:
        _rotate(database, _chosen(database, phones, group), at_once, wait, dry_run=dry_run, yes=yes)


def _chosen(database: str, phones: tuple[str, ...], group: str | None) -> "Sequence[Phone]":
    from ringup.change.stored_site import stored_site
    from ringup.cli.restart import chosen_phones

    site = stored_site(database)
    if site.pbx.freepbx:
        raise click.UsageError(
            "FreePBX has the passwords of the lines. Change them there (Extensions > EXTENSION > General > "
            "Secret), Apply Config, and: ringup pbx adopt"
        )
    chosen = [phone for phone in chosen_phones(site, phones, group) if phone.lines]
    if not chosen:
        raise click.UsageError("None of these phones has a line.")
    return chosen


def _rotate(
    database: str, chosen: "Sequence[Phone]", at_once: int, wait: float, *, dry_run: bool, yes: bool
) -> None:
    from ringup.change.rotate import new_secrets
    from ringup.change.site import change_site, planned_alteration
    from ringup.cli.restart_printing import shown_restarting
    from ringup.cli.settings import print_done

    macs = [phone.mac for phone in chosen]
    change = new_secrets(frozenset(macs))
    planned = planned_alteration(database, change).plan
    _show(chosen, planned, at_once)
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
        return
    _ask(len(macs), yes=yes)
    how = shown_restarting(at_once, wait, len(planned.registrations))
    summary = f"rotate the passwords of {_count(len(macs), 'phone')}"
    changed = change_site(database, change, summary, lambda _plan: None, restarting=how)
    print_done(changed)
    click.echo(f"Revision {changed.revision.id}.")
    _end(how)


def _show(chosen: "Sequence[Phone]", plan: "Plan", at_once: int) -> None:
    """Print how many lines get a new password, and what their phones do meanwhile."""
    lines = sum(len(phone.lines) for phone in chosen)
    registered = len({each.mac for each in plan.registrations})
    busy = len({call.mac for call in plan.calls})
    click.echo(f"{_count(lines, 'line')} of {_count(len(chosen), 'phone')} get new passwords.", err=True)
    if registered:
        click.echo(
            f"{_count(registered, 'registered phone')} must restart, at most {at_once} at a time.", err=True
        )
    if busy:
        click.echo(f"{_count(busy, 'phone')} in a call: each waits until the others are done.", err=True)
    if off := len(chosen) - registered:
        click.echo(
            f"{_count(off, 'phone')} not registered: the next start brings the new password.", err=True
        )


def _ask(count: int, *, yes: bool) -> None:
    from ringup.errors import UnsafeChange

    if yes:
        return
    if not is_terminal():
        raise UnsafeChange((f"{_count(count, 'phone')} would get new passwords.",), CURE)
    if not click.confirm("Rotate them?", err=True):
        raise UnsafeChange((), "")


def _resume(database: str, at_once: int, wait: float, *, dry_run: bool) -> None:
    from ringup.change.rotate import left
    from ringup.change.rotate import resume as go_on
    from ringup.cli.restart_printing import shown_restarting

    phones = left(database)
    if not phones:
        click.echo("Nothing is left: Asterisk has the password of every phone.")
        return
    click.echo(
        f"{_count(len(phones.registered), 'registered phone')} left, {len(phones.off)} not registered.",
        err=True,
    )
    if phones.restarted:
        click.echo(f"Restarted with the new password: {' '.join(phones.restarted)}", err=True)
    if dry_run:
        click.echo("\n".join((*phones.registered, *phones.off)))
        click.echo("Nothing was changed (--dry-run).")
        return
    how = shown_restarting(at_once, wait, len(phones.registered))
    click.echo(go_on(database, how))
    _end(how)


def _end(how: "Restarting") -> None:
    """Print how to rotate the rest; exit with 1 if a phone kept its old password."""
    if not how.kept:
        return
    if len(how.kept) <= MOST_NAMED:
        click.echo(f"Rotate the rest later: ringup secrets rotate {' '.join(how.kept)}")
    raise SystemExit(1)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
