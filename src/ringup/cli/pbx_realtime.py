"""`ringup pbx realtime`: print the lines with which Asterisk reads the accounts from PostgreSQL."""

import click

from ringup.cli.options import database_option
from ringup.cli.reveal import note_if, reveal_option
from ringup.site.mask import MASK

UNSET = (
    "The accounts are in a file. Keep them in PostgreSQL: "
    "ringup site set pbx.realtime=postgresql://asterisk@10.0.0.5/asterisk pbx.realtime_password=-"
)


@click.command(
    epilog="""\b
Examples:
  ringup pbx realtime               the lines, the password masked
  ringup pbx realtime --reveal      with the password
  ringup pbx realtime --odbc        the lines for ODBC instead of Asterisk's own PostgreSQL driver"""
)
@click.option("--odbc", is_flag=True, help="Read the accounts over ODBC (res_config_odbc).")
@reveal_option("Print the database's password in plain text.")
@database_option
def realtime(*, odbc: bool, reveal: bool, database: str) -> None:
    """Print the lines with which Asterisk reads the accounts from PostgreSQL, for each of its files."""
    from ringup.change.stored_site import stored_site
    from ringup.render.realtime_conf import realtime_conf

    pbx = stored_site(database).pbx
    if not pbx.realtime:
        raise click.UsageError(UNSET)
    note_if(reveal, database, "the password of the realtime database")
    if pbx.realtime_password and not reveal:
        pbx = pbx.model_copy(update={"realtime_password": MASK})
    for number, (name, text) in enumerate(realtime_conf(pbx, odbc=odbc).items()):
        click.echo(f"{'' if number == 0 else chr(10)}; {name}\n{text}", nl=False)
    click.echo("\nThen restart Asterisk: asterisk -rx 'core restart gracefully'", err=True)
    click.echo("Check that Asterisk reads them: ringup pbx verify", err=True)
