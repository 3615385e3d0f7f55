"""`ringup lint`: find faults in the phones' files, their places, and the text to write instead."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.approval import is_terminal
from ringup.cli.options import database_option, files_option, firmware_option, json_option
from ringup.finding import NOTE, ORDER, Finding

if TYPE_CHECKING:
    from ringup.lint.read_tree import TreeReading

CLEAN, FOUND, CANNOT_READ = 0, 1, 2
"""Exit statuses; notes alone are clean."""

PLACEHOLDER_SERVER = "192.0.2.1"
"""A documentation address (RFC 5737), used if the site does not set the address of this server."""


@click.command(
    epilog="""\b
Examples:
  ringup lint /srv/tftp                  a complete TFTP root; its files are checked together
  ringup lint SIP001646C0FFEE.cnf        one file
  ringup lint                            the files that ringup itself would serve
  ringup lint --fix /srv/tftp            repair what is safe; the diff comes first
  ringup lint --sarif /srv/tftp > lint.sarif
  ringup lint --rules                    every code
Exit status: 0 clean (notes do not count), 1 findings, 2 something could not be read."""
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@json_option
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code hosts and editors.")
@click.option("--fix", is_flag=True, help="Repair what is safe, after showing the difference.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--rules", "list_rules", is_flag=True, help="List every rule, and exit.")
@click.option("--markdown", is_flag=True, hidden=True, help="With --rules: docs/reference/lint-rules.md.")
@files_option
@firmware_option
@database_option
def lint(
    paths: tuple[Path, ...],
    *,
    as_json: bool,
    as_sarif: bool,
    fix: bool,
    yes: bool,
    list_rules: bool,
    markdown: bool,
    files: Path,
    firmware: Path,
    database: str,
) -> None:
    """Find faults in phones' files: settings, firmware, dial plan and ring tones are checked together."""
    if list_rules:
        _print_rules(as_json=as_json, markdown=markdown)
        return
    if fix and not paths:
        raise click.UsageError(
            "--fix needs a PATH. To change what ringup itself serves, change the site:"
            " ringup site set, ringup phone set."
        )
    if as_json and as_sarif:
        raise click.UsageError("Choose --json or --sarif.")
    from ringup.lint.read_tree import read_paths
    from ringup.lint.rules import lint as run

    reading = read_paths(paths) if paths else _served(database, firmware, files)
    findings = run(reading.bundle)
    if fix and _fixed(reading, findings, yes=yes, quiet=as_json or as_sarif):
        reading = read_paths(_still_there(paths))
        findings = run(reading.bundle)
    if as_json:
        _print_json(reading, findings)
    elif as_sarif:
        _print_sarif(reading, findings)
    else:
        _print_text(reading, findings)
    sys.exit(_status(reading, findings))


def _status(reading: "TreeReading", findings: Iterable[Finding]) -> int:
    if reading.unreadable:
        return CANNOT_READ
    return FOUND if any(finding.severity is not NOTE for finding in findings) else CLEAN


def _served(database: str, firmware: Path, files: Path) -> "TreeReading":
    """Return the files that phones would get now."""
    from ringup.change.stored_site import stored_site
    from ringup.files.find import File, FileFinder, Requester
    from ringup.firmware.folder import FirmwareFolder
    from ringup.lint.bundle import Bundle, SourceFile
    from ringup.lint.read_tree import TreeReading, read_paths

    site = stored_site(database)
    server = str(site.server_address or PLACEHOLDER_SERVER)
    finder = FileFinder(site, FirmwareFolder(firmware), server, check_owner=False)
    requester = Requester("")
    found = [finder.find(name, requester) for name in finder.names()]
    rendered = tuple(SourceFile(file.name, file.data) for file in found if isinstance(file, File))
    folders = [folder for folder in (firmware, files) if folder.is_dir()]
    others = read_paths(folders)
    models = {phone.mac: phone.model for phone in site.phones}
    # Without the folder, missing ring tones cannot be detected.
    served = (*rendered, *others.bundle.files)
    bundle = Bundle(served, is_complete=bool(folders), models=models, knows_firmware=True)
    return TreeReading(bundle, others.unreadable)


def _fixed(reading: "TreeReading", findings: list[Finding], *, yes: bool, quiet: bool) -> bool:
    """Show the repairs and make them if the operator agrees; return whether any was made."""
    from ringup.cli.lint_fix import apply, difference
    from ringup.lint.repair import repairs

    planned = repairs(reading.bundle, findings)
    for one in planned:
        click.echo(difference(one), nl=False, err=quiet)
    if not planned:
        return False
    count = f"{len(planned)} file{'s' if len(planned) > 1 else ''}"
    if not yes:
        if not is_terminal():
            click.echo(f"Nothing was changed. To repair {count}: --fix --yes", err=True)
            return False
        if not click.confirm(f"Repair {count}?", err=quiet):
            return False
    apply(planned)
    click.echo(f"Repaired {count}.", err=True)
    return True


def _still_there(paths: Iterable[Path]) -> list[Path]:
    """Return the paths after a repair, which may have renamed some files."""
    from ringup.wire.file_names import as_requested

    return [path if path.exists() else path.with_name(as_requested(path.name)) for path in paths]


def _print_text(reading: "TreeReading", findings: list[Finding]) -> None:
    from ringup.lint.rules import RULES

    for finding in findings:
        click.echo(str(finding))
    for unreadable in reading.unreadable:
        click.echo(f"Cannot read {unreadable}", err=True)
    kinds = Counter(finding.severity for finding in findings)
    counted = [f"{kinds[kind]} {kind}{'s' if kinds[kind] > 1 else ''}" for kind in ORDER if kinds[kind]]
    files = len(reading.bundle.files)
    summary = ", ".join(counted) or "nothing wrong"
    repairable = sum(RULES[finding.code].repair is not None for finding in findings)
    hint = f"; --fix repairs {repairable} of them" if repairable else ""
    click.echo(f"{files:,} file{'s' if files != 1 else ''}: {summary}{hint}.", err=True)


def _print_json(reading: "TreeReading", findings: list[Finding]) -> None:
    from ringup.cli.printing import print_json
    from ringup.lint.rules import RULES

    rows = [
        {
            "code": finding.code,
            "severity": finding.severity,
            "file": finding.where.file,
            "line": finding.where.line or None,
            "message": finding.what,
            "cure": finding.cure,
            "repairable": RULES[finding.code].repair is not None,
        }
        for finding in findings
    ]
    unreadable = [{"file": one.path, "reason": one.reason} for one in reading.unreadable]
    print_json({"files": len(reading.bundle.files), "findings": rows, "unreadable": unreadable})


def _print_sarif(reading: "TreeReading", findings: list[Finding]) -> None:
    import json

    from ringup.lint.rules import RULES
    from ringup.lint.sarif import sarif

    log = sarif(findings, RULES, [str(one) for one in reading.unreadable])
    click.echo(json.dumps(log, indent=2, ensure_ascii=False))


def _print_rules(*, as_json: bool, markdown: bool) -> None:
    from ringup.lint.rules import RULES

    if markdown:
        from ringup.cli.lint_page import page

        click.echo(page(), nl=False)
        return
    if as_json:
        from ringup.cli.printing import print_json

        rows = [
            {
                "code": rule.code,
                "severity": rule.severity,
                "title": rule.title,
                "repairable": bool(rule.repair),
            }
            for rule in RULES.values()
        ]
        print_json({"rules": rows})
        return
    for rule in RULES.values():
        click.echo(f"{rule.code}  {rule.severity:7}  {rule.title}{'  (--fix)' if rule.repair else ''}")
