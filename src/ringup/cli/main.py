"""The `ringup` command: its subcommands are imported only when they are used, so `--help` starts fast."""

import gc
import importlib
import re
import shlex
import shutil
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from ringup import __version__
from ringup.cli.encoding import write_whatever_comes
from ringup.errors import NoAccess, RingupError, SiteErrors, UnsafeChange, disk_is_full, no_space_left


class CommandRow(NamedTuple):
    """One command."""

    place: str
    """The module and object of the command."""
    summary: str
    """The line that `--help` shows; the command need not be imported for it."""


COMMANDS: dict[str, CommandRow] = {
    "demo": CommandRow("ringup.cli.demo:demo", "Watch two simulated phones boot and call each other."),
    "init": CommandRow("ringup.cli.init:init", "Set up the site, Asterisk and the firmware; asks."),
    "serve": CommandRow("ringup.cli.serve:serve", "Run the DHCP, TFTP and HTTP server."),
    "web": CommandRow("ringup.cli.web:web", "Serve the web page and the REST API."),
    "account": CommandRow("ringup.cli.account:account", "Add and change accounts of the web page."),
    "token": CommandRow("ringup.cli.token:token", "Add and remove tokens of the REST API."),
    "check": CommandRow("ringup.cli.check:check", "Find faults that would keep phones from working."),
    "probe": CommandRow("ringup.cli.probe:probe", "List the devices that send CDP on a network."),
    "status": CommandRow("ringup.cli.status:status", "Show the stage each phone has reached."),
    "why": CommandRow("ringup.cli.why:why", "Explain why a phone does not come up, and what to do."),
    "report": CommandRow("ringup.cli.report:report", "Write one file about a phone for a bug report."),
    "watch": CommandRow("ringup.cli.watch:watch", "Show the fleet live."),
    "phone": CommandRow("ringup.cli.phone:phone", "Add, list, show, change and remove phones."),
    "claim": CommandRow("ringup.cli.claim:claim", "Bind an unknown phone to a name or an extension."),
    "group": CommandRow("ringup.cli.group:group", "Add, list, show, change and remove groups."),
    "site": CommandRow("ringup.cli.site:site", "Show and change the settings that all phones share."),
    "directory": CommandRow(
        "ringup.cli.directory:directory", "Add, list and read address books for the Directory button."
    ),
    "ring": CommandRow("ringup.cli.ring:ring", "Add, list, remove and hear ring tones."),
    "logo": CommandRow("ringup.cli.logo:logo", "Set, clear and preview the picture on the screens."),
    "plan": CommandRow("ringup.cli.plan:plan", "Show what applying a YAML file would change."),
    "apply": CommandRow(
        "ringup.cli.apply:apply", "Replace the site with a YAML file; deletes what the file omits."
    ),
    "import": CommandRow(
        "ringup.cli.import_phones:import_phones", "Add and change phones from CSV or a spreadsheet."
    ),
    "export": CommandRow("ringup.cli.export:export", "Write the site as YAML, or its phones as CSV."),
    "adopt": CommandRow("ringup.cli.adopt:adopt", "Import an existing TFTP folder."),
    "history": CommandRow("ringup.cli.history:history", "List the revisions of the site."),
    "show": CommandRow("ringup.cli.revision:show", "Show one revision, with the diff of every file."),
    "diff": CommandRow("ringup.cli.revision:diff", "Show how two revisions differ."),
    "undo": CommandRow("ringup.cli.revision:undo", "Revert a revision by a new one."),
    "restart": CommandRow("ringup.cli.restart:restart", "Restart phones, a few at a time."),
    "secrets": CommandRow("ringup.cli.secrets:secrets", "Give lines new passwords, phone by phone."),
    "firmware": CommandRow("ringup.cli.firmware:firmware", "Add, list and check firmware packages."),
    "render": CommandRow("ringup.cli.render:render", "Print the exact bytes of a phone's file."),
    "lint": CommandRow("ringup.cli.lint:lint", "Check the phones' files for mistakes."),
    "dial": CommandRow("ringup.cli.dial:dial", "Test, check and make the phones' dial template."),
    "parameters": CommandRow("ringup.cli.parameters:parameters", "Explain the .cnf keys that can be set."),
    "pbx": CommandRow("ringup.cli.pbx:pbx", "Install and reload Asterisk's files."),
    "snippet": CommandRow("ringup.cli.snippet:snippet", "Print lines for another DHCP server."),
    "kea": CommandRow("ringup.cli.kea:kea", "Send phones here with a running Kea, by its socket."),
    "rehearse": CommandRow("ringup.cli.rehearse:rehearse", "Boot all phones of the site in software."),
    "emulate": CommandRow("ringup.cli.emulate:emulate", "Run a Cisco 7960 in software."),
}
"""The commands, in the order from first set-up to everyday use."""


