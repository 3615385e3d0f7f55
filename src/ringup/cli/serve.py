"""`ringup serve`: the daemon."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import database_option, files_option, firmware_option
from ringup.wire.cdp import UNTAGGED

if TYPE_CHECKING:
    from ringup.serve.owners.source import OwnerSource

LONGEST_NODE_NAME = 64
"""Maximum length of a node's name: the database's column has this size, and no host name is longer."""

EXAMPLES = """
\b
Examples:
  ringup serve --interface eth0
  ringup serve --interface eth0 --user ringup      give up root once the sockets are open
  ringup serve --interface eth0 --no-dhcp          another DHCP server gives the addresses
  ringup serve --interface eth0 --no-dhcp --owners leases:/var/lib/misc/dnsmasq.leases
  ringup serve --interface eth0 --sntp             phones get the time from this machine, too
  ringup serve --interface eth0.110 --voice-vlan eth0:110     phones on eth0 get voice VLAN 110
  ringup serve --interface eth0 --metrics 127.0.0.1:9469
  ringup serve --interface eth0 --web 192.168.1.10:8060
  ringup serve --interface eth0 --log json | jq .
"""


def _host_and_port(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int] | None:
    host, _, port = text.rpartition(":")
    if not text:
        return None
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise click.BadParameter("it must be HOST:PORT, as in 127.0.0.1:9469.")
    return host.strip("[]"), int(port)


def _web_place(context: click.Context, option: click.Parameter, text: str) -> str:
    _host_and_port(context, option, text)
    return text


def _voice_vlan(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int] | None:
    if not text:
        return None
    interface, _, vlan = text.rpartition(":")
    if not interface or not vlan.isascii() or not vlan.isdecimal() or int(vlan) > UNTAGGED:
        raise click.BadParameter(
            "it must be INTERFACE:VLAN, as in eth0:110. VLAN is 1 to 4094, 0 for a priority tag only, or 4095"
            " for no tag."
        )
    return interface, int(vlan)


def _node_name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if len(text) > LONGEST_NODE_NAME or not text.isprintable():
        raise click.BadParameter(f"it must be printable and have at most {LONGEST_NODE_NAME} characters.")
    return text


def _owner_source(_context: click.Context, _option: click.Parameter, text: str) -> "OwnerSource | None":
    if not text:
        return None
    from ringup.serve.owners.source import read_source

    try:
        return read_source(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog=EXAMPLES)
@click.option(
    "--interface",
    default="",
    metavar="NAME",
    help="The interface that the phones are on; required if the machine has several.",
)
@database_option
@firmware_option
@files_option
@click.option(
    "--directory", multiple=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="CSV or vCard file, or Asterisk's voicemail.conf, with names for the phones' Directory button; "
    "repeatable. It is read again when it has changed.",
)  # fmt: skip
@click.option("--user", default="", metavar="NAME", help="Become this user once the sockets are open.")
@click.option("--dhcp/--no-dhcp", default=True, help="Give out addresses.")
@click.option("--tftp/--no-tftp", default=True, help="Serve files over TFTP.")
@click.option("--http/--no-http", default=True, help="Serve the same files over HTTP.")
@click.option(
    "--listen/--no-listen", default=True,
    help="Listen to the phones' CDP announcements, and to the SIP of a PBX on this machine.",
)  # fmt: skip
@click.option(
    "--sntp/--no-sntp", default=False,
    help="Send this machine's time to phones, on UDP port 123; for machines without an NTP server.",
)  # fmt: skip
@click.option(
    "--trust-clock", is_flag=True,
    help="With --sntp: send the time even if no program synchronises the clock.",
)  # fmt: skip
@click.option(
    "--voice-vlan", default="", callback=_voice_vlan, metavar="INTERFACE:VLAN",
    help="Answer the CDP queries of Cisco phones on this interface, so that all of them move to this voice "
         "VLAN. Use it only where no switch sends CDP. First list the phones with `ringup probe --cdp "
         "INTERFACE`. VLAN 0: a"
    " priority tag only; 4095: no tag. Default: off.",
)  # fmt: skip
@click.option("--pbx/--no-pbx", default=True, help="Write Asterisk's files and follow its events.")
@click.option(
    "--events/--no-events", default=True,
    help="Store and log each phone's events. With --no-events, `ringup watch` and `ringup status` have"
    " nothing to show; server faults are still logged.",
)  # fmt: skip
@click.option(
    "--keep-days",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=1),
    metavar="DAYS",
    help="Keep every event for this many days. Of older events, only each phone's last boots and failures "
    "are kept.",
)
@click.option(
    "--keep-megabytes", default=2000, show_default=True, type=click.IntRange(min=10), metavar="MB",
    help="Delete events earlier if the database grows beyond this size.",
)  # fmt: skip
@click.option("--serve-all", is_flag=True, help="Give addresses to every client, not only to Cisco phones.")
@click.option(
    "--probe/--no-probe",
    default=True,
    help="Probe a pool address by ARP or ping before it is first offered.",
)
@click.option(
    "--allow-other-dhcp", is_flag=True, help="Start even if another DHCP server answers on this network."
)
@click.option(
    "--owners", default="", callback=_owner_source, metavar="HOW",
    help="How ringup finds out which phone an address belongs to: a phone's own file goes to that phone "
    "only. leases:FILE reads the lease file of another DHCP server (Kea, ISC dhcpd or dnsmasq). "
    "neighbours reads the MAC of a host on this network from the kernel. pin does the same, and for "
    "a phone behind a router accepts the first address that requests its file (`ringup phone pins`). "
    "open sends every file to every host. Default: ringup's own leases; with --no-dhcp: neighbours.",
)  # fmt: skip
@click.option(
    "--node", default="", callback=_node_name, metavar="NAME",
    help="Name of this server, if several share a PostgreSQL database. Default: the host name.",
)  # fmt: skip
@click.option(
    "--tftp-port", default=69, show_default=True, type=click.IntRange(1, 65535),
    help="UDP port for TFTP requests. Phones use 69.",
)  # fmt: skip
@click.option(
    "--first-reply-port", default=0, type=click.IntRange(0, 65527), metavar="PORT",
    help="First of the nine UDP ports for transfers; 0 lets the kernel choose.",
)  # fmt: skip
@click.option(
    "--http-port", "http_ports", multiple=True, type=click.IntRange(1, 65535), metavar="PORT",
    help="Port to serve HTTP on; repeatable. Default: 6970 and 80, those that are free.",
)  # fmt: skip
@click.option(
    "--metrics", default="", callback=_host_and_port, metavar="HOST:PORT",
    help="Serve Prometheus metrics at http://HOST:PORT/metrics. Default: off.",
)  # fmt: skip
@click.option(
    "--web", default="", callback=_web_place, metavar="HOST:PORT",
    help="Address of the web page. Default: 127.0.0.1:8060. Its other options are those of `ringup web`.",
)  # fmt: skip
@click.option("--no-web", is_flag=True, help="Serve no web page.")
@click.option(
    "--log", "log_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Format of the log on standard error.",
)  # fmt: skip
def serve(log_format: str, **options: Any) -> None:
    """Give phones their addresses and files, and keep Asterisk's files up to date.

    It needs root to open the sockets (UDP 67 and 69, TCP 80, and raw replies to phones that have no address
    yet); with --user it gives up root right after. Ctrl-C or SIGTERM stops it cleanly.
    """
    from ringup.cli.main import as_typed  # which imports this file only when it is used
    from ringup.serve.life import run
    from ringup.serve.log import start_log
    from ringup.serve.options import Options

    start_log(log_format, as_typed)
    run(Options(**options))
