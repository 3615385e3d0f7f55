"""`ringup phone pin`, `unpin` and `pins`: which address gets a phone's files with `serve --owners pin`."""

import time
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import database_option, json_option

if TYPE_CHECKING:
    from sqlalchemy import Engine

NO_PINS = (
    "No phone is pinned. With `ringup serve --owners pin`, a phone is pinned to the first address that "
    "requests "
    "its file."
)


def _address(_context: click.Context, _argument: click.Parameter, text: str) -> str:
    try:
        return str(IPv4Address(text))
    except AddressValueError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command(epilog="Example: ringup phone pin 201 192.168.50.20")
@click.argument("phone_", metavar="PHONE", shell_complete=completion.phones)
@click.argument("address", callback=_address)
@database_option
def pin(phone_: str, address: str, database: str) -> None:
    """Give a phone's own files to this address only, with `serve --owners pin`.

    If another phone was pinned to the address, its pin is removed.
    """
    from ringup.change.stored_site import opened_to_change
    from ringup.store.pins import Pin, PinnedBy, save_pins

    with opened_to_change(database) as engine:
        mac = _mac(engine, phone_)
        save_pins(engine, [Pin(mac, address, time.time(), PinnedBy.OPERATOR)])
    click.echo(f"Phone {mac} is pinned to {address}.")


@click.command(epilog="Example: ringup phone unpin 201")
@click.argument("phone_", metavar="PHONE", shell_complete=completion.phones)
@database_option
def unpin(phone_: str, database: str) -> None:
    """Remove a phone's pin: the phone is pinned to the next address that requests its own file."""
    from ringup.change.stored_site import opened_to_change
    from ringup.store.pins import remove_pin

    with opened_to_change(database) as engine:
        mac = _mac(engine, phone_)
        was_pinned = remove_pin(engine, mac)
    click.echo(f"Phone {mac} is no longer pinned." if was_pinned else f"Phone {mac} is not pinned.")


@click.command(epilog="Example: ringup phone pins --json | jq -r '.pins[].mac'")
@json_option
@database_option
def pins(as_json: bool, database: str) -> None:
    """List the phones that are pinned to an address, by `serve --owners pin` or by hand."""
    from dataclasses import asdict

    from ringup.change.stored_site import opened
    from ringup.cli.printing import local_time, print_json, print_table
    from ringup.store.pins import read_pins

    with opened(database) as engine:
        pinned = read_pins(engine)
    if as_json:
        print_json({"pins": [asdict(each) for each in pinned]})
    elif not pinned:
        click.echo(NO_PINS)
    else:
        rows = [(each.mac, each.address, local_time(each.at), str(each.by)) for each in pinned]
        print_table(("MAC", "address", "since", "by"), rows)


def _mac(engine: "Engine", phone_: str) -> str:
    from ringup.change.lookup import phone_of
    from ringup.change.naming import mac_of
    from ringup.store.revisions import read_site

    site = read_site(engine)
    return phone_of(site, mac_of(site, phone_)).mac
