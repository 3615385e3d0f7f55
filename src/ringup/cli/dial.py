"""`ringup dial`: show how phones handle dialled digits, and check the dial template."""

import sys
from typing import TYPE_CHECKING, Any

import click

from ringup.cli import completion
from ringup.cli.dial_generate import generate
from ringup.cli.dial_input import read_bytes
from ringup.cli.options import database_option, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringup.dial.dialling import Dialling, DigitStep
    from ringup.dial.pattern import Template
    from ringup.finding import Finding


@click.group()
def dial() -> None:
    """Test, check and make the phones' dial template."""


dial.add_command(generate)


@dial.command(
    epilog="""\b
Examples:
  ringup dial test 202                        with the site's template
  ringup dial test 9,0113312345678 --line 2   commas are ignored
  ringup dial test 911 --file dialplan.xml    with any file
  ringup dial test ""                         if no digit is dialled"""
)
@click.argument("number")
@click.option(
    "--phone",
    metavar="PHONE",
    shell_complete=completion.phones,
    help="Use the template that this phone gets.",
)
@click.option("--file", "file", metavar="FILE", help="A template file.")
@click.option("--line", type=click.IntRange(1, 6), default=1, show_default=True, help="The line button used.")
@json_option
@database_option
def test(
    number: str, *, phone: str | None, file: str | None, line: int, as_json: bool, database: str
) -> None:
    """Dial a number digit by digit, and show the best-matching rule.

    At the end: what the phone dials, when, and by which rule.
    """
    from ringup.dial.dialling import dial as dialled
    from ringup.dial.template_file import read

    if phone and file:
        raise click.UsageError("Give --phone or --file, not both.")
    name, data = (file, read_bytes(file)) if file else _of_site(database, phone)
    template = read(data)
    if template.findings:
        count = f"{len(template.findings)} fault{'s' if len(template.findings) > 1 else ''}"
        more = " and the phone refuses it" if template.is_refused else ""
        click.echo(f"{name} has {count}{more}. See: ringup dial lint{f' {name}' if file else ''}", err=True)
    keys = "".join(key for key in number if key not in ", ")
    done = dialled(template.used, keys, line)
    if as_json:
        from ringup.cli.printing import print_json

        print_json({"template": name, "line": line, **_record(template.used, keys, done)})
    else:
        _show(template.used, done)


