"""`ringup probe`: look at a network before ringup serves it."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import json_option

if TYPE_CHECKING:
    from ringup.probe.cdp import CdpNeighbour, CdpNeighbours
    from ringup.probe.run import ProbeOptions

EXAMPLES = """
\b
Examples:
  ringup probe                             ask the network as a 7960 does: DHCP, then each boot file
  ringup probe --interface eth0 --as 7940 --mac 001646C0FFEE
  ringup probe --tftp 192.168.1.10         the files only; needs no root
  ringup probe --pcap boot.pcap --json
  ringup probe --cdp eth0                  who sends CDP on eth0, and which phones a voice VLAN would move
Exit status: 0 a phone would come up, 1 it would not, 2 the probe could not run.
"""
CDP_SECONDS, DHCP_SECONDS = 61.0, 6.0
"""Seconds to listen by default: CDP is sent every 60 s; a phone repeats DISCOVER after 4 s."""


@click.command(epilog=EXAMPLES)
@click.option(
    "--interface",
    default="",
    metavar="NAME",
    help="The interface that the phones are on. Default: the only one with an address.",
)
@click.option(
    "--as",
    "model",
    type=click.Choice(["7960", "7940"]),
    default="7960",
    show_default=True,
    help="The model to ask as.",
)
@click.option(
    "--mac",
    default="",
    metavar="MAC",
    help="The MAC of a real phone. Default: an invented one, the same at each probe of this machine.",
)
@click.option("--tftp", default="", metavar="ADDRESS", help="Ask this TFTP server, and no DHCP server.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=69, show_default=True, help="The port of --tftp."
)
@click.option(
    "--pcap",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the packets into this file, for Wireshark.",
)
@click.option("--cdp", default="", metavar="INTERFACE", help="Only listen to CDP on this interface.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True, max=3600),
    help=f"Wait this long for offers, or listen to CDP this long. [default: {DHCP_SECONDS:g}, with --cdp "
    f"{CDP_SECONDS:g}]",
)
@json_option
def probe(
    *,
    interface: str,
    model: str,
    mac: str,
    tftp: str,
    port: int,
    pcap: Path | None,
    cdp: str,
    seconds: float | None,
    as_json: bool,
) -> None:
    """Ask a network as a phone would, without ringup serving it, and say what would stop the phone.

    It sends DHCPDISCOVER as a 7960 does, but takes no lease. It lists each server that answers and what it
    names, then requests every boot file from the TFTP server that a phone would choose. DHCP needs root. A
    DHCP server on this same machine does not hear the probe. A ringup server shows the probe as an unknown
    phone, and gives the files of its phones to these phones only.

    With --cdp, it lists the devices that send CDP, and the phones that `ringup serve --voice-vlan` would
    move; it sends nothing. Ctrl-C ends it earlier, with what was heard until then.
    """
    if cdp:
        if as_json or pcap:
            raise click.UsageError("--cdp has neither --json nor --pcap.")
        _listen_to_cdp(cdp, seconds or CDP_SECONDS)
        return
    from ringup.probe.run import ProbeOptions

    name, asked = _asked(interface, mac)
    options = ProbeOptions(name, asked, model, bool(mac), seconds or DHCP_SECONDS, tftp, port, pcap)
    _probe(options, as_json=as_json)


def _asked(interface: str, mac: str) -> tuple[str, str]:
    """Return the interface, and the MAC to ask with."""
    from ringup.probe.run import invented_mac
    from ringup.serve.interfaces import choose
    from ringup.wire.mac import parse

    chosen = choose(interface)
    return chosen.name, parse(mac) if mac else invented_mac(chosen.mac)


def _probe(options: "ProbeOptions", *, as_json: bool) -> None:
    from ringup.cli import probe_printing as printing
    from ringup.cli.printing import print_json
    from ringup.probe.run import run

    progress = printing.silence() if as_json else printing.announced(options)
    report = asyncio.run(run(options, progress))
    if as_json:
        print_json(report.record())
    else:
        printing.print_conclusion(report)
    sys.exit(0 if report.is_sound else 1)


def _listen_to_cdp(interface: str, seconds: float) -> None:
    from ringup.probe.cdp import listen

    click.echo(f"Listening to CDP on {interface} for {seconds:g} s. Nothing is sent.")
    found = listen(interface, seconds, lambda new: click.echo(_row(new)))
    click.echo("")
    for line in _conclusions(found, interface):
        click.echo(line)


def _row(found: "CdpNeighbour") -> str:
    from ringup.wire.cdp import NO_VLAN

    kind = "phone" if found.is_phone else "other"
    names = ", ".join(text for text in (found.platform, found.device, found.software, found.port) if text)
    vlan = f", announces voice VLAN {found.voice_vlan}" if found.voice_vlan != NO_VLAN else ""
    asks = ", asks for a voice VLAN" if found.would_move else ""
    return f"  {kind}  {found.mac}  {names}{vlan}{asks}"


def _conclusions(found: "CdpNeighbours", interface: str) -> list[str]:
    """Return what follows for `ringup serve --voice-vlan`."""
    if not found.phones and not found.others:
        return [
            f"No device sent CDP on {interface}. A switch that speaks CDP does not forward the phones' "
            "announcements, and a phone without power sends none."
        ]
    moved = [phone for phone in found.phones if phone.would_move]
    if found.others:
        other = found.others[0]
        return [
            f"{other.device or other.mac} ({other.platform}) sends CDP on {interface}, so ringup serve "
            "--voice-vlan would not answer phones here. Set the voice VLAN on that switch."
        ]
    if not moved:
        return [
            f"No phone on {interface} asks for a voice VLAN, so ringup serve --voice-vlan would not move a "
            "phone."
        ]
    return [
        f"ringup serve --voice-vlan {interface}:VLAN would move {len(moved)} phone{'s'[: len(moved) > 1]}:",
        *(f"  {phone.mac}  {phone.platform}" for phone in moved),
    ]
