"""What `ringup probe` prints: each answer as it arrives, then what would stop a phone."""

import textwrap

import click

from ringup.probe.boot_files import BootFile, FileResult
from ringup.probe.offers import DhcpOffer
from ringup.probe.report import ProbeReport, worst_first
from ringup.probe.run import ProbeOptions, ProbeProgress

WIDTH = 80
COLORS = {"error": "red", "warning": "yellow", "note": "blue"}


def silence() -> ProbeProgress:
    """Return the progress that prints nothing, for `--json`."""
    return ProbeProgress(lambda _offer: None, lambda _server: None, lambda _file: None)


def announced(options: ProbeOptions) -> ProbeProgress:
    """Say what is asked, and return the progress that prints each answer."""
    if not options.server:
        invented = "" if options.is_known else ", an invented MAC"
        click.echo(f"DHCP on {options.interface}, as a {options.model} ({options.mac}{invented}):")
    return ProbeProgress(
        lambda offer: click.echo("\n".join(offer_lines(offer))),
        lambda server: click.echo(f"Files from TFTP server {server}:"),
        lambda file: click.echo(file_line(file)),
    )


def offer_lines(offer: DhcpOffer) -> list[str]:
    """Return an offer in two lines."""
    named = [
        f"option 150 {', '.join(offer.option_150)}" if offer.option_150 else "no option 150",
        f"option 66 {offer.option_66}" if offer.option_66 else "no option 66",
        f"siaddr {offer.next_server}" if offer.next_server else "no siaddr",
        *([f"sname {offer.server_name}"] if offer.server_name else []),
        *([f"file {offer.boot_file}"] if offer.boot_file else []),
    ]
    relay = f" through relay {offer.relay}" if offer.relay else ""
    first = f"  {offer.server} ({offer.mac}){relay} offers {offer.address} after {offer.seconds:.1f} s"
    text = textwrap.wrap(", ".join(named), WIDTH, initial_indent="    ", subsequent_indent="    ")
    return [first, *text, f"    a phone takes TFTP server {offer.tftp} ({offer.tftp_source})"]


def file_line(file: BootFile) -> str:
    """Return the answer for one file in a line."""
    result = {
        FileResult.FOUND: f"{file.size:,} bytes",
        FileResult.ABSENT: "not there",
        FileResult.REFUSED: f"refused, {file.answer}",
        FileResult.EMPTY: "empty",
        FileResult.SILENT: "no answer",
    }[file.result]
    line = f"  {file.name:25} {result}"
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def print_conclusion(report: ProbeReport) -> None:
    """Print what would stop the phone, or that nothing would."""
    click.echo("")
    if report.taken and len(report.offers) > 1:
        click.echo(f"A phone takes the first offer, that of {report.taken.server}.")
    for finding in worst_first(report.findings):
        label = click.style(f"{finding.severity.value}:", fg=COLORS[finding.severity.value], bold=True)
        click.echo(f"{label} {finding.where}")
        for text in (finding.what, finding.cure):
            click.echo(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  "))
    if report.is_sound:
        whose = "This phone" if report.is_known else "A phone that is added"
        text = f"{whose} would get its load and its files. Whether it registers depends on the PBX."
        click.echo(textwrap.fill(text, WIDTH))
