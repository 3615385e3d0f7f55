"""`ringup snippet`: lines for another DHCP server."""

from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option

if TYPE_CHECKING:
    from ipaddress import IPv4Address

KINDS = ("isc", "kea", "dnsmasq", "mikrotik", "windows", "ios")


@click.command(
    epilog="""\b
Examples:
  ringup snippet dnsmasq
  ringup snippet kea --server 192.168.1.10
  ringup snippet isc > /etc/dhcp/phones.conf"""
)
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--server", metavar="ADDRESS", help="Address of ringup's machine; default: the site's server_address."
)
@database_option
def snippet(kind: str, server: str | None, database: str) -> None:
    """Print configuration lines for another DHCP server, which send the phones to ringup for their files.

    Phones with an address in the site get a reservation. ringup then runs with --no-dhcp.
    """
    from ringup.change.stored_site import stored_or_new_site
    from ringup.render.dhcp_snippets import SNIPPETS

    site = stored_or_new_site(database)
    row = SNIPPETS[kind]
    click.echo(row.render(site, server_address(server or str(site.server_address or ""))), nl=False)
    tried = "" if row.is_tried else " Made from its documentation, and not tried."
    click.echo(f"For {row.title}: {row.where}.{tried} Then: ringup serve --no-dhcp", err=True)


def server_address(text: str) -> "IPv4Address":
    """Return the address of ringup's machine for another DHCP server; raises UsageError."""
    from ipaddress import AddressValueError, IPv4Address

    try:
        return IPv4Address(text)
    except AddressValueError:
        cure = "Name the address of ringup's machine: --server 192.168.1.10"
        what = f"{text!r} is not an IPv4 address." if text else "The site has no server_address."
        raise click.UsageError(f"{what} {cure}") from None
