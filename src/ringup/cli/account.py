"""`ringup account`: add, list, change and remove the accounts of the web page."""

from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option, json_option
from ringup.cli.secret_input import STANDARD_INPUT, secret_of

if TYPE_CHECKING:
    from ringup.errors import Problem
    from ringup.store.accounts import Account

ROLES = ("viewer", "operator", "administrator")


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
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True, help="Its rights.")
@database_option
def add(name: str, role: str, database: str) -> None:
    """Make an account; the password is read from the terminal or from standard input."""
    import time

    from ringup.change.stored_site import opened_to_change
    from ringup.errors import Problem
    from ringup.store.accounts import Account, read_account, save_account
    from ringup.web.people.accounts import name_problems
    from ringup.web.people.passwords import hashed, problems_of

    problems = name_problems(name)
    with opened_to_change(database) as engine:
        if not problems and read_account(engine, name) is not None:
            problems.append(Problem(name, "exists already.", f"Change it: ringup account password {name}"))
        _refuse(problems)
        password = secret_of(STANDARD_INPUT, "Password")
        _refuse(problems_of(password, name))
        save_account(engine, Account(name, role, hashed(password), made=time.time()))
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
@click.argument("new_role", metavar="ROLE", type=click.Choice(ROLES))
@database_option
def role(name: str, new_role: str, database: str) -> None:
    """Give an account other rights; it is logged out everywhere."""
    from dataclasses import replace

    from ringup.change.stored_site import opened_to_change
    from ringup.store.accounts import read_accounts, save_account
    from ringup.store.sessions import end_sessions
    from ringup.web.people.accounts import last_administrator

    with opened_to_change(database) as engine:
        everybody = read_accounts(engine)
        found = _named(everybody, name)
        _refuse(last_administrator(everybody, name, new_role))
        save_account(engine, replace(found, role=new_role))
        end_sessions(engine, name)
    click.echo(f"Account {name} is {new_role} now.")


@account.command(epilog="\b\nExample:\n  ringup account password larry --no-second-factor")
@click.argument("name")
@click.option("--no-second-factor", is_flag=True, help="Also remove its authenticator app.")
@database_option
def password(name: str, *, no_second_factor: bool, database: str) -> None:
    """Give an account a new password; it is logged out everywhere."""
    from dataclasses import replace

    from ringup.change.stored_site import opened_to_change
    from ringup.store.accounts import read_accounts, save_account
    from ringup.store.sessions import end_sessions
    from ringup.web.people.passwords import hashed, problems_of

    with opened_to_change(database) as engine:
        found = _named(read_accounts(engine), name)
        typed = secret_of(STANDARD_INPUT, "New password")
        _refuse(problems_of(typed, name))
        save_account(
            engine, replace(found, password=hashed(typed), totp="" if no_second_factor else found.totp)
        )
        end_sessions(engine, name)
    click.echo(f"Account {name} has its new password.")


@account.command(epilog="\b\nExample:\n  ringup account remove bert")
@click.argument("name")
@database_option
def remove(name: str, database: str) -> None:
    """Remove an account; it is logged out everywhere."""
    from ringup.change.stored_site import opened_to_change
    from ringup.store.accounts import read_accounts, remove_account

    with opened_to_change(database) as engine:
        _named(read_accounts(engine), name)
        remove_account(engine, name)
    click.echo(f"Account {name} was removed.")


def _named(accounts: "list[Account]", name: str) -> "Account":
    from ringup.errors import Problem, SiteErrors

    found = next((each for each in accounts if each.name == name), None)
    if found is None:
        raise SiteErrors([Problem(name, "is no account.", "List them: ringup account list")])
    return found


def _refuse(problems: "list[Problem]") -> None:
    from ringup.errors import SiteErrors

    if problems:
        raise SiteErrors(problems)
