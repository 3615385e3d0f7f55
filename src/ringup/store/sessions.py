"""Read and write the sessions of browsers, and the link that makes the first account."""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, insert, select, update

from ringup.store.database import reading, writing
from ringup.store.tables import accounts, first_link, sessions


@dataclass(frozen=True, slots=True)
class Session:
    """One session; times are POSIX seconds."""

    id: str
    """The SHA-256 of the cookie, in hexadecimal digits."""
    account: str
    made: float
    used: float
    """The time of its last request, exact to a minute."""
    address: str
    """The client's address at the login."""


def add_session(engine: Engine, session: Session, over_before: float, made_before: float) -> None:
    """Store a session, and remove all that were last used, or made, before these times."""
    is_over = (sessions.c.used < over_before) | (sessions.c.made < made_before)
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(is_over))
        connection.execute(insert(sessions).values(asdict(session)))


def read_session(engine: Engine, number: str) -> tuple[Session, str] | None:
    """Return a session and its account's role; None if it is unknown."""
    statement = (
        select(sessions, accounts.c.role)
        .join(accounts, accounts.c.name == sessions.c.account)
        .where(sessions.c.id == number)
    )
    with reading(engine) as connection:
        row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    fields = {name: row[name] for name in ("id", "account", "made", "used", "address")}
    return Session(**fields), str(row["role"])


def touch_session(engine: Engine, number: str, used: float) -> None:
    """Note that a session was used."""
    with writing(engine) as connection:
        connection.execute(update(sessions).where(sessions.c.id == number).values(used=used))


def remove_session(engine: Engine, number: str) -> None:
    """End a session."""
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(sessions.c.id == number))


def save_first_link(engine: Engine, digest: str, ends: float) -> None:
    """Store the SHA-256 of the link that makes the first account, in place of an earlier one."""
    with writing(engine) as connection:
        connection.execute(delete(first_link))
        connection.execute(insert(first_link).values(id=1, hash=digest, ends=ends))


def read_first_link(engine: Engine) -> tuple[str, float] | None:
    """Return the SHA-256 of that link and the time at which it ends; None if there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(first_link)).one_or_none()
        return None if row is None else (row.hash, row.ends)
