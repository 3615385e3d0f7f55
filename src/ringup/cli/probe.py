"""`ringup probe`: look at a network before ringup serves it."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ringup.probe.cdp import CdpNeighbour, CdpNeighbours

EXAMPLES = """
\b
Examples:
  ringup probe --cdp eth0                  who sends CDP on eth0, and which phones a voice VLAN would move
  ringup probe --cdp eth0 --seconds 180
"""


@click.command(epilog=EXAMPLES)
@click.option("--cdp", required=True, metavar="INTERFACE", help="Listen to CDP on this interface.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True, max=3600), default=61.0, show_default=True,
    help="Listen for this long. Phones and switches send CDP every 60 s.",
)  # fmt: skip
def probe(cdp: str, seconds: float) -> None:
    """List the devices that send CDP, and the phones that `ringup serve --voice-vlan` would move.

    It only listens: no packet is sent. It needs root or CAP_NET_RAW. Ctrl-C ends it earlier, with what was
    heard until then.
    """
    from ringup.probe.cdp import listen

    click.echo(f"Listening to CDP on {cdp} for {seconds:g} s. Nothing is sent.")
    found = listen(cdp, seconds, lambda new: click.echo(_row(new)))
    click.echo("")
    for line in _conclusions(found, cdp):
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