class LazyGroup(click.Group):
    """A group whose commands come from COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order of the table, from first set-up to everyday use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command when it is used."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            if near and not ctx.resilient_parsing:
                ctx.fail(f"No such command '{cmd_name}'. Did you mean {near[0]}?")
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without importing them."""
        if not incomplete or not incomplete.startswith("-"):
            return [
                CompletionItem(name, help=summary)
                for name, (_, summary) in COMMANDS.items()
                if name.startswith(incomplete)
            ]
        return super().shell_complete(ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.summary) for name, row in COMMANDS.items()])


CONFIG = "ringup.config"
"""Key in a click context's `meta` of the path of the configuration file; None if there is none."""

CONFIG_FILE = Path("/etc/ringup/ringup.toml")
"""The configuration file that every command reads if it exists; an installation creates it."""


NOT_APPROVED = 3
"""Exit status of an unsafe change that was not approved."""


def _default_config() -> Path | None:
    return CONFIG_FILE if CONFIG_FILE.is_file() else None


def _read_config(ctx: click.Context, _param: click.Parameter, path: Path | None) -> None:
    """Let the TOML file supply the defaults."""
    ctx.meta[CONFIG] = path
    if path is not None:
        from ringup.cli.config_file import (
            read_config,
        )  # imports tomllib: 8 ms, which most commands need not pay

        read_config(path, ctx)


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "RINGUP"},
    epilog="Settings come from flags, then RINGUP_* variables, then the file of --config.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=_default_config,
    show_default=str(CONFIG_FILE),
    callback=_read_config,
    is_eager=True,
    expose_value=False,
    help="TOML file with one table per command.",
)
@click.version_option(__version__, prog_name="ringup")
def cli() -> None:
    """Takes Cisco IP phones from the box to dial tone on Asterisk.

    \b
    Try it without any phone:  ringup demo
    Set up real phones:        ringup init
    """
    if not gc.isenabled():  # The command's modules are imported now, and stay until the end.
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command line; an error that ringup raises is one message and exit status 2, or NOT_APPROVED."""
    write_whatever_comes()
    try:
        cli()
    except RingupError as error:
        click.echo(f"ringup: {_count(error)}{as_typed(_with_cure(error))}", err=True)
        sys.exit(NOT_APPROVED if isinstance(error, UnsafeChange) else 2)
    except OSError as error:
        if not disk_is_full(error):
            raise
        click.echo(f"ringup: {' '.join(no_space_left(error.filename or Path.cwd()))}", err=True)
        sys.exit(2)


def _with_cure(error: RingupError) -> str:
    if not isinstance(error, NoAccess):
        return str(error)
    from ringup.cli.access import cure

    return f"{error} {cure(error)}"


def _count(error: RingupError) -> str:
    """Return the heading of several problems, so that each problem begins on its own line with file and line
    number.
    """
    number = len(error.problems) if isinstance(error, SiteErrors) else 1
    return f"{number} problems, and nothing was changed:\n" if number > 1 else ""


def as_typed(message: str) -> str:
    """Return the message with its commands in the form that was typed, if the shell would not find `ringup`
    alone.
    """
    typed = sys.argv[0]
    if Path(typed).name != "ringup" or "/" not in typed or shutil.which("ringup"):
        return message
    return re.sub(
        rf"(?<![\w./-])ringup(?= (?:{'|'.join(COMMANDS)})\b)", lambda _: shlex.quote(typed), message
    )
