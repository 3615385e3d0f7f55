"""`ringup check`: find faults before a phone is plugged in."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option, firmware_option, json_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ringup.check.facts import Facts, OtherDhcp
    from ringup.rule import Result, Rule, Unknown
    from ringup.site.model import Site
    from ringup.store.books import BookState

    Heard = Callable[[str], OtherDhcp | Unknown | None]

SOUND, FOUND = 0, 1
"""Exit statuses; 2, as for every command, if the check could not run."""


@click.command(
    epilog="""\b
Examples:
  ringup check                          as root, before the first phone
  ringup check --interface eth0         with several interfaces
  ringup check --no-dhcp                another DHCP server gives the addresses
  ringup check --user root              with the rights of root instead of the service's user
  ringup check --ignore clock-sync      leave out one check; --list shows all codes
  ringup check --json | jq '.checks[] | select(.state == "found")'
Exit status: 0 no error (warnings do not count), 1 an error, 2 it could not run."""
)
@click.option(
    "--interface",
    default="",
    metavar="NAME",
    help="The interface that the phones are on. Default: found automatically.",
)
@click.option(
    "--dhcp/--no-dhcp", default=True, help="With --no-dhcp, another server gives out the addresses."
)
@click.option(
    "--user",
    default="",
    metavar="NAME",
    help="The user that `ringup serve` runs as. Default: the user of the installed service, or you.",
)
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave a check out; repeatable.")
@click.option("--listen/--no-listen", default=True, help="Listen four seconds for other DHCP servers.")
@click.option("--list", "list_rules", is_flag=True, help="List every check with its code, and exit.")
@click.option("--quiet", "-q", is_flag=True, help="Print only faults and warnings.")
@json_option
@firmware_option
@database_option
def check(
    interface: str,
    *,
    dhcp: bool,
    user: str,
    ignore: tuple[str, ...],
    listen: bool,
    list_rules: bool,
    quiet: bool,
    as_json: bool,
    firmware: Path,
    database: str,
) -> None:
    """Find faults that would keep phones from working: ports, firewall, network, firmware, Asterisk, clock.
    Run it as root, because other users see less. It changes nothing.
    """
    from ringup.check import report
    from ringup.check.rules import RULES

    if list_rules:
        _list(RULES.values())
        return
    refuse_unknown_checks(ignore)
    results = checked(database, firmware, interface, user, ignore, dhcp=dhcp, listen=listen)
    _print(results, as_json=as_json, quiet=quiet)
    sys.exit(FOUND if report.has_errors(results) else SOUND)


def refuse_unknown_checks(codes: "Sequence[str]") -> None:
    """Raise UsageError if one of these codes is not that of a check."""
    from ringup.check.rules import RULES

    if unknown := [code for code in codes if code not in RULES]:
        raise click.UsageError(f"There is no check {unknown[0]}. List them: ringup check --list")


def checked(
    database: str,
    firmware: Path,
    interface: str,
    user: str,
    ignore: "Sequence[str]",
    *,
    dhcp: bool,
    listen: "bool | Heard",
) -> "Sequence[Result]":
    """Return the results of all checks of the stored site; raises NoSiteYet without a site.

    `listen` says whether to listen for other DHCP servers, or returns what was heard on the interface before.
    """
    from ringup.check.probes.gather import everything
    from ringup.check.probes.quick import Places
    from ringup.check.probes.service_unit import unit_user
    from ringup.check.rules import check as judge

    site, file, nodes, addresses, books = _stored(database)
    places = Places(file, firmware, user or unit_user())
    if callable(listen):
        heard = listen(interface)
    else:
        heard = heard_on(site, interface, nodes, listen=listen and "other-dhcp" not in ignore)
    facts = everything(site, places, interface, dhcp=dhcp, other_dhcp=heard, addresses=addresses, books=books)
    return judge(facts, ignore)


def _list(rules: "Iterable[Rule[Facts]]") -> None:
    for rule in rules:
        click.echo(f"{rule.code:16} {rule.severity:8} {rule.subject}")


def _print(results: "Sequence[Result]", *, as_json: bool, quiet: bool) -> None:
    from ringup.check import report
    from ringup.cli.printing import print_json

    if as_json:
        print_json(report.record(results))
        return
    for line in report.lines(results, quiet=quiet):
        click.echo(line)
    if not quiet:
        click.echo(report.summary(results))


def _stored(database: str) -> "tuple[Site, Path | None, list[str], dict[str, str], list[BookState]]":
    """Return the site, its database file, the addresses of its nodes and of its phones by MAC, and its
    address books.

    Raises NoSiteYet without a site.
    """
    from time import time

    from ringup.change.gather import living_addresses
    from ringup.change.stored_site import opened
    from ringup.site.held import with_held
    from ringup.store.books import read_states
    from ringup.store.database import file_of
    from ringup.store.held_secrets import read_held
    from ringup.store.nodes import read_nodes
    from ringup.store.revisions import read_site

    with opened(database) as engine:
        site = with_held(read_site(engine), read_held(engine))
        nodes = [node.address for node in read_nodes(engine)]
        return site, file_of(engine), nodes, living_addresses(engine, time()), read_states(engine)


def heard_on(
    site: "Site", interface: str, nodes: "Sequence[str]" = (), *, listen: bool
) -> "OtherDhcp | Unknown | None":
    """Return the other DHCP server that answers on an interface; takes four seconds. None: no server."""
    from ringup.check.facts import Facts, OtherDhcp
    from ringup.check.probes.machine import interfaces
    from ringup.errors import BindError
    from ringup.rule import NotKnown, Unknown
    from ringup.serve.dhcp.other_server import find_other_server
    from ringup.serve.sockets import interface_named

    if not listen:
        return Unknown("not listened for (--no-listen)")
    if os.geteuid() != 0:
        return Unknown("only root can listen for them")
    facts: Facts = Facts(site, interface_name=interface, interfaces=interfaces())
    try:
        name = facts.interface().name
        found = asyncio.run(find_other_server(name, interface_named(name).mac, nodes=nodes))
    except NotKnown as error:
        return Unknown(str(error))
    except BindError as error:
        return Unknown(str(error))
    return OtherDhcp(found.server, found.tftp_server) if found else None