@dial.command(
    epilog="""\b
Examples:
  ringup dial lint                      the site's own template
  ringup dial lint dialplan.xml *.xml   files, each finding with its line
  ringup dial lint --json -             for machines, of standard input
Exit status: 0 clean, 1 something found, 2 a file cannot be read."""
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@json_option
@database_option
def lint(files: tuple[str, ...], *, as_json: bool, database: str) -> None:
    """Find rules that a phone would apply in an unintended way. It reports rules that never apply or apply
    too early, Asterisk's letters, and elements that the phone refuses.
    """
    from ringup.dial.check import lint as linted
    from ringup.dial.template_file import read

    given = [(file, read_bytes(file)) for file in files] or [_of_site(database, None)]
    found: list[Finding] = []
    for name, data in given:
        template = read(data)
        result = linted(template)
        found += [one.in_file(name) for one in result.findings]
        if not result.is_searched:
            click.echo(f"{name}: too many rules to compare them with each other.", err=True)
        if not result.findings and not as_json:
            click.echo(f"{name}: {len(template.rules)} rules, nothing found.")
    _report(found, as_json=as_json)
    if found:
        raise SystemExit(1)


def _report(found: "Sequence[Finding]", *, as_json: bool) -> None:
    from ringup.dial.findings import CODES

    if as_json:
        from ringup.cli.printing import print_json

        rows = [
            {
                "file": one.where.file,
                "severity": one.severity,
                "title": CODES[one.code].title,
                "code": one.code,
                "line": one.where.line,
                "what": one.what,
                "cure": one.cure,
            }
            for one in found
        ]
        print_json({"findings": rows})
        return
    for one in found:
        click.echo(f"{one.where}: {one.severity} {one.code}: {one.what}. {one.cure}")


# --- where the template comes from ------------------------------------------------------------------------


def _of_site(database: str, phone: str | None) -> tuple[str, bytes]:
    """Return the name and bytes of a phone's dial template.

    Every name gives the same bytes (`files.rendered`).
    """
    from ringup.change.lookup import phone_of
    from ringup.change.naming import mac_of
    from ringup.change.stored_site import stored_site
    from ringup.render.dialplan_xml import dial_template
    from ringup.render.sip_cnf import DIAL_TEMPLATE

    site = stored_site(database)
    settings = site.settings if phone is None else site.settings_of(phone_of(site, mac_of(site, phone)))
    name = settings.get("dial_template", DIAL_TEMPLATE)
    if not name:
        click.echo("The phone requests no template: the setting dial_template is empty.", err=True)
        return "no template", b""
    return f"{name}.xml", dial_template(site).encode("latin-1", "replace")


# --- what is shown ----------------------------------------------------------------------------------------


def _show(rules: "Sequence[Template]", done: "Dialling") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for title in ("digits", "rule", "MATCH", "fits", "score", "then"):
        table.add_column(title, overflow="fold", justify="right" if title in ("rule", "score") else "left")
    for one in _shown(done):
        best_rule = one.decision.best_rule
        rule, match = ("-", "") if best_rule is None else (str(best_rule + 1), rules[best_rule].match)
        fits = "complete" if one.decision.complete else "-" if best_rule is None else "partial"
        style = "bold" if one.decision.complete else ""
        cells = (one.typed, rule, match, fits, str(one.decision.score), _then(one))
        table.add_row(*(Text(cell, style) for cell in cells))
    width = None if sys.stdout.isatty() else 80
    Console(width=width, highlight=False).print(table)
    click.echo(_ending(rules, done))


def _shown(done: "Dialling") -> "list[DigitStep]":
    """Return the steps to show; the step before the first digit is included only if the phone dials at that
    step.
    """
    first = done.keyed[0]
    return [*done.keyed] if first.decision.complete or len(done.keyed) == 1 else [*done.keyed[1:]]


def _then(one: "DigitStep") -> str:
    if one.decision.complete and one.decision.timeout == 0:
        return "dials now"
    if not one.typed and not one.decision.complete:
        return "waits for a digit"
    waits = f"waits {one.decision.timeout} s"
    return f"{waits}, tone {one.decision.tone}" if one.decision.tone else waits


def _ending(rules: "Sequence[Template]", done: "Dialling") -> str:
    """Return the final result in one or two sentences."""
    if not done.number:
        return "Nothing is dialled: the phone goes on-hook."
    when = "at once" if done.seconds == 0 else f"{done.seconds} s after the last digit"
    why = {
        "#": "# ends the number",
        "timeout": "no rule is complete",
        "rule": "",
        "nothing": "",
    }[done.reason]
    by = "" if done.rule is None else f'by rule {done.rule + 1}, MATCH="{rules[done.rule].match}"'
    text = f"Dials {done.request} {when}: {', '.join(part for part in (why, by) if part)}."
    if done.rewriter is not None and done.rewriter != done.rule:
        other = f'rule {done.rewriter + 1}, MATCH="{rules[done.rewriter].match}"'
        text += f"\nThe number was rewritten by {other}, before a better rule matched."
    if done.route not in ("", "default"):
        text += f"\nIts route is {done.route}."
    if done.unused:
        text += f"\nPressed too late, so not sent: {done.unused}."
    return text


def _record(rules: "Sequence[Template]", keys: str, done: "Dialling") -> dict[str, Any]:
    """Return the JSON form of one step; rules count from 1, as in the table."""

    def rule_of(index: int | None) -> dict[str, Any]:
        return {
            "rule": None if index is None else index + 1,
            "match": None if index is None else rules[index].match,
        }

    return {
        "keys": keys,
        "steps": [
            {
                "keys": one.typed,
                **rule_of(one.decision.best_rule),
                "complete": one.decision.complete,
                "score": one.decision.score,
                "seconds": one.decision.timeout,
                "tone": one.decision.tone,
            }
            for one in done.keyed
        ],
        "dialled": done.number,
        "request": done.request,
        "reason": done.reason,
        **rule_of(done.rule),
        "seconds": done.seconds,
        "unused": done.unused,
        "route": done.route,
    }
