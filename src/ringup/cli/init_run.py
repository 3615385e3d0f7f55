"""Run `ringup init`: look, ask, plan, confirm, carry out, check, start, follow."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import time
from typing import NamedTuple

import click

from ringup.change.onboarding import UnknownPhone
from ringup.change.stored_site import opened
from ringup.check import report
from ringup.check.facts import OtherDhcp
from ringup.cli.check import FOUND, SOUND, checked, heard_on, refuse_unknown_checks
from ringup.cli.first_phone import follow
from ringup.cli.init_asking import ask
from ringup.cli.init_printing import print_found, print_heard, print_plan, print_results
from ringup.cli.init_start import needs_restart, running_server, serve_line, serve_words, start_service
from ringup.cli.main import CONFIG
from ringup.errors import NoSiteYet, UnsafeChange, for_root
from ringup.first_run.carrying_out import carried_out
from ringup.first_run.here import Here
from ringup.first_run.look import look
from ringup.first_run.question import NO, YES, answered, take_default
from ringup.first_run.questions import QUESTIONS
from ringup.first_run.settings_file import read_settings
from ringup.first_run.setup_plan import SetupPlan, setup_plan
from ringup.fleet.unknown import read_unknown
from ringup.rule import Unknown
from ringup.site.model import Site

REPAIR = "Repair the errors above; then"
NO_ANSWERS = "To take the default of each question, add --yes."


class InitRun(NamedTuple):
    """How `ringup init` runs: its flags apart from the answers."""

    listen: bool
    ignore: tuple[str, ...]
    follow: bool | None
    verbose: bool
    yes: bool
    dry_run: bool
    firmware: Path
    database: str


def run(how: InitRun, given: Mapping[str, str]) -> None:
    """Set up the site; ends the process with the exit status. Raises RingupError; nothing is changed then."""
    from ringup.cli.approval import is_terminal

    refuse_unknown_checks(how.ignore)
    asks = is_terminal() and not how.yes and not how.dry_run
    if not (asks or how.yes or how.dry_run):
        raise UnsafeChange((), NO_ANSWERS)
    settings = _settings_file()
    here = _look(how, settings)
    print_found(here)
    given = _completed(given, yes=not asks)
    answers = answered(QUESTIONS, here, given, ask if asks else take_default)
    plan = setup_plan(here, answers, how.database, how.firmware, settings)
    print_plan(plan, verbose=how.verbose)
    if how.dry_run:
        click.echo("Nothing was changed (--dry-run).")
        return
    _carry_out(plan, how, asks=asks)
    sys.exit(_check_and_start(plan, how, settings))


def _completed(given: Mapping[str, str], *, yes: bool) -> Mapping[str, str]:
    """Return the answers; a server in the foreground replaces the service.

    With --yes, that server needs a flag, and so does a phone: no device gets an account unasked.
    """
    if given.get("serve") == YES:
        return {**given, "start": NO}
    return {"serve": NO, "phone": "", **given} if yes else given


def _settings_file() -> Path | None:
    """Return the settings file in use; None if there is none, or if it is not a regular file (/dev/null)."""
    path: Path | None = click.get_current_context().meta.get(CONFIG)
    return path if path and path.is_file() else None


def _look(how: InitRun, settings: Path | None) -> Here:
    site, unknown = _stored(how.database)

    def listen(interface: str) -> OtherDhcp | Unknown | None:
        heard = heard_on(site, interface, listen=how.listen)
        print_heard(interface, heard)
        return heard

    known = read_settings(settings.read_text(encoding="utf-8"), str(settings)) if settings else {}
    file = None if "://" in how.database else Path(how.database)
    return look(site, how.firmware, known, listen, Path.cwd(), file, unknown)


def _stored(database: str) -> tuple[Site, Sequence[UnknownPhone]]:
    """Return the site, or an empty one, and the phones that were heard and have no record."""
    try:
        with opened(database) as engine:
            onboard = read_unknown(engine, time())
            return onboard.site, onboard.unknown
    except NoSiteYet:
        return Site(), ()


def _carry_out(plan: SetupPlan, how: InitRun, *, asks: bool) -> None:
    if not plan:
        click.echo("Nothing to change: the machine is set up like this already.")
        return
    if asks and not click.confirm("Do this?", err=True):
        raise UnsafeChange((), "")
    for sentence in carried_out(plan, how.database, how.firmware):
        click.echo(sentence)


def _check_and_start(plan: SetupPlan, how: InitRun, settings: Path | None) -> int:
    """Run the checks, start the server and follow the phone; return the exit status."""
    # The server, which answers this check itself, does not run yet.
    ignored = (*how.ignore, *(["ntp"] if plan.answers["sntp"] == YES else []))
    results = checked(
        how.database, how.firmware, plan.answers["interface"], "", ignored,
        dhcp=plan.answers["dhcp"] == YES, listen=plan.here.heard_on,
    )  # fmt: skip
    print_results(results)
    is_sound = not report.has_errors(results)
    words = serve_words(plan.answers, how.database, how.firmware, settings)
    if plan.answers["serve"] == YES:
        with running_server(words, settings) as server:
            follow(how.database, server, is_sound=is_sound)
    elif _is_started(plan):
        if how.follow or (how.follow is None and sys.stdout.isatty()):
            follow(how.database, is_sound=is_sound)
    else:
        click.echo(f"Start the server: {for_root(serve_line(words))}")
        click.echo(f"{'Then' if is_sound else REPAIR} power the phone on, and follow it: ringup watch")
    return SOUND if is_sound else FOUND


def _is_started(plan: SetupPlan) -> bool:
    """Start the service, if the operator wants it; return whether a server runs."""
    if plan.answers["start"] == YES and plan.here.service:
        click.echo(start_service(plan.here.service, has_new_settings=needs_restart(plan)))
        return True
    if plan.here.is_served:
        click.echo("Restart `ringup serve`." if plan.settings else "`ringup serve` runs.")
    return plan.here.is_served
