"""Ask before an unsafe change: ask on a terminal; without a terminal, require --yes."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ringup.errors import UnsafeChange

if TYPE_CHECKING:
    from ringup.change.plan import Plan
    from ringup.change.unsafe import Unsafe

CURE = "To make it anyway, add --yes."
OR_RESTART = "To restart the phones with the change, add --restart. "

WITHOUT_RESTART = "secret-without-restart"


def yes_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--yes` to a command."""
    return click.option("--yes", is_flag=True, help="Make an unsafe change without asking.")(command)


DRY_RUN = "ringup.dry-run"
"""Key in a click context's `meta`: true if the command must only show its plan."""


def dry_run_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--dry-run`: `Approval` then shows the plan and ends the command before the change."""
    return click.option(
        "--dry-run",
        is_flag=True,
        expose_value=False,
        callback=lambda context, _option, given: context.meta.__setitem__(DRY_RUN, given),
        help="Show what would change, with the diff of every file, and change nothing.",
    )(command)


def is_terminal() -> bool:
    """Return whether standard input is a terminal, so that the operator can be asked."""
    return sys.stdin.isatty()


def _show_only(plan: "Plan") -> None:
    from ringup.cli.plan_printing import print_plan

    if plan:
        print_plan(plan, verbose=False)
    click.echo("Nothing was changed (--dry-run).")
    raise click.exceptions.Exit(0)


class Approval:
    """Asks the operator to approve the plans of one command; if the command plans again, an approved danger
    is not asked about twice.
    """

    def __init__(
        self, yes: bool, show: "Callable[[Plan], None] | None" = None, *, can_restart: bool = False
    ) -> None:
        """`show` prints the plan before the question; `can_restart`: the command has the option --restart."""
        self._can_restart = can_restart
        self._yes = yes
        self._show = show
        self._approved: set[Unsafe] = set()

    def __call__(self, plan: "Plan") -> None:
        """Return if the plan may be carried out; raises UnsafeChange otherwise, and Exit with --dry-run."""
        context = click.get_current_context(silent=True)
        if context is not None and context.meta.get(DRY_RUN):
            _show_only(plan)
        open_points = [found for found in plan.unsafe if found not in self._approved]
        if self._yes or not open_points:
            return
        sentences = [found.sentence for found in open_points]
        if not is_terminal():
            would_help = self._can_restart and any(each.code == WITHOUT_RESTART for each in open_points)
            raise UnsafeChange(sentences, f"{OR_RESTART if would_help else ''}{CURE}")
        if self._show is not None:
            self._show(plan)
        for sentence in sentences:
            click.echo(sentence, err=True)
        if not click.confirm("Make this change?", err=True):
            raise UnsafeChange((), "")
        self._approved |= set(open_points)
