"""`ringup phone code`: the codes with which guests claim the names that wait for a phone."""

import time
from typing import TYPE_CHECKING

import click

from ringup.cli import completion
from ringup.cli.options import database_option, json_option

if TYPE_CHECKING:
    from ringup.site.guests import Guest
    from ringup.site.model import Phone

NONE = "No code is valid now, and no phone is a guest. Make a code: ringup phone code NAME"
OFF = "Guests are off, so no phone can dial a code. Switch them on: ringup site set guests=on"


@click.command(
    epilog="""\b
Examples:
  ringup phone code "Ada Lovelace" 206      make a code for each of these names
  ringup phone code                         list the codes and the guests"""
)
@click.argument("wanted", metavar="[NAME|EXTENSION]...", nargs=-1, shell_complete=completion.phones)
@json_option
@database_option
def code(wanted: tuple[str, ...], as_json: bool, database: str) -> None:
    """Make a code that a guest dials to become the phone of a name that waits for one.

    A code is valid for an hour and for one phone. `ringup site set guests=on` switches guests on.
    """
    from dataclasses import asdict

    from ringup.change.guests import code_for
    from ringup.change.stored_site import opened_to_change
    from ringup.cli.printing import local_time, print_json, print_table
    from ringup.fleet.unknown import read_unknown
    from ringup.store.guests import read_codes

    now = time.time()
    with opened_to_change(database) as engine:
        onboard = read_unknown(engine, now)
        for name in wanted:
            code_for(engine, onboard, name, now)
        codes = read_codes(engine, now)
    if as_json:
        guests = [asdict(each) for each in onboard.guests]
        print_json({"codes": [asdict(each) for each in codes], "guests": guests})
        return
    if not onboard.site.guests:
        click.echo(OFF, err=True)
    names = {phone.mac: _names(phone) for phone in onboard.site.phones}
    rows = [
        (each.code, f"dial it on a guest to make it {names.get(each.mac, each.mac)}", local_time(each.until))
        for each in codes
    ]
    rows += [_row(each) for each in onboard.guests]
    if rows:
        print_table(("code", "use", "until"), rows)
    else:
        click.echo(NONE)


def _names(phone: "Phone") -> str:
    numbers = ", ".join(line.extension for line in phone.lines)
    name = phone.label or next((line.name for line in phone.lines if line.name), "")
    return f"{name} ({numbers})" if name else numbers


def _row(guest: "Guest") -> tuple[str, str, str]:
    from ringup.cli.printing import local_time

    if guest.blocked_until:
        return "", f"{guest.mac} is blocked after {guest.wrong} wrong codes", local_time(guest.blocked_until)
    return guest.code, f"shown by {guest.mac}: ringup claim {guest.code} NAME", local_time(guest.code_until)
