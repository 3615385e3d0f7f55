"""`ringup web`: the web page and the API, without the server for phones."""

from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import database_option, files_option, firmware_option

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

EXAMPLES = """
\b
Examples:
  ringup web                                     at http://127.0.0.1:8060/
  ringup web --bind 0.0.0.0:8060 --certificate page.pem --certificate-key page.key
  ringup web --proxy 127.0.0.1                   behind a reverse proxy on this machine
  ringup web --database postgresql://ringup@db/ringup
`ringup serve` starts this command itself; options for it stand in the [web] table of the settings file."""


def host_and_port(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int]:
    """Read HOST:PORT; raises BadParameter."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not int(port) < 65_536:
        raise click.BadParameter("it must be HOST:PORT, as in 127.0.0.1:8060.")
    return host.strip("[]"), int(port)


def _networks(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> "tuple[IPv4Network | IPv6Network, ...]":
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise click.BadParameter(f"{error}. Name an address or a network, like 10.0.0.0/24.") from error


@click.command(epilog=EXAMPLES)
@click.option(
    "--bind", default="127.0.0.1:8060", show_default=True, callback=host_and_port, metavar="HOST:PORT",
    help="Address and TCP port of the page. Until the first account exists, other machines get no page.",
)  # fmt: skip
@click.option(
    "--certificate", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Serve HTTPS with this certificate (PEM, with its chain).",
)  # fmt: skip
@click.option(
    "--certificate-key", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The private key of the certificate; without it, the key is read from the certificate's file.",
)  # fmt: skip
@click.option(
    "--proxy", "proxies", multiple=True, callback=_networks, metavar="ADDRESS",
    help="A reverse proxy whose X-Forwarded-For and X-Forwarded-Proto headers are believed; repeatable.",
)  # fmt: skip
@click.option("--log", "log_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Format of the log on standard error.")  # fmt: skip
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
@firmware_option
@files_option
@database_option
def web(log_format: str, *, bind: tuple[str, int], until_stdin_ends: bool, **options: Any) -> None:
    """Serve the web page and the REST API, until Ctrl-C.

    The first account is made with the link that this command prints, or by `ringup account add`.
    """
    from ringup.cli.main import as_typed  # which imports this file only when it is used
    from ringup.serve.log import start_log
    from ringup.web.options import WebOptions
    from ringup.web.process import run

    start_log(log_format, as_typed)
    address, port = bind
    run(WebOptions(address=address, port=port, **options), ends_with_stdin=until_stdin_ends)
