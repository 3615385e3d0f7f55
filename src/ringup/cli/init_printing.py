"""Print what `ringup init` found, its plan, and the results of the checks."""

import os
from collections.abc import Iterator, Sequence

import click

from ringup.change.plan_text import effect_lines, unsafe_lines
from ringup.check import report
from ringup.check.facts import OtherDhcp
from ringup.cli.printing import print_changes
from ringup.errors import for_root
from ringup.first_run.here import AsteriskHere, Here
from ringup.first_run.plan_lines import generated_lines, outside_lines
from ringup.first_run.setup_plan import SetupPlan
from ringup.rule import Result, Unknown

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def print_found(here: Here) -> None:
    """Print what was found on this machine, before the questions."""
    if os.geteuid() != 0:
        click.echo(
            f"Without root, ringup sees less: no Asterisk, no other servers. Type: {for_root('ringup init')}"
        )
    click.echo("Found on this machine:")
    for label, text in _found(here):
        click.echo(f"  {label:<12} {text}")
    click.echo()


def _found(here: Here) -> Iterator[tuple[str, str]]:
    for each in here.usable():
        router = here.router(each.name)
        more = "".join((f", router {router}" if router else "", "" if each.is_up else ", no cable"))
        yield each.name, f"{', '.join(map(str, each.addresses))}{more}"
    yield "time zone", here.zone
    yield from _asterisk(here.asterisk)
    if here.has_load:
        yield "firmware", f"{here.site.load}, in the firmware folder"
    for package in here.packages:
        yield "firmware", f"{package.load} in {package.path}"
    for phone in here.unknown:
        yield "phone", f"{phone.mac}, a {phone.model} at {phone.address}, waits for an extension"


def _asterisk(found: AsteriskHere | None) -> Iterator[tuple[str, str]]:
    if found is None:
        yield "Asterisk", "none"
        return
    version = found.version or f"does not answer; start it first: {for_root('systemctl start asterisk')}"
    yield "Asterisk", f"{version}, {found.etc}{', with FreePBX' if found.is_freepbx else ''}"
    drivers = [name for name in ("chan_pjsip.so", "chan_sip.so") if name in found.modules]
    if drivers:
        yield "", f"drivers: {', '.join(drivers)}"
    for transport in found.transports:
        yield "", f"transport {transport.name}: {transport.protocol} {transport.bind}"
    if found.sip_port:
        yield "", f"chan_sip: UDP port {found.sip_port}"
    if found.lacks_voicemail:
        yield "voicemail", "does not answer: Asterisk loads several voicemail modules"


def print_heard(interface: str, heard: OtherDhcp | Unknown | None) -> None:
    """Print who else gives out addresses on the chosen interface."""
    if isinstance(heard, OtherDhcp):
        names = f"TFTP server {heard.tftp_server}" if heard.tftp_server else "without a TFTP server"
        click.echo(f"DHCP server {heard.server} answers on {interface}, {names}.")
    elif isinstance(heard, Unknown):
        click.echo(f"Other DHCP servers on {interface}: unknown, {heard.why}.")
    else:
        click.echo(f"No other DHCP server answers on {interface}.")


def print_plan(plan: SetupPlan, *, verbose: bool) -> None:
    """Print all changes: records, one line per generated file, and the diffs of the operator's files."""
    if not plan:
        return
    print_changes(plan.records.changes)
    for file in plan.records.files if verbose else ():
        for line in file.diff.splitlines():
            click.secho(line, fg=_COLOURS.get(line[:1]))
    for line in (*generated_lines(plan), *outside_lines(plan)):
        click.secho(line, fg=_COLOURS.get(line[:1]))
    for line in effect_lines(plan.records):
        click.echo(line)
    for line in unsafe_lines(plan.records):
        click.secho(f"Unsafe: {line}", fg="red")


def print_results(results: Sequence[Result]) -> None:
    """Print the faults and warnings of the checks, then their number."""
    click.echo()
    for line in report.lines(results, quiet=True):
        click.echo(line)
    click.echo(f"Checked: {report.summary(results)}")
