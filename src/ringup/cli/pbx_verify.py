"""`ringup pbx verify`: compare Asterisk's accounts and dial plan with the site."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ringup.finding import Finding
    from ringup.site.model import Phone, Site


@click.command(
    epilog="""\b
Examples:
  ringup pbx verify               every phone
  ringup pbx verify 201 Lobby     the phones of these numbers, labels or MACs
  ringup pbx verify --json | jq -r '.findings[] | .where + " " + .code'
Exit status: 0 equal to the site (notes do not count), 1 a difference, 2 Asterisk did not answer."""
)
@click.argument("phones", nargs=-1, metavar="[PHONE]...")
@json_option
@database_option
def verify(phones: tuple[str, ...], *, as_json: bool, database: str) -> None:
    """Compare each line's account, as Asterisk has loaded it, with the site.

    Accounts, mailboxes, the dial plan and registrations are read over the manager interface. Each secret is
    checked by one REGISTER without Contact, which changes no registration. With pbx.freepbx, FreePBX's files
    are compared too, and each difference names the field of its interface.
    """
    from ringup.asterisk.verification import verified
    from ringup.change.by_hand import changed_by_hand
    from ringup.cli.pbx_by_hand import print_diffs
    from ringup.cli.printing import print_json
    from ringup.finding import NOTE

    site, addresses = _stored(database)
    if not (site.pbx.manager_user or site.pbx.freepbx):
        raise click.UsageError("The site names no manager user. Make one, as root: ringup pbx install --yes")
    chosen = _chosen(site, phones)
    by_hand = changed_by_hand(site)
    if not as_json:
        print_diffs(by_hand)
    findings = [each.finding for each in by_hand] + _in_freepbx(site, chosen)
    known = {(str(each.where), each.code) for each in findings}
    if site.pbx.manager_user:
        loaded = asyncio.run(verified(site, chosen, addresses))
        findings += [each for each in loaded if (str(each.where), each.code) not in known]
    ok = all(each.severity is NOTE for each in findings)
    if as_json:
        print_json({"version": 1, "ok": ok, "findings": [_record(each) for each in findings]})
    else:
        for each in findings:
            click.echo(str(each))
        count = sum(len(phone.lines) for phone in chosen)
        if ok:
            whose = "Asterisk has" if site.pbx.manager_user else "FreePBX's files have"
            click.echo(f"{whose} {count} line{'' if count == 1 else 's'} as in the site.")
    sys.exit(0 if ok else 1)


def _in_freepbx(site: "Site", phones: "Sequence[Phone]") -> "list[Finding]":
    """Return the fields that FreePBX's files show to be wrong for these phones."""
    from pathlib import Path

    from ringup.asterisk.freepbx import read_freepbx
    from ringup.asterisk.freepbx_fields import findings

    if not site.pbx.freepbx:
        return []
    found = read_freepbx(Path(site.pbx.freepbx), site.pbx.driver)
    for note in found.notes:
        click.echo(str(note), err=True)
    return findings(site.model_copy(update={"phones": tuple(phones)}), found)


def _stored(database: str) -> "tuple[Site, Mapping[str, str]]":
    """Return the site, and the address of each phone's lease by its MAC."""
    from time import time

    from ringup.change.gather import living_addresses
    from ringup.change.stored_site import opened
    from ringup.site.held import with_held
    from ringup.store.held_secrets import read_held
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        return with_held(read_site(engine), read_held(engine)), living_addresses(engine, time())


def _chosen(site: "Site", named: "Sequence[str]") -> "Sequence[Phone]":
    from ringup.change.naming import mac_of

    macs = {mac_of(site, each) for each in named}
    return [phone for phone in site.phones if not macs or phone.mac in macs]


def _record(finding: "Finding") -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "where": str(finding.where),
        "what": finding.what,
        "cure": finding.cure,
    }
