"""`ringup report`: one file about one phone, to attach to a bug report or a question; secrets are masked."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import database_option, firmware_option
from ringup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from ringup.site.model import Site


@click.command(
    epilog="""\b
Examples:
  ringup report 201                       writes ringup-report-001646C0FFEE.zip
  ringup report 201 --output larry.zip
  ringup report 201 --no-check            without the checks of this machine"""
)
@click.argument("phone", metavar="PHONE", shell_complete=completion.phones)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write. Default: ringup-report-MAC.zip in this folder.",
)
@click.option("--check/--no-check", default=True, help="Check this machine as `ringup check` does.")
@firmware_option
@database_option
def report(phone: str, *, output: Path | None, check: bool, firmware: Path, database: str) -> None:
    """Write all that is known about one phone into one ZIP file: the diagnosis, its events, the ladder
    diagram, its rendered files, the versions and the results of the checks.

    Passwords and PINs are masked. Names, numbers and addresses are not: read the file before you publish it.
    """
    from ringup.change.stored_site import opened
    from ringup.fleet.report import zipped
    from ringup.site.scrub import secrets_of
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        site = read_site(engine)
        mac, texts = _texts(engine, site, phone, firmware)
        if check:
            texts["checks.txt"] = _checks(engine, site, firmware)
    place = output or Path(f"ringup-report-{mac}.zip")
    _write(place, zipped(texts, secrets_of(site)))
    click.echo(f"{place}: {', '.join(texts)}.")
    click.echo("Passwords and PINs are masked; names, numbers and addresses are not.")


def _texts(engine: "Engine", site: "Site", named: str, firmware: Path) -> "tuple[str, dict[str, str]]":
    from ringup.change.naming import mac_of
    from ringup.cli.why_evidence import TimeFormat
    from ringup.fleet.glance import read_fleet
    from ringup.fleet.judging import judged, pbx_answers, title_of
    from ringup.fleet.report import report_texts

    mac, fleet = mac_of(site, named), read_fleet(engine, time.time())
    ((evidence, diagnosis),) = judged(engine, site, fleet, firmware, [mac], {mac: pbx_answers(site, [mac])})
    if diagnosis.state == "never_heard" and site.phone(mac) is None:
        raise click.ClickException(
            f"{mac} is not in the site and has sent no packets. Add it: ringup phone add {mac}"
        )
    title = title_of(site.phone(mac), mac)
    texts = report_texts(engine, evidence, diagnosis, title, TimeFormat(0.0))
    return mac, {**texts, **_phone_files(site, mac, firmware)}


def _phone_files(site: "Site", mac: str, firmware: Path) -> "Mapping[str, str]":
    """Return the phone's rendered files, their secrets masked."""
    from ringup.cli.options import DEFAULT_SERVER
    from ringup.files.of_phone import phone_files
    from ringup.render.masked import masked

    if site.phone(mac) is None:
        return {}
    found = phone_files(site, mac, str(site.server_address or DEFAULT_SERVER), firmware)
    return {f"files/{name}": masked(data.decode("latin-1")) for name, data in found.items()}


def _checks(engine: "Engine", site: "Site", firmware: Path) -> str:
    from ringup.check.probes.gather import everything
    from ringup.check.probes.quick import Places
    from ringup.check.probes.service_unit import unit_user
    from ringup.check.report import lines, summary
    from ringup.check.rules import check as judge
    from ringup.rule import Unknown
    from ringup.store.books import read_states
    from ringup.store.database import file_of

    places = Places(file_of(engine), firmware, unit_user())
    not_heard = Unknown("not listened for")
    facts = everything(
        site,
        places,
        "",
        dhcp=bool(site.subnets),
        other_dhcp=not_heard,
        addresses={},
        books=read_states(engine),
    )
    results = judge(facts, ())
    return "\n".join([*lines(results), summary(results), ""])


def _write(place: Path, data: bytes) -> None:
    try:
        place.write_bytes(data)
    except OSError as error:
        fact = error.strerror or str(error)
        raise OutsideError(f"writing {place}", fact, "Name another file with --output.") from error
