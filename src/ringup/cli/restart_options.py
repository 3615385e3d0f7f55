"""The options of commands that restart phones: which phones, and how long to wait for a boot."""

import click

from ringup.change.restart_text import AT_ONCE, WAIT_SECONDS
from ringup.cli import completion

phones_argument = click.argument("phones", metavar="[PHONE]...", nargs=-1, shell_complete=completion.phones)
group_option = click.option("--group", shell_complete=completion.groups, help="All phones of this group.")
all_option = click.option("--all", "every", is_flag=True, help="All phones of the site.")
at_once_option = click.option(
    "--at-once",
    type=click.IntRange(1),
    default=AT_ONCE,
    show_default=True,
    help="Restart at most this many phones at the same time.",
)
wait_option = click.option(
    "--wait",
    type=click.FloatRange(1),
    default=WAIT_SECONDS,
    show_default=True,
    help="Seconds to wait for a phone's boot after its check-sync.",
)
