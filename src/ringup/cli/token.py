"""`ringup token`: add, list and remove the tokens of the REST API."""

import click

from ringup.cli.options import database_option, json_option
from ringup.web.people.roles import GIVEN_ROLES

DAY = 86_400


@click.group()
def token() -> None:
    """Add, list and remove the tokens with which programs use the REST API.

    \b
    ringup token add inventory --role viewer --days 365
    """


@token.command(
    epilog="""\b
Examples:
  ringup token add inventory --role viewer
  TOKEN=$(ringup token add import --role operator --days 1)
  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8060/index.json"""
)
@click.argument("name")
@click.option(
    "--role", type=click.Choice(GIVEN_ROLES), default="viewer", show_default=True, help="Its rights."
)
@click.option("--days", type=click.IntRange(1, 730), default=365, show_default=True, help="Days it is valid.")
@database_option
def add(name: str, role: str, days: int, database: str) -> None:
    """Make a token and print it; it cannot be shown again."""
    import time

    from ringup.change.stored_site import opened_to_change
    from ringup.cli.people_audit import note, terminal_user
    from ringup.errors import Problem, SiteErrors
    from ringup.store.tokens import Token, add_token
    from ringup.web.people.accounts import name_problems
    from ringup.web.people.stored import digest, new_token

    if problems := name_problems(name):
        raise SiteErrors(problems)
    made, now = new_token(), time.time()
    with opened_to_change(database) as engine:
        if not add_token(engine, Token(name, digest(made), role, terminal_user(), now, now + days * DAY)):
            raise SiteErrors([Problem(name, "exists already.", f"Remove it: ringup token remove {name}")])
        note(engine, f"ringup token add {name} --role {role} --days {days}")
    click.echo(made)
    click.echo(f"Keep it now: token {name} ({role}) is not shown again. It ends in {days} days.", err=True)


@token.command("list", epilog="\b\nExample:\n  ringup token list --json | jq -r '.tokens[].name'")
@json_option
@database_option
def show(*, as_json: bool, database: str) -> None:
    """List the tokens, without the secrets themselves."""
    import time

    from ringup.change.stored_site import opened
    from ringup.cli.printing import print_json
    from ringup.store.tokens import read_tokens

    with opened(database) as engine:
        found = read_tokens(engine)
    if as_json:
        keys = ("name", "role", "by", "made", "ends", "used")
        print_json({"tokens": [{key: getattr(each, key) for key in keys} for each in found]})
        return
    if not found:
        click.echo("There is no token. Make one: ringup token add NAME")
    for each in found:
        left = each.ends - time.time()
        ending = f"ends in {int(left // DAY) + 1} days" if left > 0 else "has ended"
        click.echo(f"{each.name}  {each.role}  {ending}  made by {each.by}")


@token.command(epilog="\b\nExample:\n  ringup token remove inventory")
@click.argument("name")
@database_option
def remove(name: str, database: str) -> None:
    """Remove a token; programs that use it are refused from now on."""
    from ringup.change.stored_site import opened_to_change
    from ringup.cli.people_audit import note
    from ringup.errors import Problem, SiteErrors
    from ringup.store.tokens import remove_token

    with opened_to_change(database) as engine:
        if not remove_token(engine, name):
            raise SiteErrors([Problem(name, "is no token.", "List them: ringup token list")])
        note(engine, f"ringup token remove {name}")
    click.echo(f"Token {name} was removed.")
