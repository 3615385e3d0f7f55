"""Read and write the accounts of the web page.

Times are POSIX seconds. Cookies and tokens are random, so their SHA-256 is stored; passwords are stored as
scrypt hashes, made by the caller. Each change is one transaction together with what it ends: after a kill
there is no new password beside the sessions of the old one.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from ringup.store.database import reading, writing
from ringup.store.encryption import cipher_of
from ringup.store.tables import accounts, first_link, sessions, tokens

AccountResult = Literal["done", "unknown", "last"]
"""done: the account was changed or removed. unknown: there is no such account. last: nothing was changed,
because no account would keep the role that one must have.
"""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the web page."""

    name: str
    role: str
    password: str
    """The scrypt hash of the password."""
    totp: str = ""
    """The secret of the second factor in base32; empty: the account has none."""
    totp_step: int = 0
    """The last time step whose code was accepted, so that no code is accepted twice."""
    made: float = 0.0


@dataclass(frozen=True, slots=True)
class AccountChange:
    """New values of an account; None keeps a value."""

    role: str | None = None
    password: str | None = None
    """The scrypt hash of the new password."""
    totp: str | None = None
    totp_step: int | None = None


def read_accounts(engine: Engine) -> list[Account]:
    """Return all accounts, by name."""
    with reading(engine) as connection:
        cipher = cipher_of(connection)
        rows = connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
        return [Account(**{**row, "totp": cipher.decrypt(row["totp"])}) for row in rows]


def read_account(engine: Engine, name: str) -> Account | None:
    """Return the account of this name; None if there is none.

    The name may be any text, such as one that was typed at a login.
    """
    if "\0" in name:
        return None  # PostgreSQL refuses to compare it.
    with reading(engine) as connection:
        row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().one_or_none()
        if row is None:
            return None
        return Account(**{**row, "totp": cipher_of(connection).decrypt(row["totp"])})


def has_accounts(engine: Engine) -> bool:
    """Return whether an account exists."""
    with reading(engine) as connection:
        return _count(connection) > 0


def add_account(engine: Engine, account: Account) -> bool:
    """Store a new account; return False, and change nothing, if its name is taken."""
    with writing(engine) as connection:
        _one_at_a_time(connection)
        if _count(connection, account.name):
            return False
        _insert(connection, account)
        return True


def add_first_account(engine: Engine, account: Account, link: str, now: float) -> bool:
    """Store the first account for a link with this SHA-256, and use the link up.

    Returns False, and changes nothing, if an account exists, or if the link is unknown or has ended.
    """
    is_valid = (first_link.c.hash == link) & (first_link.c.ends >= now)
    with writing(engine) as connection:
        _one_at_a_time(connection)
        if _count(connection) or not connection.execute(delete(first_link).where(is_valid)).rowcount:
            return False
        _insert(connection, account)
        return True


def change_account(
    engine: Engine, name: str, change: AccountChange, kept_role: str, lost_roles: Collection[str] = ()
) -> AccountResult:
    """Change an account and end its sessions, and those of its tokens that have one of the lost roles.

    At least one account keeps the role `kept_role`.
    """
    values = {key: value for key, value in asdict(change).items() if value is not None}
    with writing(engine) as connection:
        _one_at_a_time(connection)
        if not _count(connection, name):
            return "unknown"
        if change.role not in (None, kept_role) and not _others(connection, name, kept_role):
            return "last"
        if "totp" in values:
            values["totp"] = cipher_of(connection).encrypt(values["totp"])
        if values:
            connection.execute(update(accounts).where(accounts.c.name == name).values(values))
        connection.execute(delete(sessions).where(sessions.c.account == name))
        connection.execute(delete(tokens).where(tokens.c.by == name, tokens.c.role.in_(list(lost_roles))))
        return "done"


def remove_account(engine: Engine, name: str, kept_role: str) -> AccountResult:
    """Remove an account with its sessions and the tokens that it made.

    While other accounts exist, at least one keeps the role `kept_role`; the only account may be removed.
    """
    with writing(engine) as connection:
        _one_at_a_time(connection)
        if not _count(connection, name):
            return "unknown"
        if _count(connection) > 1 and not _others(connection, name, kept_role):
            return "last"
        connection.execute(delete(sessions).where(sessions.c.account == name))
        connection.execute(delete(tokens).where(tokens.c.by == name))
        connection.execute(delete(accounts).where(accounts.c.name == name))
        return "done"


def accept_step(engine: Engine, name: str, step: int) -> bool:
    """Note that the code of a time step was accepted; return False if it or a later one already was."""
    later = (accounts.c.name == name) & (accounts.c.totp_step < step)
    with writing(engine) as connection:
        return connection.execute(update(accounts).where(later).values(totp_step=step)).rowcount > 0


def _one_at_a_time(connection: Connection) -> None:
    """Let no other program change accounts until this transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE")


def _count(connection: Connection, name: str | None = None) -> int:
    """Return the number of accounts, or of those with this name."""
    statement = select(func.count()).select_from(accounts)
    counted = statement if name is None else statement.where(accounts.c.name == name)
    return int(connection.execute(counted).scalar_one())


def _others(connection: Connection, name: str, role: str) -> bool:
    others = select(accounts.c.name).where(accounts.c.role == role, accounts.c.name != name).limit(1)
    return connection.execute(others).first() is not None


def _insert(connection: Connection, account: Account) -> None:
    row = {**asdict(account), "totp": cipher_of(connection).encrypt(account.totp)}
    connection.execute(insert(accounts).values(row))
