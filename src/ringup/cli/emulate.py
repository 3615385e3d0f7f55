"""`ringup emulate`: a Cisco 7940 or 7960 in software."""

import asyncio
import sys
from dataclasses import replace
from ipaddress import IPv4Interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.arguments import MAC

if TYPE_CHECKING:
    from ringup.emulator.behaviour import Variant
    from ringup.emulator.boot.dhcp import HeldLease
    from ringup.emulator.flash import Flash
    from ringup.emulator.network_host import NetworkHost
    from ringup.emulator.trunk_host import TrunkHost

EXAMPLES = """
\b
Examples:
  ringup emulate --interface phone0 --mac 001646C0FFEE
      a 7960 from the factory; its interface should have no address
  ringup emulate --interface phone0 --mac 001646C0FFEE --flash lobby.json
      the phone keeps its firmware and settings in this file
  ringup emulate --interface phone0 --mac 001646C0FFEE --application P0S3-8-12-00 --loader P003-8-12-00
      a phone that was already converted
  ringup emulate --interface phone0 --mac 001646C0FFEE --speed 10 --json
      flashes and boots ten times faster; one JSON object per line
  ringup emulate --interface phone0 --mac 001646C0FFEE --failed-writes 1 --seed 7
      writing the first image fails, so the phone fetches it again; --seed repeats times and ports
  ringup emulate --interface phone0 --mac 001646C0FFEE --cdp
      asks the switch, or ringup serve --voice-vlan, for a voice VLAN

\b
With --json it reads one JSON command per line:
  {"do": "dial", "digits": "202"}   {"do": "answer"}    {"do": "hangup"}
  {"do": "press", "digits": "1#"}   {"do": "messages"}  {"do": "play", "frequency": 800}
  {"do": "hold"}   {"do": "resume"}   {"do": "transfer", "digits": "203"}, then {"do": "transfer"}: SCCP only
  {"do": "directory"}   {"do": "services"}   {"do": "select", "entry": 1}
  {"do": "submit", "text": "ada"}   {"do": "update"}   {"do": "exit"}   {"do": "power-off"}
  {"do": "key", "key": "Soft1"}     {"do": "screenshot", "file": "phone.png"}
  {"do": "ring", "ring": "Bell"}    {"do": "listen", "file": "phone.wav", "seconds": 6}
At a terminal, type the commands as words: dial 202
"""


