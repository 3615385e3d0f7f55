"""`ringup pbx adopt`: take over the accounts of an existing sip.conf or pjsip.conf, with their passwords."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.approval import CURE, is_terminal, yes_option
from ringup.cli.options import database_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ringup.adoption.lines import PbxAccount
    from ringup.asterisk.freepbx import FreePbx
    from ringup.change.site import Planned
    from ringup.errors import Problem
    from ringup.site.model import Driver, Site
    from ringup.site.rows import Plain

STOCK_FOLDER = Path("/etc/asterisk")


@click.command(
    epilog="""\b
Examples:
  ringup pbx adopt --dry-run                        the files of pbx.etc, or of /etc/asterisk
  ringup pbx adopt --phone 001646C0FFEE=201 --phone 001646C0FFEE=202
  ringup pbx adopt old/sip.conf --driver chan_sip --csv lines.csv
Fill the column mac of lines.csv, then: ringup import lines.csv. It holds passwords."""
)
@click.argument(
    "files", nargs=-1, metavar="[FILE]...", type=click.Path(dir_okay=False, exists=True, path_type=Path)
)
@click.option(
    "--driver",
    type=click.Choice(("pjsip", "chan_sip")),
    help="The driver of the accounts; default: the site's.",
)
@click.option(
    "--phone",
    "named",
    multiple=True,
    metavar="MAC=ACCOUNT",
    help="The phone whose next line an account becomes. Repeatable.",
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the accounts without a phone to this file, for `ringup import`.",
)
@click.option("--dry-run", is_flag=True, help="Show the accounts and the plan, and change nothing.")
@yes_option
@database_option
def adopt(
    files: tuple[Path, ...],
    *,
    driver: "Driver | None",
    named: tuple[str, ...],
    csv_file: Path | None,
    dry_run: bool,
    yes: bool,
    database: str,
) -> None:
    """Make lines from the accounts in Asterisk's own files, with their sections, templates, additions,
    includes and wizards. If the site has a line with the extension of an account, the line gets the account's
    password and user name. With --phone, an account becomes a new line. Asterisk's files are not changed. If
    FreePBX generated them, the command reads FreePBX's extensions, sets pbx.freepbx in the site, and names
    the fields to set in FreePBX.
    """
    from ringup.change.adopt_accounts import destinations
    from ringup.change.site import planned_alteration
    from ringup.change.stored_site import stored_or_new_site

    site = stored_or_new_site(database)
    source = _source(site, files, driver or site.pbx.driver)
    macs = destinations(site, source.accounts, _named(named))
    usable = source.usable()
    change = source.change(usable, macs)
    planned = planned_alteration(database, change)
    _show(source.accounts.values(), macs, source.notes)
    _offer([each for each in usable if each.name not in macs], csv_file)
    _print_fields(planned.after, source)
    if not planned.plan:
        click.echo("Nothing to change: every account agrees with its line.")
        return
    _print_plan(planned)
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
        return
    _carry_out(database, planned, [each for each in usable if each.name in macs], change, yes=yes)


@dataclass(frozen=True, slots=True)
class _Source:
    """The accounts that were read, and FreePBX's data if it generated the files."""

    accounts: "Mapping[str, PbxAccount]"
    notes: "Sequence[Problem]"
    etc: Path = STOCK_FOLDER
    freepbx: "FreePbx | None" = None
    port: int | None = None
    """The port of FreePBX's transport, if the site's port is none of FreePBX's."""

    def usable(self) -> "list[PbxAccount]":
        """Return the accounts whose secret a line may get; a long one of FreePBX is changed there first."""
        from ringup.site.secret_faults import fault_of_secret

        return [
            each
            for each in self.accounts.values()
            if each.secret and not (self.freepbx and fault_of_secret(each.secret))
        ]

    def change(
        self, accounts: "Sequence[PbxAccount]", macs: "Mapping[str, str]"
    ) -> "Callable[[Plain], None]":
        """Return the change to the site."""
        from ringup.change.adopt_accounts import adopted, from_freepbx

        change = adopted(accounts, macs)
        return change if self.freepbx is None else from_freepbx(change, str(self.etc), self.port)


def _source(site: "Site", files: "Sequence[Path]", driver: "Driver") -> _Source:
    from ringup.asterisk.adopt_files import accounts_of, files_of
    from ringup.asterisk.freepbx import is_freepbx, read_freepbx

    etc = Path(site.pbx.freepbx or site.pbx.etc or STOCK_FOLDER)
    if files or not (site.pbx.freepbx or is_freepbx(etc)):
        return _Source(*accounts_of(list(files) or files_of(etc, driver), driver))
    found = read_freepbx(etc, driver)
    accounts = {name: each.account for name, each in found.extensions.items()}
    ports = list(found.ports.values())
    port = ports[0] if ports and site.pbx.port not in ports else None
    return _Source(accounts, found.notes, etc, found, port)


