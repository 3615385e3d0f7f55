"""`ringup firmware`: add, list and check packages, and find the upgrade path between two releases."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import database_option, firmware_option, json_option
from ringup.cli.rollout import rollout

if TYPE_CHECKING:
    from ringup.errors import Problem
    from ringup.firmware.contents import Contents


@click.group()
def firmware() -> None:
    """Add, list and check firmware packages.

    \b
    ringup firmware add cmterm-7940-7960-sip.zip
    ringup firmware check
    ringup firmware path sip 4.4 sip 8.12
    ringup firmware rollout start P0S3-8-12-00 --group lobby
    """


firmware.add_command(rollout)


@firmware.command(
    epilog="""\b
Examples:
  ringup firmware add cmterm-7940-7960-sip.zip
  ringup firmware add unpacked/ --dry-run      describe the package, copy nothing"""
)
@click.argument("source", metavar="ZIP|DIR", type=click.Path(exists=True, path_type=Path))
@firmware_option
@click.option("--replace", is_flag=True, help="Replace other files of the same names.")
@click.option("--dry-run", is_flag=True, help="Check and describe, copy nothing.")
@database_option
@click.pass_context
def add(
    ctx: click.Context, *, source: Path, firmware: Path, replace: bool, dry_run: bool, database: str
) -> None:
    """Add a package to the firmware folder, if Cisco's signature proves that all its bytes are correct.

    The source may be a complete tftpboot folder: files that belong to no package are listed and left out. If
    it contains several packages, the complete ones are added; exit status 1 means that another package was
    refused. All problems are listed.
    """
    from ringup.change.stored_site import stored_or_new_site
    from ringup.cli.firmware_printing import print_added
    from ringup.errors import SiteErrors
    from ringup.finding import ERROR
    from ringup.firmware.filing import install_package, plan
    from ringup.firmware.package import read_packages
    from ringup.firmware.source import read_source

    files = read_source(source)
    contents = read_packages(files, str(source))
    usable = contents.usable()
    if not usable:
        refused = [each.problem for each in contents.all_findings() if each.severity is ERROR]
        raise SiteErrors(refused or [_nothing_in(source)])
    own = {name: files[name] for package in usable for name, _ in package.files}
    planned = plan(own, firmware, replace=replace)
    if not dry_run:
        install_package(own, firmware, planned)
    print_added(contents, planned, firmware, site_load=stored_or_new_site(database).load, dry_run=dry_run)
    ctx.exit(0 if len(usable) == len(contents.packages) else 1)


@firmware.command("list", epilog="Example: ringup firmware list --json")
@firmware_option
@json_option
@database_option
def list_(*, firmware: Path, as_json: bool, database: str) -> None:
    """List the packages in the folder, whether they are complete, and what requires them."""
    from ringup.change.stored_site import stored_site
    from ringup.cli.firmware_printing import package_as_json, print_packages
    from ringup.cli.printing import print_json
    from ringup.site.wanted import required_loads

    contents, wanted = _contents_of(firmware), required_loads(stored_site(database))
    if as_json:
        print_json(
            {
                "folder": str(firmware),
                "packages": [package_as_json(each, wanted.get(each.load)) for each in contents.packages],
                "missing": [load for load in wanted if load not in _loads_of(contents)],
            }
        )
    elif not contents.packages:
        click.echo(f"No packages in {firmware}. Add one: ringup firmware add ZIP")
    else:
        print_packages(contents, wanted)


@firmware.command(
    epilog="""\b
Examples:
  ringup firmware check                  all loads that the site needs or the folder has
  ringup firmware check P0S3-8-12-00     one load"""
)
@click.argument("loads", metavar="[LOAD]...", nargs=-1, shell_complete=completion.loads)
@firmware_option
@json_option
@database_option
@click.pass_context
def check(
    ctx: click.Context, *, loads: tuple[str, ...], firmware: Path, as_json: bool, database: str
) -> None:
    """Check the firmware that phones need, and Cisco's signatures.

    Exit status 1 means that a phone cannot use one of the loads. Notes that need no action are printed as
    well.
    """
    from ringup.change.stored_site import stored_site
    from ringup.cli.firmware_check import findings_of
    from ringup.cli.firmware_printing import finding_as_json, print_checked
    from ringup.cli.printing import print_json
    from ringup.firmware.contents import are_harmless
    from ringup.firmware.folder import FirmwareFolder
    from ringup.site.wanted import required_loads

    contents, wanted = _contents_of(firmware), required_loads(stored_site(database))
    findings = findings_of(contents, loads, wanted, FirmwareFolder(firmware))
    checked = loads or tuple(dict.fromkeys((*wanted, *_loads_of(contents))))
    if as_json:
        print_json(
            {
                "folder": str(firmware),
                "checked": list(checked),
                "findings": [finding_as_json(each) for each in findings],
            }
        )
    else:
        print_checked(contents, checked, wanted, findings)
    ctx.exit(0 if are_harmless(findings) else 1)


@firmware.command(
    epilog="""\b
Examples:
  ringup firmware path sip 4.4 sip 8.12
  ringup firmware path P00305000200 P0S3-8-12-00 --json"""
)
@click.argument("releases", metavar="FROM TO", nargs=-1, required=True)
@json_option
@click.pass_context
def path(ctx: click.Context, *, releases: tuple[str, ...], as_json: bool) -> None:
    """Print the upgrade path from one release to another, hop by hop. Exit status 1: there is no path.

    A release is a load's name (P0S3-8-12-00, P0S30202) or protocol and version: sip 4.4, sccp 5.0.
    """
    from ringup.cli.firmware_printing import path_as_json, print_path
    from ringup.cli.printing import print_json
    from ringup.phone.firmware_release import release
    from ringup.phone.upgrade_path import find_path

    start, end = (release(text) for text in _two_releases(releases))
    found = find_path(start, end)
    if as_json:
        print_json(path_as_json(found))
    else:
        print_path(found)
    ctx.exit(0 if found.exists else 1)


def _two_releases(words: tuple[str, ...]) -> list[str]:
    """Split the arguments into two releases: ``sip 4.4 sip 8.12`` or ``P0S30202 sip 8.12``."""
    texts: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        spoken = word.lower() in ("sip", "sccp", "mgcp") and bool(rest)
        texts.append(f"{word} {rest.pop(0)}" if spoken else word)
    if len(texts) != 2:
        raise click.UsageError("Give two releases: ringup firmware path sip 4.4 sip 8.12")
    return texts


def _contents_of(folder: Path) -> "Contents":
    from ringup.firmware.folder import FirmwareFolder
    from ringup.firmware.package import read_packages
    from ringup.firmware.source import read_folder

    return read_packages(read_folder(FirmwareFolder(folder)), str(folder))


def _loads_of(contents: "Contents") -> list[str]:
    return [package.load for package in contents.packages]


def _nothing_in(source: Path) -> "Problem":
    from ringup.errors import Problem

    return Problem(
        str(source), "holds no firmware.", "Name Cisco's zip, or the folder into which you unpacked it."
    )