class AddressType(click.ParamType[IPv4Interface]):
    """An address with its prefix length."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> IPv4Interface:
        """Return ``192.0.2.10/24``, or a usage error."""
        try:
            return IPv4Interface(value)
        except ValueError:
            self.fail(f"{value!r} is not an address such as 192.0.2.10/24.", param, ctx)


@click.command(epilog=EXAMPLES)
@click.option("--interface", required=True, metavar="NAME", help="The network interface that the phone uses.")
@click.option("--mac", required=True, type=MAC, help="The phone's MAC address, in any spelling.")
@click.option("--model", type=click.Choice(["7940", "7960"]), default="7960", show_default=True)
@click.option(
    "--flash", "flash_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="The file in which the phone keeps its firmware and settings. Default: a new phone each time.",
)  # fmt: skip
@click.option(
    "--application", default="", metavar="LOAD", help="The load in flash instead of the factory's SCCP."
)
@click.option(
    "--loader",
    default="",
    metavar="LOAD",
    help="The loader in the phone's flash, instead of that of a new phone.",
)
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(min=0.1, max=10_000),
    help="Flash and boot this many times faster; retries and waits keep the real phone's times.",
)  # fmt: skip
@click.option("--keep-address", is_flag=True, help="Use DHCP, but do not change the interface's address.")
@click.option(
    "--static",
    type=AddressType(),
    metavar="ADDRESS/LENGTH",
    help="No DHCP: use this address, stored in the phone.",
)
@click.option("--tftp-server", default="", metavar="ADDRESS", help="The TFTP server stored with --static.")
@click.option("--tftp-port", default=69, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--seed", type=int, metavar="NUMBER",
    help="Seed for the times and ports that differ from boot to boot: the same seed repeats a run.",
)  # fmt: skip
@click.option(
    "--failed-writes", default=0, metavar="COUNT", type=click.IntRange(0),
    help="Let the first COUNT writes to flash fail; the phone starts over each time.",
)  # fmt: skip
@click.option(
    "--hash-key", type=click.Choice(["dials", "waits"]), default="dials", show_default=True,
    help="Dial at once on # when a rule of the dial template is complete (not known for real phones).",
)  # fmt: skip
@click.option(
    "--stimulus-bytes", type=click.Choice(["16", "8"]), default="16", show_default=True,
    help="SCCP: length of the message of the Messages button (not known for real phones).",
)  # fmt: skip
@click.option(
    "--cdp", is_flag=True,
    help="Ask for a voice VLAN by CDP for 10 s, as the real phone does, and use it with tagged frames.",
)  # fmt: skip
@click.option(
    "--admin-vlan", type=click.IntRange(1, 4094), metavar="VLAN",
    help="With --cdp: the VLAN that was set in the phone's menu, used without an answer.",
)  # fmt: skip
@click.option(
    "--urgent-counts", type=click.Choice(["reads", "refuses"]), default="reads", show_default=True,
    help="What to do with a lamp message that counts urgent messages, as the (0/0) of PJSIP (not known for "
    "real phones).",
)  # fmt: skip
@click.option(
    "--screen", "has_screen", is_flag=True,
    help="Draw the phone's display at each change. Commands press its keys: key Services, key Soft1, type "
    "ada, screenshot FILE.png.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, even at a terminal.")
@click.option("--until-eof", is_flag=True, help="Power off when standard input ends.")
def emulate(
    *,
    interface: str,
    mac: str,
    model: str,
    flash_file: Path | None,
    application: str,
    loader: str,
    speed: float,
    keep_address: bool,
    static: IPv4Interface | None,
    tftp_server: str,
    tftp_port: int,
    cdp: bool,
    has_screen: bool,
    as_json: bool,
    until_eof: bool,
    **differences: Any,
) -> None:
    """Run a Cisco 7940 or 7960 in software.

    It requests an address by DHCP, hunts for its files, flashes the firmware that it gets, registers, and
    rings, as the real phone does, including the real phone's faults.
    """
    from ringup.cli.emulate_run import Emulation, run

    if bool(static) != bool(tftp_server):
        raise click.UsageError("--static and --tftp-server belong together.")
    flash = _flash(flash_file, mac, model, application, loader)
    stored = _stored_lease(static, tftp_server) if static else None
    if differences["admin_vlan"] and not cdp:
        raise click.UsageError("--admin-vlan needs --cdp.")
    host, trunk = _host(interface, mac, keep_address=keep_address, static=stored, cdp=cdp)
    is_readable = sys.stdout.isatty() and not as_json
    variant = _variant(**differences)
    emulation = Emulation(
        flash, host, flash_file, speed, tftp_port, variant, is_readable, until_eof, trunk, has_screen
    )
    asyncio.run(run(emulation))


def _host(
    interface: str, mac: str, *, keep_address: bool, static: "HeldLease | None", cdp: bool
) -> "tuple[NetworkHost, TrunkHost | None]":
    """Return the phone's host, which is also its trunk if it asks for a voice VLAN."""
    from ringup.emulator.network_host import NetworkHost
    from ringup.emulator.trunk_host import TrunkHost

    if cdp and (keep_address or static):
        raise click.UsageError("--cdp needs an interface of its own, without --keep-address and --static.")
    trunk = TrunkHost(interface, mac) if cdp else None
    return trunk or NetworkHost(interface, mac, keep_address=keep_address, static=static), trunk


def _variant(
    *,
    seed: int | None,
    failed_writes: int,
    hash_key: str,
    stimulus_bytes: str,
    admin_vlan: int | None,
    urgent_counts: str,
) -> "Variant":
    from ringup.emulator.behaviour import HashKey, StimulusLength, UrgentCounts, Variant
    from ringup.wire.cdp import UNTAGGED

    return Variant(
        seed,
        failed_writes,
        HashKey(hash_key),
        stimulus=StimulusLength(stimulus_bytes),
        admin_vlan=admin_vlan or UNTAGGED,
        urgent_counts=UrgentCounts(urgent_counts),
    )


def _flash(path: Path | None, mac: str, model: str, application: str, loader: str) -> "Flash":
    """Return the flash contents from the file, or those of a new phone; flags override both."""
    from ringup.emulator.firmware import loader_version_of
    from ringup.emulator.flash import Flash, load

    kept = load(path) if path else None
    flash = replace(kept, mac=mac, model=model) if kept else Flash(mac, model)
    if application:
        flash = replace(flash, application=application)
    if loader:
        flash = replace(flash, loader=loader, loader_version=loader_version_of(loader))
    return flash


def _stored_lease(static: IPv4Interface, tftp_server: str) -> "HeldLease":
    from ringup.emulator.boot.dhcp import HeldLease

    return HeldLease(str(static.ip), str(static.netmask), "", "", tftp_server, "stored")
