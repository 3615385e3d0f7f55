"""`ringup parameters`: the catalogue of `.cnf` keys."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import json_option

if TYPE_CHECKING:
    from ringup.phone.parameters import Parameter

CONFIDENCE = {
    "D": "documented by Cisco, or in its published source",
    "L": "seen in a real file or log",
    "I": "inferred from these",
    "R": "recalled only: verify before you rely on it",
}


@click.command(
    epilog="""\b
Examples:
  ringup parameters                      every key with its values and meaning
  ringup parameters telnet_level         everything known about one key
  ringup parameters dst timer --json     keys whose name contains one of these words
Set them with ringup site set, ringup group set and ringup phone set."""
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@json_option
@click.option("--markdown", is_flag=True, hidden=True, help="Print docs/reference/parameters.md.")
def parameters(names: tuple[str, ...], as_json: bool, markdown: bool) -> None:
    """List the keys of SIPDefault.cnf and SIP<MAC>.cnf, or explain those of these NAMEs."""
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


def values(row: "Parameter") -> str:
    """What the key takes, in a few words."""
    if row.values:
        return ", ".join(row.values)
    parts = [str(row.kind) if row.kind != "switch" else "0 or 1"]
    if row.least is not None and row.most is not None:
        parts.append(f"{row.least}-{row.most}")
    elif row.least is not None:
        parts.append(f"from {row.least}")
    if row.longest is not None:
        parts.append(f"up to {row.longest} characters")
    return ", ".join([*parts, *(["even"] if row.even else [])])


def shown(default: str | None) -> str:
    """A default as people read it."""
    return "unknown" if default is None else default or "(empty)"


def releases(row: "Parameter") -> str:
    """Say which releases are known to have the key."""
    last = row.until or "8.12 (the last release)"
    return f"{row.since} to {last}" if row.since else f"up to {last}; first release unknown"


def _found(names: tuple[str, ...]) -> list["Parameter"]:
    """The rows of these names, or of the keys that contain them; all without names."""
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
    for name, text in facts(row):
        click.echo(f"{name}: {text}" if name else f"{row.name}: {text}")


def facts(row: "Parameter") -> Iterator[tuple[str, str]]:
    """All that is known about a key, the first without a heading."""
    yield "", row.meaning
    yield "  values", values(row)
    yield "  default", shown(row.default)
    yield "  file", f"{row.file}; the phone reads it from both" if row.file != "either" else "either"
    yield "  firmware", releases(row)
    yield "  a change works", "after a restart" if row.needs_restart else "at once"
    if row.record:
        yield "  set by", f"ringup, from {row.record}; change that instead"
    yield "  source", f"{row.source} ({CONFIDENCE[row.confidence]})"
