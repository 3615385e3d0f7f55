"""`ringup render`: print the exact bytes a phone, or Asterisk, gets."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import DEFAULT_SERVER, database_option, firmware_option
from ringup.cli.reveal import note_if, reveal_option
from ringup.render.masked import masked

if TYPE_CHECKING:
    from ringup.site.model import Site


@click.command(
    epilog="""\b
Examples:
  ringup render 001646C0FFEE                          this phone's files, and their sizes
  ringup render 001646C0FFEE SIP001646C0FFEE.cnf      one file, passwords masked
  ringup render --reveal 001646C0FFEE SIPDefault.cnf  the exact bytes
  ringup render --pbx ringup_pjsip.conf               a file for Asterisk"""
)
@click.argument("whose", metavar="[PHONE]", required=False, shell_complete=completion.phones)
@click.argument("name", required=False)
@click.option("--pbx", is_flag=True, help="Asterisk's files instead of a phone's; the only argument is NAME.")
@click.option("--server", default="", metavar="ADDRESS", help="The server's address, as the phones reach it.")
@reveal_option("Print passwords and PINs in plain text.")
@firmware_option
@database_option
def render(
    whose: str | None,
    name: str | None,
    *,
    pbx: bool,
    server: str,
    reveal: bool,
    firmware: Path,
    database: str,
) -> None:
    """Print the bytes of one file that a phone gets, or list its files."""
    from ringup.change.naming import mac_of
    from ringup.change.stored_site import stored_site
    from ringup.files.of_phone import phone_files

    site = stored_site(database)
    if pbx:
        name = whose
        files = _pbx_files(site)
    elif whose is None:
        raise click.UsageError("Name a phone, or give --pbx.")
    else:
        mac = _known(site, mac_of(site, whose))
        server = server or str(site.server_address or "")
        files = phone_files(site, mac, server or DEFAULT_SERVER, firmware)
    if name is None:
        for file, data in files.items():
            click.echo(f"{len(data):6}  {file}")
        return
    if name not in files:
        raise click.UsageError(f"There is no file {name}. Choose from {', '.join(files)}.")
    note_if(reveal, database, f"the file {name}")
    _print_file(files[name], reveal=reveal)
    if not pbx and not server and DEFAULT_SERVER.encode() in files[name]:
        click.echo(
            f"{DEFAULT_SERVER} stands for the server's address. Set it with --server ADDRESS, or for all "
            "commands with ringup site set server_address=ADDRESS",
            err=True,
        )


def _known(site: "Site", mac: str) -> str:
    if site.phone(mac) is None:
        raise click.UsageError(f"There is no phone {mac}. See: ringup phone list")
    return mac


def _print_file(data: bytes, *, reveal: bool) -> None:
    # Latin-1 keeps every byte unchanged, in any encoding of the file.
    text = data.decode("latin-1")
    shown = text if reveal else masked(text)
    click.echo(shown.encode("latin-1"), nl=False)
    if shown != text:
        click.echo("Passwords are masked; --reveal prints the exact bytes.", err=True)


def _pbx_files(site: "Site") -> dict[str, bytes]:
    from ringup.asterisk.install import contents

    return {name: text.encode() for name, text in contents(site).items()}
