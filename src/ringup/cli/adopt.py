"""`ringup adopt`: import an existing TFTP folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import DEFAULT_SERVER, database_option, files_option, firmware_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ringup.adoption.files import AdoptedFile, Keeper
    from ringup.adoption.lines import PbxAccount
    from ringup.adoption.plan import ImportPlan
    from ringup.errors import Problem
    from ringup.firmware.folder import FirmwareFolder
    from ringup.site.model import Driver, Site
    from ringup.site.rows import Rows

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  ringup adopt /tftpboot --dry-run
  ringup adopt /tftpboot --pjsip-conf /etc/asterisk/pjsip.conf
  ringup adopt /tftpboot --sip-conf /etc/asterisk/sip.conf --merge
Exit status 0: every phone gets the same values as before. 1: some values differ (the table shows them);
or phones cannot take a password that was kept; or a file that a phone may request is not served unchanged."""
)
@click.argument("tftproot", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option(
    "--sip-conf", type=_FILE, metavar="FILE", help="chan_sip's accounts: names, mailboxes, secrets."
)
@click.option("--pjsip-conf", type=_FILE, metavar="FILE", help="pjsip's accounts: names, mailboxes, secrets.")
@click.option(
    "--merge", is_flag=True, help="Add the phones that are not in the site yet; change nothing else."
)
@click.option("--dry-run", is_flag=True, help="Report, and change nothing.")
@click.option("--verbose", "-v", is_flag=True, help="Report every phone and file of a long list.")
@firmware_option
@files_option
@database_option
def adopt(
    *,
    tftproot: Path,
    sip_conf: Path | None,
    pjsip_conf: Path | None,
    merge: bool,
    dry_run: bool,
    verbose: bool,
    firmware: Path,
    files: Path,
    database: str,
) -> None:
    """Import the phones, lines, passwords and settings of TFTPROOT, and check that no phone's values change.

    It compares each phone's values in the folder with those that ringup will give it. It copies firmware to
    --firmware, and every other file that ringup does not generate itself to --files.
    """
    from ringup.adoption.plan import plan_adoption
    from ringup.change.stored_site import stored_or_new_site
    from ringup.firmware.folder import FirmwareFolder
    from ringup.site.secret import generate

    stored = stored_or_new_site(database)
    if not merge:
        _refuse_full(stored)
    accounts, notes = _accounts(sip_conf, pjsip_conf)
    plan = plan_adoption(
        FirmwareFolder(tftproot), stored, accounts, {"firmware": firmware, "files": files}, merge=merge,
        server=str(stored.server_address or DEFAULT_SERVER), new_secret=generate,
    )  # fmt: skip
    _report(plan, stored, notes, verbose=verbose)
    lost = _say_nothing_changed() if dry_run else _carry_out(plan, stored, database, tftproot)
    if lost or not plan.keeps_all:
        sys.exit(1)


def _report(plan: "ImportPlan", stored: "Site", notes: "list[Problem]", *, verbose: bool) -> None:
    """Print each file and value found, and how ringup will use it."""
    from ringup.cli.adopt_report import EVERYTHING, MOST_ROWS, report, report_files

    most = EVERYTHING if verbose else MOST_ROWS
    unknown = "" if stored.server_address else DEFAULT_SERVER
    report(plan.tree, plan.found, [*notes, *plan.found.notes, *plan.firmware], plan.comparison, unknown, most)
    report_files(plan.files, plan.targets, most)


def _say_nothing_changed() -> "list[AdoptedFile]":
    click.echo("Nothing was changed (--dry-run).")
    return []


def _carry_out(plan: "ImportPlan", stored: "Site", database: str, tftproot: Path) -> "list[AdoptedFile]":
    """Copy the files and commit the site; return the files whose bytes differ when they are served."""
    from ringup.adoption.files import different
    from ringup.cli.adopt_report import report_copied

    _copy(plan.folder, plan.files, plan.targets)
    lost = different(plan.folder, plan.files, plan.site, plan.server, plan.targets)
    report_copied(plan.files, lost)
    _commit(database, stored, plan.rows, tftproot)
    return lost


def _commit(database: str, stored: "Site", rows: "Rows", tftproot: Path) -> None:
    """Write the revision, unless another command changed the site after it was read."""
    from ringup.change.site import replace_site
    from ringup.errors import Problem, SiteErrors

    def rows_for(now: "Site") -> "Rows":
        if now != stored:
            cure = "Nothing was changed; run it again."
            raise SiteErrors([Problem("site", "another command changed it meanwhile.", cure)])
        return rows

    # No question is asked: the report has shown every change, and an import removes no phone.
    revision = replace_site(database, rows_for, f"adopt {tftproot}", approve=lambda _plan: None).revision
    click.echo(f"Revision {revision.id}. See it: ringup export")


def _refuse_full(site: "Site") -> None:
    """Refuse to import into a site that has phones already: its values would mix with those of the folder."""
    from ringup.errors import Problem, SiteErrors

    held = {
        "phones": site.phones, "groups": site.groups, "settings": site.settings,
        "dial rules": site.dial_rules, "rings": site.rings,
    }  # fmt: skip
    if any(held.values()):
        words = ", ".join(f"{len(part)} {name}" for name, part in held.items() if part)
        cure = "Add --merge to import only the phones it does not have, or set another --database."
        raise SiteErrors([Problem("site", f"is not empty: {words}.", cure)])


def _accounts(
    sip_conf: Path | None, pjsip_conf: Path | None
) -> "tuple[dict[str, PbxAccount], list[Problem]]":
    from ringup.asterisk.adopt import accounts, read

    found: dict[str, PbxAccount] = {}
    notes: list[Problem] = []
    files: tuple[tuple[Path | None, Driver], ...] = ((sip_conf, "chan_sip"), (pjsip_conf, "pjsip"))
    for path, driver in files:
        if path is not None:
            text = read(_data(path.parent, path.name), str(path))
            found |= accounts(text, driver)
            notes += text.notes
    return found, notes


def _data(folder: Path, name: str) -> bytes:
    from ringup.errors import OutsideError

    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise OutsideError(
            f"reading {folder / name}", f"{error.strerror}.", "Check its permissions."
        ) from error


def _copy(folder: "FirmwareFolder", kept: "Sequence[AdoptedFile]", targets: "Mapping[Keeper, Path]") -> None:
    """Copy each file to its target, unless an identical file is there."""
    from ringup.firmware.filing import install_package, plan

    for keeper, target in targets.items():
        files = {each.name: folder.read(each.name) or b"" for each in kept if each.keeper == keeper}
        planned = plan(files, target, replace=False)
        if planned.new:
            install_package(files, target, planned)
        if files:
            there = f", {len(planned.same)} were there" if planned.same else ""
            click.echo(f"{len(planned.new)} files copied to {target}{there}.")
