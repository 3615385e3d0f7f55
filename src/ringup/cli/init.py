"""`ringup init`: set a site up by a short conversation, and follow the first phone."""

from pathlib import Path

import click

from ringup.cli.options import database_option, firmware_option

EXAMPLES = """
\b
Examples:
  ringup init                                      asks; each question has a default
  ringup init --dry-run                            show the defaults and what they would change
  ringup init --yes --package P0S3-8-12-00.zip --phone 001646C0FFEE --extension 201 --fix-modules --serve
  ringup init --yes --auto 301-320                 unknown phones get these extensions until tomorrow
  ringup init --no-dhcp                            another server gives out the addresses
Run it again to change an answer: everything else stays as it is.
Exit status: 0 a phone can come up, 1 `ringup check` found an error, 2 it failed, 3 it was not confirmed.
"""


@click.command(epilog=EXAMPLES)
@click.option("--interface", metavar="NAME", help="The interface that the phones are on.")
@click.option(
    "--dhcp/--no-dhcp",
    default=None,
    help="Give out addresses. Default: yes, unless another DHCP server answers.",
)
@click.option(
    "--network",
    metavar="NETWORK",
    help="Network, pool and router: 10.0.0.0/24:10.0.0.100-10.0.0.199:10.0.0.1",
)
@click.option("--time-zone", metavar="ZONE", help="The phones' time zone. Default: that of this machine.")
@click.option(
    "--sntp/--no-sntp",
    default=None,
    help="Send this machine's time to phones. Default: yes, if its clock is synchronised and no other "
    "program sends it.",
)
@click.option("--etc", metavar="DIR", help="Asterisk's configuration folder; none: it is on another machine.")
@click.option("--pbx-address", metavar="ADDRESS", help="The address at which the phones register.")
@click.option(
    "--driver", metavar="DRIVER", help="pjsip or chan_sip. Default: the one with a port for phones."
)
@click.option("--transport", metavar="NAME", help="Your own UDP transport of PJSIP; none: ringup adds one.")
@click.option("--pbx-port", metavar="PORT", help="The UDP port at which the phones register.")
@click.option(
    "--account/--no-account", default=None, help="Add an account for ringup to Asterisk's manager interface."
)
@click.option(
    "--fix-modules/--leave-modules",
    default=None,
    help="Switch off all voicemail modules but one, if Asterisk needs it. Default: leave them.",
)
@click.option(
    "--package", metavar="ZIP|DIR", help="Firmware to add. Default: a package found in the present folder."
)
@click.option(
    "--auto", metavar="RANGE", help="Extensions for unknown phones, like 301-320; none: they get none."
)
@click.option(
    "--auto-until", metavar="TIME", help="Until when they get them. Default: this hour of tomorrow."
)
@click.option("--phone", metavar="MAC", help="The first phone; MAC is on the back of it.")
@click.option("--model", metavar="MODEL", help="7940 or 7960. Default: 7960.")
@click.option("--extension", metavar="NUMBER", help="Its extension. Default: the lowest free one.")
@click.option("--name", metavar="NAME", help="Its caller name.")
@click.option("--listen/--no-listen", default=True, help="Listen four seconds for other DHCP servers.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave a check out; repeatable.")
@click.option(
    "--start/--no-start",
    default=None,
    help="Start or restart the service of systemd. Default: yes, if there is one.",
)
@click.option(
    "--serve/--no-serve",
    default=None,
    help="Run `ringup serve` until Ctrl-C instead of the service, and show how phones boot.",
)
@click.option(
    "--follow/--no-follow", default=None,
    help="Show how the first phone boots, until it is registered. Default: on a terminal.",
)  # fmt: skip
@click.option("--verbose", "-v", is_flag=True, help="Show every field and the diff of every file.")
@click.option(
    "--yes",
    is_flag=True,
    help="Do not ask: take the default of each question without a flag. The server then runs in the "
    "foreground only with --serve.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@firmware_option
@database_option
def init(
    *,
    listen: bool,
    ignore: tuple[str, ...],
    follow: bool | None,
    verbose: bool,
    yes: bool,
    dry_run: bool,
    firmware: Path,
    database: str,
    **flags: str | bool | None,
) -> None:
    """Set up the site, Asterisk and the firmware by a short conversation, and follow the first phone.

    It looks at this machine, asks about what it found, shows one plan with the diff of each of your files,
    and carries the plan out after one confirmation. Then it runs `ringup check`, starts the server, and shows
    how the phone boots. Run it as root. It never removes a record.
    """
    from ringup.cli.init_run import InitRun, run

    how = InitRun(listen, ignore, follow, verbose, yes, dry_run, firmware, database)
    run(how, {key: _text(value) for key, value in flags.items() if value is not None})


def _text(value: str | bool) -> str:
    """Return an answer in the form of the questions."""
    return ("yes" if value else "no") if isinstance(value, bool) else value
