"""`ringup demo`: a private network on this machine, from two phones in the box to a call."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from ringup.cli.options import json_option

EXAMPLES = """
\b
Examples:
  ringup demo                                    watch it; Ctrl-C ends it
  ringup demo --once                             end after the call
  ringup demo --once --json --asterisk 16 --driver chan_sip
  ringup demo --asterisk 16 --protocol mixed     a SIP phone and an SCCP phone
  ringup demo --fault rewrite-contact            see the symptoms of a common mistake, and the cure

RINGUP_ASTERISK=/usr/sbin/asterisk uses the machine's Asterisk instead of a private one.
"""


def cache_folder() -> Path:
    """Return the folder of the Asterisk sandboxes: RINGUP_CACHE, or the user's cache folder."""
    if named := os.environ.get("RINGUP_CACHE"):
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home else Path.home() / ".cache") / "ringup"


def _describe_faults(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from ringup.demo.faults import FAULTS

    for name, fault in FAULTS.items():
        click.echo(f"{name:20} {fault.title}:\n{'':20} {fault.shows}.")
    ctx.exit()


@click.command(epilog=EXAMPLES)
@click.option("--asterisk", type=click.Choice(["16", "22"]), default="22", show_default=True)
@click.option(
    "--driver", type=click.Choice(["pjsip", "chan_sip"]), default="pjsip", show_default=True,
    help="The SIP channel driver; chan_sip needs --asterisk 16.",
)  # fmt: skip
@click.option(
    "--protocol", type=click.Choice(["sip", "sccp", "mixed"]), default="sip", show_default=True,
    help="The phones' protocol; mixed: one phone of each. SCCP needs --asterisk 16.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="End after the call and the message.")
@json_option
@click.option(
    "--speed", type=click.FloatRange(1, 1000), default=10.0, show_default=True,
    help="How many times faster than a real phone the phones flash and boot; the protocols keep their "
    "real times.",
)  # fmt: skip
@click.option(
    "--seed", type=int, metavar="NUMBER",
    help="Seed for the phones' random times and ports: the same seed repeats a run.",
)  # fmt: skip
@click.option("--fault", default="", metavar="NAME", help="Run with this fault; --faults lists them.")
@click.option(
    "--faults", is_flag=True, is_eager=True, expose_value=False, callback=_describe_faults,
    help="List the faults.",
)  # fmt: skip
@click.option(
    "--capture", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write every packet of the run to a pcap file (needs dumpcap).",
)  # fmt: skip
@click.option(
    "--sandbox", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="A private Asterisk made by tools/asterisk-sandbox; built if absent.",
)  # fmt: skip
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Keep databases, logs and PBX files in this folder. Default: delete them.",
)  # fmt: skip
def demo(
    *,
    asterisk: str,
    driver: str,
    protocol: str,
    once: bool,
    as_json: bool,
    speed: float,
    seed: int | None,
    fault: str,
    capture: Path | None,
    sandbox: Path | None,
    keep: Path | None,
) -> None:
    """Build a private network with Asterisk, the server and two Cisco 7960s in software, and watch.

    The phones come out of the box with SCCP firmware. They get an address, take the SIP firmware, fetch their
    files, register and call each other. No packet leaves this machine, and no file stays on it.
    """
    from ringup.demo import isolation

    arguments: dict[str, Any] = {
        "asterisk": asterisk,
        "driver": driver,
        "protocol": protocol,
        "speed": speed,
        "seed": seed,
        "fault": fault,
        "capture": capture.absolute() if capture else None,
    }
    _check(asterisk, driver, protocol, fault)
    if isolation.isolated():
        _run_inside(arguments, Path(os.environ["RINGUP_SANDBOX"]), keep, once=once, as_json=as_json)
        return
    os.environ["RINGUP_SANDBOX"] = str(_ready_sandbox(asterisk, sandbox))
    sys.exit(isolation.run_inside([sys.executable, "-m", "ringup", *sys.argv[1:]]))


def _check(asterisk: str, driver: str, protocol: str, fault: str) -> None:
    """Refuse flags that contradict each other, before anything is built."""
    from ringup.demo.faults import FAULTS
    from ringup.demo.plan import TRANSPORTS, WITH_SCCP

    if driver not in TRANSPORTS[asterisk]:
        raise click.UsageError(f"Asterisk {asterisk} has no {driver}. Use --asterisk 16, or --driver pjsip.")
    if protocol != "sip" and asterisk not in WITH_SCCP:
        raise click.UsageError(f"Asterisk {asterisk} has no chan_skinny for SCCP. Use --asterisk 16.")
    if fault and protocol != "sip":
        raise click.UsageError("The faults need SIP phones. Use --protocol sip, or no --fault.")
    if not fault:
        return
    if fault not in FAULTS:
        raise click.UsageError(f"There is no fault {fault!r}. Choose from {', '.join(FAULTS)}.")
    if driver not in FAULTS[fault].drivers:
        drivers = " or ".join(FAULTS[fault].drivers)
        raise click.UsageError(f"The fault {fault} needs {drivers}. Use --driver {drivers}.")


def _ready_sandbox(asterisk: str, named: Path | None) -> Path:
    """Return the folder of the private Asterisk, built now if it is missing.

    Return an empty path for this machine's own Asterisk.
    """
    from ringup.asterisk import sandbox

    if os.environ.get("RINGUP_ASTERISK"):
        return sandbox.NATIVE
    folder = (named or cache_folder() / f"asterisk-{asterisk}").absolute()
    sandbox.build(asterisk, folder)
    return folder


def _run_inside(
    arguments: dict[str, Any], sandbox: Path, keep: Path | None, *, once: bool, as_json: bool
) -> None:
    from ringup.cli.demo_screen import show
    from ringup.cli.printing import print_json
    from ringup.demo import isolation
    from ringup.demo.plan import DemoPlan

    isolation.prepare()
    state = keep.absolute() if keep else isolation.STATE
    plan = DemoPlan(sandbox=sandbox, state=state, **arguments)
    try:
        result = asyncio.run(show(plan, once=once, quiet=as_json))
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("\nStopped; the network and its files are removed.", err=True)
        sys.exit(130)
    if as_json:
        print_json(result)
    sys.exit(0 if result["ok"] else 1)
