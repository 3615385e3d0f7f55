"""`ringup dial generate`: make a dial template for the site and an Asterisk dial plan, and test it."""

import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.dial_input import read_bytes
from ringup.cli.options import database_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ringup.dial.merge import Disagreement, RequiredPattern
    from ringup.dial.pattern import Template
    from ringup.site.model import DialRule, Site

SEED = 7960
"""Seed of the random numbers, fixed so that every run tries the same numbers."""

MOST_SHOWN = 20
"""Maximum number of failed numbers that are listed."""


@click.command(
    epilog="""\b
Examples:
  ringup dial generate                                  from the site alone
  ringup dial generate --extensions-conf /etc/asterisk/extensions.conf --context office
  ringup dial generate --extensions-conf extensions.conf --context office --yaml
                                                        as dial_rules for ringup apply"""
)
@click.option("--extensions-conf", metavar="FILE", help="Asterisk's dial plan.")
@click.option("--context", metavar="NAME", help="The context that the phones' calls begin in.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 600),
    default=5,
    show_default=True,
    help="Seconds to wait if more digits could follow.",
)
@click.option("--yaml", "as_yaml", is_flag=True, help="Print dial_rules of a site file instead of XML.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to a file, not the terminal.",
)
@database_option
def generate(
    extensions_conf: str | None,
    context: str | None,
    *,
    timeout: int,
    as_yaml: bool,
    output: Path | None,
    database: str,
) -> None:
    """Make a dial template of the site's extensions and of Asterisk's patterns.

    Warnings show the patterns that had to be widened, split or left out. Then at least 200 numbers are tried:
    the phone must dial each number that Asterisk accepts unchanged. Otherwise the exit status is 1, and no
    file is written.
    """
    from ringup.change.stored_site import stored_site
    from ringup.dial.merge import disagreements, merge

    if (extensions_conf is None) != (context is None):
        raise click.UsageError("Give --extensions-conf and --context together.")
    site = stored_site(database)
    wanted = list(_of_site(site))
    if extensions_conf is not None and context is not None:
        wanted += _of_file(extensions_conf, context)
    wanted = list(_that_keys_give(wanted))
    merged = merge(_base(site, timeout), wanted, timeout)
    for remark in merged.remarks:
        click.echo(remark, err=True)
    text = _written(site, merged.templates, as_yaml=as_yaml)
    numbers = random.Random(SEED)  # noqa: S311 - samples, no secrets
    tried, wrong = disagreements(merged.templates, wanted, iter(lambda: numbers.getrandbits(31), None))
    _report(tried, wrong)
    if output is None:
        click.echo(text, nl=False)
    elif not wrong:
        _write(output, text)
    if wrong:
        raise SystemExit(1)


def _report(tried: int, wrong: "Sequence[Disagreement]") -> None:
    """Print the result of the test numbers on stderr."""
    texts = dict.fromkeys(map(str, wrong))
    for line in list(texts)[:MOST_SHOWN]:
        click.echo(line, err=True)
    if len(texts) > MOST_SHOWN:
        click.echo(f"... and {len(texts) - MOST_SHOWN} more", err=True)
    agreed = f"{tried} test numbers: phone and PBX agree."
    changed = f"{len(wrong)} of {tried} test numbers would be changed or cut short by the phone."
    click.echo(changed if wrong else agreed, err=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode("latin-1", "replace"))
    except OSError as error:
        from ringup.errors import OutsideError, by_system

        answer, cure = by_system(error, path.parent, "Choose another place.")
        raise OutsideError(f"writing {path}", answer, cure) from error


def _base(site: "Site", timeout: int) -> "list[Template]":
    """Return the operator's rules unchanged, and generated rules with the requested pause."""
    from ringup.dial.pattern import Template
    from ringup.render.dialplan_xml import computed_rules

    rules = site.dial_rules or computed_rules(site)
    return [
        Template(
            rule.match,
            rule.timeout if site.dial_rules else min(rule.timeout, 1) * timeout,
            user=rule.user.lower(),
            rewrite=rule.rewrite,
            route=rule.route.lower() or "default",
            tones=(rule.tone,) if rule.tone else (),
        )
        for rule in rules
    ]


def _of_site(site: "Site") -> "Iterator[RequiredPattern]":
    """Return the dial plan that `render.extensions_conf` makes for the site."""
    from ringup.dial.asterisk_pattern import parse
    from ringup.dial.merge import RequiredPattern
    from ringup.render.dialplan_xml import ECHO_TEST

    prefix = site.pbx.outside_prefix
    texts = {f"line {line.extension}": line.extension for _, line in site.lines()}
    texts |= {"the messages key": site.pbx.messages, "the echo test": ECHO_TEST}
    if site.pbx.outside_dial:
        texts["the way out"] = f"_{prefix}." if prefix else "_XX."
    for source, text in texts.items():
        if (pattern := parse(text)) is not None:
            yield RequiredPattern(pattern, source)


def _of_file(file: str, context: str) -> "Iterator[RequiredPattern]":
    from ringup.asterisk.dialplan_file import reachable, read
    from ringup.dial.asterisk_pattern import parse
    from ringup.dial.merge import RequiredPattern

    name = Path(file).name
    dialplan = read(read_bytes(file).decode("utf-8", "replace"))
    if context not in dialplan.contexts:
        known = ", ".join(dialplan.contexts) or "none"
        raise click.UsageError(f"{file} has no context {context}. It has: {known}.")
    found = reachable(dialplan, context)
    for note in (*dialplan.notes, *found.notes):
        click.echo(f"{name}:{note.line}: {note.text}", err=True)
    for extension in found.extensions:
        source = f"{name}:{extension.line}"
        pattern = parse(extension.pattern)
        if pattern is None:
            click.echo(f"{source}: {extension.pattern}: Asterisk cannot read this pattern", err=True)
        else:
            yield RequiredPattern(pattern, source)


def _that_keys_give(wanted: "list[RequiredPattern]") -> "Iterator[RequiredPattern]":
    from ringup.dial.asterisk_pattern import is_dialled

    for one in wanted:
        if is_dialled(one.pattern):
            yield one
        else:
            click.echo(f"{one.source}: {one.pattern.text}: a phone cannot dial it; left out", err=True)


def _written(site: "Site", templates: "tuple[Template, ...]", *, as_yaml: bool) -> str:
    """Render the template through the site's records, so that the printed text is the one that phones get."""
    from ringup.render.dialplan_xml import dial_template
    from ringup.site.model import DialRule

    names = {"": "", "phone": "Phone", "ip": "IP"}
    is_own = bool(site.dial_rules)
    known = {rule.match: rule for rule in site.dial_rules}
    rules = tuple(
        known[one.match].model_copy(update={"timeout": one.timeout})
        if is_own and one.match in known
        else DialRule.model_validate(
            {"match": one.match, "timeout": one.timeout, "user": names.get(one.user, "") or "Phone"}
        )
        for one in templates
    )
    text = dial_template(site.model_copy(update={"dial_rules": rules}))
    return _yaml(rules) if as_yaml else text


def _yaml(rules: "tuple[DialRule, ...]") -> str:
    from ringup.site.model import Site
    from ringup.site.write import write_yaml

    text = write_yaml(Site(dial_rules=rules), secrets=False)
    return text[text.index("dial_rules:") :]