def _print_fields(after: "Site", source: _Source) -> None:
    """Print the fields of FreePBX that must change for these phones."""
    from ringup.asterisk.freepbx_fields import findings

    for each in findings(after, source.freepbx) if source.freepbx else ():
        click.echo(str(each.problem))


def _named(pairs: "Iterable[str]") -> dict[str, str]:
    """Return MACs by account."""
    from ringup.wire.mac import parse

    found = {}
    for pair in pairs:
        mac, equals, account = pair.partition("=")
        try:
            found[account.strip()] = parse(mac)
        except ValueError as error:
            raise click.BadParameter(f"{pair!r}: {error}.") from error
        if not equals or not account.strip():
            raise click.BadParameter(f"{pair!r} is not of the form MAC=ACCOUNT.")
    return found


def _show(accounts: "Iterable[PbxAccount]", macs: "Mapping[str, str]", notes: "Sequence[Problem]") -> None:
    """Print a row per account, its password masked, and what could not be read."""
    from ringup.cli.printing import print_table
    from ringup.site.mask import MASK

    rows = [
        (
            each.name,
            each.caller_name,
            "yes" if each.has_mailbox else "no",
            MASK if each.secret else "(none: left out)",
            macs.get(each.name, ""),
            each.where,
        )
        for each in accounts
    ]
    if rows:
        print_table(("account", "name", "mailbox", "password", "phone", "from"), rows)
    else:
        click.echo("These files contain no account of a phone.")
    for note in notes:
        click.echo(str(note), err=True)


def _offer(accounts: "Sequence[PbxAccount]", csv_file: Path | None) -> None:
    """Write the accounts without a phone to a CSV file that only its owner may read, or say how."""
    import csv
    import io

    if not accounts:
        return
    number = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'} without a phone"
    if csv_file is None:
        cure = "Name the phone of each by --phone MAC=ACCOUNT, or write them to a file by --csv FILE."
        click.echo(f"{number}. {cure}")
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("mac", "extension", "name", "secret", "auth_name", "voicemail"))
    for each in accounts:
        has = "yes" if each.has_mailbox else "no"
        writer.writerow(("", each.name, each.caller_name, each.secret, each.auth_name, has))
    csv_file.touch(mode=0o600)
    csv_file.write_text(text.getvalue(), encoding="utf-8")
    click.echo(f"{number}: written to {csv_file}. Fill the column mac, then: ringup import {csv_file}")


def _print_plan(planned: "Planned") -> None:
    from ringup.change.plan_text import count_lines, effect_lines
    from ringup.cli.plan_printing import MOST_DETAILED
    from ringup.cli.printing import print_changes

    if len(planned.plan.changes) <= MOST_DETAILED:
        print_changes(planned.plan.changes)
    for line in (*count_lines(planned.plan), *effect_lines(planned.plan)):
        click.echo(line)


def _carry_out(
    database: str,
    planned: "Planned",
    accounts: "Sequence[PbxAccount]",
    change: "Callable[[Plain], None]",
    *,
    yes: bool,
) -> None:
    from ringup.change.site import change_site
    from ringup.cli.restart_printing import print_ending
    from ringup.cli.settings import print_done
    from ringup.errors import UnsafeChange

    twice = _twice(planned.after, accounts)
    reasons = [*(found.sentence for found in planned.plan.unsafe), *twice]
    for reason in reasons:
        click.echo(reason, err=True)
    if not yes:
        if not is_terminal():
            raise UnsafeChange((f"{len(accounts)} lines would be adopted.",), CURE)
        if not click.confirm("Make this change?", err=True):
            raise UnsafeChange((), "")
    summary = f"adopt {len(accounts)} accounts of Asterisk"
    changed = change_site(database, change, summary, lambda _plan: None)
    print_done(changed)
    click.echo(f"Revision {changed.revision.id}.")
    print_ending(changed, None)


def _twice(site: "Site", accounts: "Sequence[PbxAccount]") -> list[str]:
    """Name the sections that Asterisk would have twice, because ringup writes them too."""
    if not site.pbx.etc or not accounts:
        return []
    places = ", ".join(f"[{each.name}] ({each.where})" for each in accounts[:5])
    more = f" and {len(accounts) - 5} more" if len(accounts) > 5 else ""
    return [
        f"ringup writes these accounts into {site.pbx.etc}, so Asterisk would have them twice. "
        f"Comment them out in your files first: {places}{more}."
    ]
