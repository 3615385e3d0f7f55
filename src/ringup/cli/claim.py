"""`ringup claim`: bind a phone that was heard and is not in the site to a record."""

import click

from ringup.cli import completion
from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.options import database_option


@click.command(
    epilog="""\b
Examples:
  ringup claim 001646C0FFEE 205             the record with extension 205, or a new one
  ringup claim 192.168.1.107 "Ada Lovelace"     the phone that has this address
  ringup claim 001646C0FFEE 206 --name Lobby
  ringup claim 481516 205                   the guest that shows this code on its screen
`ringup watch` and `ringup status` show the unknown phones with their model."""
)
@click.argument("phone", metavar="MAC|ADDRESS|CODE", shell_complete=completion.unknown_macs)
@click.argument("wanted", metavar="NAME|EXTENSION", shell_complete=completion.phones)
@click.option("--name", default="", help="Caller name of a new record.")
@dry_run_option
@yes_option
@database_option
def claim(phone: str, wanted: str, name: str, *, yes: bool, database: str) -> None:
    """Bind an unknown phone to a name or an extension.

    A record waits for its phone as long as nothing was heard of its MAC: then the record gets the MAC and the
    model of this phone, and keeps its lines and passwords. If no record has the extension, a new one is made.
    The phone requests its file again every 31 s, so it needs no restart. A guest has a file, so it gets a
    check-sync, and restarts.
    """
    import time

    from ringup.change.lookup import phone_of
    from ringup.change.onboarding import claim as bind
    from ringup.change.onboarding import unknown_phone
    from ringup.change.stored_site import opened
    from ringup.cli.settings import print_done
    from ringup.fleet.unknown import read_unknown

    now = time.time()
    with opened(database) as engine:
        onboard = read_unknown(engine, now)
    found = unknown_phone(onboard, phone, now)
    changed = bind(database, found, onboard, wanted, name, Approval(yes), now)
    record = phone_of(changed.site, found.mac)
    numbers = ", ".join(line.extension for line in record.lines)
    click.echo(f"Phone {found.mac} ({record.model}) is {numbers} now, in revision {changed.revision.id}.")
    print_done(changed)
