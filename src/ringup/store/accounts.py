"""Read and write the accounts of the web page.

Times are POSIX seconds. Cookies and tokens are random, so their SHA-256 is stored; passwords are stored as
scrypt hashes, made by the caller.
"""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, func, insert, select, update

from ringup.store.database import reading, writing
from ringup.store.encryption import cipher_of
from ringup.store.tables import accounts, sessions


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


def read_accounts(engine: Engine) -> list[Account]:
    """Return all accounts, by name."""
    with reading(engine) as connection:
        cipher = cipher_of(connection)
        rows = connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
        return [Account(**{**row, "totp": cipher.decrypt(row["totp"])}) for row in rows]


def read_account(engine: Engine, name: str) -> Account | None:
    """Return the account of this name; None if there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().one_or_none()
        if row is None:
            return None
        return Account(**{**row, "totp": cipher_of(connection).decrypt(row["totp"])})


def has_accounts(engine: Engine) -> bool:
    """Return whether an account exists."""
    with reading(engine) as connection:
        return bool(connection.execute(select(func.count()).select_from(accounts)).scalar_one())


def save_account(engine: Engine, account: Account) -> None:
    """Store an account in place of one with the same name."""
    with writing(engine) as connection:
        row = {**asdict(account), "totp": cipher_of(connection).encrypt(account.totp)}
        connection.execute(delete(accounts).where(accounts.c.name == account.name))
        connection.execute(insert(accounts).values(row))


def remove_account(engine: Engine, name: str) -> bool:
    """Remove an account with its sessions; return whether it existed."""
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(sessions.c.account == name))
        return connection.execute(delete(accounts).where(accounts.c.name == name)).rowcount > 0


def accept_step(engine: Engine, name: str, step: int) -> bool:
    """Note that the code of a time step was accepted; return False if it or a later one already was."""
    later = (accounts.c.name == name) & (accounts.c.totp_step < step)
    with writing(engine) as connection:
        return connection.execute(update(accounts).where(later).values(totp_step=step)).rowcount > 0
