"""Texts about phones that restart, of `ringup restart` and by changes with --restart."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ringup.change.restart_text import AT_ONCE, WAIT_SECONDS, named, sent_line, sentence

if TYPE_CHECKING:
    from ringup.change.restart import RestartResult
    from ringup.change.restart_step import Restarting
    from ringup.change.site import Changed


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
