"""`ringup account`: add, list, change and remove the accounts of the web page."""

from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option, json_option
from ringup.cli.secret_input import STANDARD_INPUT, secret_of
from ringup.web.people.roles import GIVEN_ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from ringup.errors import Problem
    from ringup.store.accounts import AccountChange


@click.group()
def account() -> None:
    """Add, list, change and remove the accounts of the web page.

    These commands need no login, so they also help an administrator who cannot log in any more.

    \b
    ringup account add larry --role administrator
    ringup account password larry
    """


@account.command(
    epilog="""\b
Examples:
  ringup account add larry --role administrator
  printf '%s\\n' "$PASSWORD" | ringup account add board --role viewer"""
)
@click.argument("name")
@click.option(
    "--role", type=click.Choice(GIVEN_ROLES), default="operator", show_default=True, help="Its rights."
)
@database_option
def add(name: str, role: str, database: str) -> None:
    """Make an account; the password is read from the terminal or from standard input."""
    import time

    from ringup.change.stored_site import opened_to_change
    from ringup.cli.people_audit import note
    from ringup.errors import Problem
    from ringup.store.accounts import Account, add_account, read_account
    from ringup.web.people.accounts import name_problems
    from ringup.web.people.passwords import hashed, problems_of

    _refuse(name_problems(name))
    taken = [Problem(name, "exists already.", f"Change it: ringup account password {name}")]
    with opened_to_change(database) as engine:
        if read_account(engine, name) is not None:
            _refuse(taken)
        password = secret_of(STANDARD_INPUT, "Password")
        _refuse(problems_of(password, name))
        if not add_account(engine, Account(name, role, hashed(password), made=time.time())):
            _refuse(taken)
        note(engine, f"ringup account add {name} --role {role}")
    click.echo(f"Account {name} ({role}) was made.")


@account.command("list", epilog="\b\nExample:\n  ringup account list --json | jq -r '.accounts[].name'")
@json_option
@database_option
def show(*, as_json: bool, database: str) -> None:
    """List the accounts with their roles."""
    from ringup.change.stored_site import opened
    from ringup.cli.printing import print_json
    from ringup.store.accounts import read_accounts

    with opened(database) as engine:
        found = read_accounts(engine)
    if as_json:
        rows = [{"name": each.name, "role": each.role, "second_factor": bool(each.totp), "made": each.made}
                for each in found]  # fmt: skip
        print_json({"accounts": rows})
        return
    if not found:
        click.echo("There is no account. Make one: ringup account add NAME --role administrator")
    for each in found:
        click.echo(f"{each.name}  {each.role}{'  with a second factor' if each.totp else ''}")


@account.command(epilog="\b\nExample:\n  ringup account role bert viewer")
@click.argument("name")
@click.argument("new_role", metavar="ROLE", type=click.Choice(GIVEN_ROLES))
@database_option
def role(name: str, new_role: str, database: str) -> None:
    """Give an account other rights; it is logged out everywhere.

    Its API tokens that have more rights than the account end.
    """
    from ringup.store.accounts import AccountChange
    from ringup.web.people.accounts import roles_above

    command = f"ringup account role {name} {new_role}"
    with _changing(database) as engine:
        _change(engine, name, AccountChange(role=new_role), command, roles_above(new_role))
    click.echo(f"Account {name} is {new_role} now.")


@account.command(epilog="\b\nExample:\n  ringup account password larry --no-second-factor")
@click.argument("name")
@click.option("--no-second-factor", is_flag=True, help="Also remove its authenticator app.")
@database_option
def password(name: str, *, no_second_factor: bool, database: str) -> None:
    """Give an account a new password; it is logged out everywhere."""
    from ringup.store.accounts import AccountChange, read_account
    from ringup.web.people.accounts import change_problems
    from ringup.web.people.passwords import hashed, problems_of

    command = f"ringup account password {name}{' --no-second-factor' if no_second_factor else ''}"
    with _changing(database) as engine:
        if read_account(engine, name) is None:
            _refuse(change_problems("unknown", name))
        typed = secret_of(STANDARD_INPUT, "New password")
        _refuse(problems_of(typed, name))
        change = AccountChange(password=hashed(typed), totp="" if no_second_factor else None)
        _change(engine, name, change, command)
    click.echo(f"Account {name} has its new password.")


@account.command(epilog="\b\nExample:\n  ringup account remove bert")
@click.argument("name")
@database_option
def remove(name: str, database: str) -> None:
    """Remove an account with the API tokens that it made; it is logged out everywhere."""
    from ringup.cli.people_audit import note
    from ringup.store.accounts import remove_account
    from ringup.web.people.accounts import change_problems
    from ringup.web.people.roles import ADMINISTRATOR

    with _changing(database) as engine:
        _refuse(change_problems(remove_account(engine, name, ADMINISTRATOR), name))
        note(engine, f"ringup account remove {name}")
    click.echo(f"Account {name} was removed.")


def _changing(database: str) -> "AbstractContextManager[Engine]":
    from ringup.change.stored_site import opened_to_change

    return opened_to_change(database)


def _change(
    engine: "Engine", name: str, change: "AccountChange", command: str, lost: "Sequence[str]" = ()
) -> None:
    from ringup.cli.people_audit import note
    from ringup.store.accounts import change_account
    from ringup.web.people.accounts import change_problems
    from ringup.web.people.roles import ADMINISTRATOR

    _refuse(change_problems(change_account(engine, name, change, ADMINISTRATOR, lost), name))
    note(engine, command)


def _refuse(problems: "list[Problem]") -> None:
    from ringup.errors import SiteErrors

    if problems:
        raise SiteErrors(problems)
