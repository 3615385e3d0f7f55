"""Texts about phones that restart, of `ringup restart` and by changes with --restart."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ringup.change.restart import RestartResult, Target
    from ringup.change.restart_step import Restarting
    from ringup.change.site import Changed

AT_ONCE = 10
"""Number of phones that restart at the same time; small, so that most phones of a building stay reachable."""

WAIT_SECONDS = 180
"""Maximum seconds from the NOTIFY to the boot: a phone waits until it has been idle for 20 s (P-SYNC-2), then
restarts.
"""

BY_HAND = "At the phone, press *, 6 and Settings at the same time, or unplug its power for a moment."
"""The way to restart a phone that does not react (P-PROB-30)."""

SENTENCES = {
    "booted": "booted after {seconds:.0f} s.",
    "silent": f"no boot seen within {{seconds:.0f}} s. {BY_HAND}",
    "in-call": "in a call, so it got no check-sync. Repeat later, or add --now.",
    "not-sent": f"Asterisk could not send the check-sync: {{reason}} {BY_HAND}",
}
"""The text that is printed for each outcome."""


def named(target: "Target") -> str:
    """Return a phone's MAC, first extension and name."""
    return " ".join((target.mac, *target.extensions[:1], *([target.name] if target.name else [])))


def sentence(result: "RestartResult") -> str:
    """Return a sentence with a phone's result and its cure."""
    return SENTENCES[result.outcome].format(seconds=result.seconds or 0, reason=result.reason)


def sent_line(target: "Target") -> str:
    """Return the line about a phone that got a check-sync."""
    return f"{named(target)}: check-sync sent; it restarts after 20 s without a call."


def restart_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--restart` to a command."""
    return click.option(
        "--restart", is_flag=True, help="Restart the phones that must follow, idle ones first."
    )(command)


def restarting(restart: bool) -> "Restarting | None":
    """Return the settings for the restart of a change's phones; None: they do not restart."""
    return shown_restarting(AT_ONCE, WAIT_SECONDS) if restart else None


def shown_restarting(at_once: int, wait: float, phones: int = 0) -> "Restarting":
    """Return the settings for a restart that prints its progress on standard error, counted up to
    `phones`.
    """
    from ringup.change.restart_step import Restarting

    done = 0

    def finished(result: "RestartResult") -> None:
        nonlocal done
        done += 1
        count = f"{done}/{phones} " if phones else ""
        click.echo(f"{count}{named(result.target)}: {sentence(result)}", err=True)

    return Restarting(
        at_once, wait, on_sent=lambda target: click.echo(sent_line(target), err=True), finished=finished
    )


def print_ending(changed: "Changed", how: "Restarting | None") -> None:
    """Print how to restart the phones that must restart; exit with 1 if a phone got a check-sync and did not
    boot.
    """
    from ringup.change.restart import restart_command

    if how is not None:
        if any(result.outcome != "booted" for result in how.results):
            raise SystemExit(1)
        return
    macs = changed.plan.restarts
    if macs and changed.site.pbx.manager_user:
        it = "it" if len(macs) == 1 else "them"
        click.echo(f"Restart {it}: {restart_command(changed.site, macs)}")
