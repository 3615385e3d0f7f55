"""`ringup parameters`: the catalogue of `.cnf` keys."""

from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.options import json_option

if TYPE_CHECKING:
    from ringup.phone.parameters import Parameter


@click.command(
    epilog="""\b
Examples:
  ringup parameters                      every key with its values and meaning
  ringup parameters telnet_level         all facts about one key
  ringup parameters dst timer --json     keys whose name contains one of these words
Set them with ringup site set, ringup group set and ringup phone set."""
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completion.keys())
@json_option
@click.option("--markdown", is_flag=True, hidden=True, help="Print docs/reference/parameters.md.")
def parameters(names: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """List the keys of SIPDefault.cnf and SIP<MAC>.cnf, or explain the keys of these NAMEs."""
    from ringup.cli.parameter_facts import shown, values
    from ringup.cli.parameter_page import page
    from ringup.cli.printing import print_json, print_table

    if markdown:
        click.echo(page(), nl=False)
        return
    rows = _found(names)
    if as_json:
        print_json({"parameters": [_as_json(row) for row in rows]})
    elif len(names) == 1 and rows[0].name == names[0]:
        _explain(rows[0])
    else:
        print_table(
            ("key", "values", "default", "file", "set by", "meaning"),
            [
                (row.name, values(row), shown(row.default), row.file, row.record or "you", row.meaning)
                for row in rows
            ],
        )


def _found(names: tuple[str, ...]) -> list["Parameter"]:
    """Return the rows of these names, or of parameters that contain them; without names, all rows."""
    from difflib import get_close_matches

    from ringup.errors import Problem, SiteErrors
    from ringup.phone.parameters import PARAMETERS

    rows: dict[str, Parameter] = {}
    problems = []
    for name in names or ("",):
        known = [name] if name in PARAMETERS else [key for key in PARAMETERS if name.lower() in key.lower()]
        rows |= {key: PARAMETERS[key] for key in known}
        if not known:
            near = get_close_matches(name.lower(), PARAMETERS, n=1)
            cure = f"Did you mean {near[0]}?" if near else "List them all: `ringup parameters`."
            problems.append(Problem(name, "is not a parameter of these phones.", cure))
    if problems:
        raise SiteErrors(problems)
    return list(rows.values())


def _as_json(row: "Parameter") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)


def _explain(row: "Parameter") -> None:
    from ringup.cli.parameter_facts import facts

    for name, text in facts(row):
        click.echo(f"{name}: {text}" if name else f"{row.name}: {text}")
