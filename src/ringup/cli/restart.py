"""`ringup restart`: restart phones by check-sync, a few at a time, and wait for their boots."""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import click

from ringup.change.restart_text import named, sent_line, sentence
from ringup.cli.approval import CURE, is_terminal, yes_option
from ringup.cli.options import database_option, json_option
from ringup.cli.restart_options import all_option, at_once_option, group_option, phones_argument, wait_option

if TYPE_CHECKING:
    from ringup.change.restart import RestartResult, Restarts, Target
    from ringup.site.model import Phone, Site

NO_MANAGER = (
    "The site names no manager user. Add one to Asterisk's manager.conf, then: "
    "ringup site set pbx.manager_user=ringup pbx.manager_secret=..."
)


@click.command(
    epilog="""\b
Examples:
  ringup restart 201                     by extension, name or MAC
  ringup restart Larry 001646C0FFEE
  ringup restart --group lobby --at-once 3
  ringup restart --all --yes --json
  ringup restart 201 --now               even in a call: it restarts after 20 s without a call
Exit status 1: at least one boot was not seen. `ringup serve` must run, because it sees the boots."""
)
@phones_argument
@group_option
@all_option
@click.option("--now", is_flag=True, help="Also send the check-sync to phones in a call, after all others.")
@at_once_option
@wait_option
@yes_option
@json_option
@database_option
def restart(
    phones: tuple[str, ...],
    *,
    group: str | None,
    every: bool,
    now: bool,
    at_once: int,
    wait: float,
    yes: bool,
    as_json: bool,
    database: str,
) -> None:
    """Restart phones by a check-sync from Asterisk, idle phones first, and wait until each has booted.

    Phones in a call are not restarted. The site gets a new `sync` value, as one revision, because phones
    restart only if the value is new.
    """
    from ringup.change.restart import RestartOutcome, Restarts, Target
    from ringup.change.stored_site import stored_site

    if sum((bool(phones), group is not None, every)) != 1:
        raise click.UsageError("Name phones, or a --group, or --all: exactly one of the three.")
    site = stored_site(database)
    if not site.pbx.manager_user:
        raise click.UsageError(NO_MANAGER)
    targets = [Target.of(site, phone) for phone in chosen_phones(site, phones, group)]
    _ask(len(targets), at_once, yes=yes)
    restarts = Restarts(targets, at_once, wait, also_in_call=now)
    asyncio.run(_run(database, site, restarts, targets, quiet=as_json))
    _print_sum(restarts, as_json=as_json)
    if any(result.outcome is not RestartOutcome.BOOTED for result in restarts.results):
        raise SystemExit(1)


def chosen_phones(site: "Site", names: Collection[str], group: str | None) -> "list[Phone]":
    """Return the different selected phones; raises SiteErrors with all unknown names."""
    from ringup.change.lookup import no_group, phone_of
    from ringup.change.naming import mac_of
    from ringup.errors import Problem, SiteErrors

    if group is not None and site.group(group) is None:
        raise no_group(group, [each.name for each in site.groups])
    if not names:
        return [phone for phone in site.phones if group is None or phone.group == group]
    found: dict[str, Phone] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            phone = phone_of(site, mac_of(site, name))
            found[phone.mac] = phone
        except SiteErrors as error:
            problems += error.problems
    if problems:
        raise SiteErrors(problems)
    return list(found.values())


def _ask(count: int, at_once: int, *, yes: bool) -> None:
    """Ask before more than one phone restarts; raises UnsafeChange if it is not approved."""
    from ringup.errors import UnsafeChange

    if yes or count <= 1:
        return
    sentence = f"{count} phones restart, {min(at_once, count)} at a time; none of them can call meanwhile."
    if not is_terminal():
        raise UnsafeChange((sentence,), CURE)
    click.echo(sentence, err=True)
    if not click.confirm("Restart them?", err=True):
        raise UnsafeChange((), "")


async def _run(
    database: str, site: "Site", restarts: "Restarts", targets: "list[Target]", *, quiet: bool
) -> None:
    from ringup.change.restart_phones import restart_phones

    def sent(target: "Target") -> None:
        if not quiet:
            click.echo(sent_line(target))

    def finished(result: "RestartResult") -> None:
        if not quiet:
            click.echo(f"{named(result.target)}: {sentence(result)}")

    await restart_phones(database, site, targets, restarts, sent, finished)


def _record(result: "RestartResult") -> dict[str, Any]:
    return {
        "mac": result.target.mac,
        "name": result.target.name,
        "extensions": list(result.target.extensions),
        "outcome": str(result.outcome),
        "seconds": None if result.seconds is None else round(result.seconds, 1),
        "reason": result.reason,
        "text": sentence(result),
    }


def _print_sum(restarts: "Restarts", *, as_json: bool) -> None:
    from ringup.cli.printing import print_json

    booted = sum(1 for result in restarts.results if result.outcome == "booted")
    if as_json:
        print_json({"booted": booted, "phones": [_record(result) for result in restarts.results]})
    else:
        count = len(restarts.results)
        click.echo(f"{booted} of {count} phone{'' if count == 1 else 's'} booted.")
