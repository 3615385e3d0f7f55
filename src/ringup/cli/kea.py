"""`ringup kea`: drive a running Kea by its control socket."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import database_option

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ringup.kea.merge import KeaChange
    from ringup.site.model import Site

DEFAULT_SOCKET = "/run/kea/kea4-ctrl-socket"
DIFFERS = 1
"""The exit status of `ringup kea plan` if Kea differs from the site."""


def _socket_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--socket",
        "socket_",
        metavar="PATH",
        help=f"Kea's control socket; default: the site's `kea`, or {DEFAULT_SOCKET}.",
    )(command)


def _server_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--server", metavar="ADDRESS", help="Address of ringup's machine; default: the site's server_address."
    )(command)


def _change_options(command: Callable[..., Any]) -> Callable[..., Any]:
    no_write = click.option("--no-write", is_flag=True, help="Leave Kea's file as it is.")
    return no_write(click.option("--yes", is_flag=True, help="Change Kea without asking.")(command))


@click.group()
def kea() -> None:
    """Send phones to ringup with a running Kea, by its control socket.

    \b
    ringup kea plan
    ringup kea apply
    """


@kea.command(epilog="Example: ringup kea plan --socket /run/kea/kea4-ctrl-socket")
@_socket_option
@_server_option
@database_option
def plan(socket_: str | None, server: str | None, database: str) -> None:
    """Show what `ringup kea apply` would change, and let Kea check it.

    The exit status is 1 if Kea differs from the site.
    """
    from ringup.kea.control import KeaControl

    control = KeaControl(_socket(socket_, database))
    change = _planner(database, server)(control.config())
    if not change.lines:
        click.echo("Kea has everything that the site needs.")
        return
    control.test(change.after)
    _print(change)
    raise click.exceptions.Exit(DIFFERS)


@kea.command(epilog="Example: ringup kea apply --server 192.168.1.10 --yes")
@_change_options
@_socket_option
@_server_option
@database_option
def apply(socket_: str | None, server: str | None, database: str, *, yes: bool, no_write: bool) -> None:
    """Give Kea a class for Cisco phones with options 66 and 150, and the reservations of the site's phones.

    Each of these parts has the mark `ringup` in its user-context; nothing else is changed. Kea checks the
    configuration before it uses it, and then writes its file, in which comments are lost. With
    `ringup site set kea=PATH`, Kea follows each change of the site. `ringup kea remove` takes the parts out
    again.
    """
    socket = _socket(socket_, database)
    _drive(socket, _planner(database, server), yes=yes, no_write=no_write)


@kea.command(epilog="Example: ringup kea remove --yes")
@_change_options
@_socket_option
@database_option
def remove(socket_: str | None, database: str, *, yes: bool, no_write: bool) -> None:
    """Take out of Kea's configuration all that `ringup kea apply` put in."""
    from ringup.kea.merge import removed

    _drive(_socket(socket_, database), removed, yes=yes, no_write=no_write)


def _socket(given: str | None, database: str) -> str:
    from ringup.change.stored_site import stored_or_new_site

    return given or stored_or_new_site(database).kea or DEFAULT_SOCKET


def _drive(
    socket: str, planner: "Callable[[dict[str, Any]], KeaChange]", *, yes: bool, no_write: bool
) -> None:
    from ringup.kea.control import KeaControl
    from ringup.kea.drive import drive

    said = drive(KeaControl(socket), planner, lambda change: _approve(change, yes), write=not no_write)
    for sentence in said or ["Nothing to change."]:
        click.echo(sentence)


def _approve(change: "KeaChange", yes: bool) -> None:
    from ringup.cli.approval import is_terminal
    from ringup.errors import UnsafeChange

    _print(change)
    if yes:
        return
    if not is_terminal():
        raise UnsafeChange((), "To change Kea, add --yes.")
    if not click.confirm("Change Kea?", err=True):
        raise UnsafeChange((), "")


def _print(change: "KeaChange") -> None:
    for line in change.lines:
        click.echo(line)


def _planner(database: str, server: str | None) -> "Callable[[dict[str, Any]], KeaChange]":
    from ringup.change.stored_site import stored_or_new_site
    from ringup.kea.merge import merged

    site = stored_or_new_site(database)
    address = _server(site, server)
    return lambda config: merged(config, site, address)


def _server(site: "Site", server: str | None) -> "IPv4Address":
    from ringup.cli.snippet import server_address

    return server_address(server or str(site.server_address or ""))
