"""Print a plan: for people, as JSON or as Markdown."""

from dataclasses import asdict
from typing import Any, Literal

import click

from ringup.change.plan import Plan
from ringup.change.plan_text import MOST_FILES, count_lines, effect_lines, file_lines, markdown, unsafe_lines
from ringup.cli.printing import print_changes, print_json

MOST_DETAILED = 20
"""Maximum number of changed records whose fields are printed without --verbose."""

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_plan(plan: Plan, *, verbose: bool) -> None:
    """Print the numbers, the effect on phones, the unsafe parts, then fields and diffs."""
    for line in count_lines(plan):
        click.echo(line)
    for line in effect_lines(plan):
        click.echo(line)
    for line in unsafe_lines(plan):
        click.secho(f"Unsafe: {line}", fg="red")
    print_records_and_files(plan, verbose=verbose)


def print_records_and_files(plan: Plan, *, verbose: bool) -> None:
    """Print the fields of the changed records and the diffs of the files."""
    click.echo()
    if verbose or len(plan.changes) <= MOST_DETAILED:
        print_changes(plan.changes)
    else:
        click.echo(f"{len(plan.changes)} records change. Every field: --verbose")
    click.echo()
    for line in file_lines(plan, most=len(plan.files) if verbose else MOST_FILES):
        click.secho(line, fg=_COLOURS.get(line[:1]))


def plan_record(plan: Plan) -> dict[str, Any]:
    """Return the plan in the form of `--json`."""
    changes, files = ([asdict(each) for each in many] for many in (plan.changes, plan.files))
    return {**asdict(plan), "changes": changes, "files": files}


def print_plan_as(plan: Plan, form: Literal["json", "markdown"], title: str, *, verbose: bool) -> None:
    """Print the plan for programs, or as a document."""
    if form == "json":
        print_json(plan_record(plan))
    else:
        most = len(plan.files) if verbose else MOST_FILES
        click.echo(markdown(plan, title, most), nl=False)
