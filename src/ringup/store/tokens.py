"""Read and write the tokens of the API, and the audit log."""

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from ringup.store.database import reading, writing
from ringup.store.tables import audit, tokens

MOST_AUDITED = 20_000
"""Maximum number of carried-out requests in the audit log; the oldest are forgotten."""
MOST_REFUSED = 5_000
"""Maximum number of refused requests in the audit log. They are counted apart, because anybody can send such
requests without an account, and must not be able to push out what was done.
"""
REFUSED = 400
"""A request with this HTTP status or a higher one was refused."""
AUDITED_AT_ONCE = 100
"""Number of new rows after which the rows above these maxima are removed."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the API; times are POSIX seconds."""

    name: str
    hash: str
    """The SHA-256 of the token, in hexadecimal digits."""
    role: str
    by: str
    """The account that made it, or ``USER (terminal)``."""
    made: float
    ends: float
    used: float = 0.0
    """The time of its last use, exact to a minute; 0: it was never used."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One request that changed something, or a login."""

    at: float
    who: str
    """The account, ``token NAME``, or ``USER (terminal)``; empty: nobody was logged in."""
    address: str
    """The client's address; empty for a command in the terminal."""
    action: str
    """The request, like ``POST /phones/add``, or the command."""
    status: int
    """The HTTP status of the answer; 200 for a command."""


def read_tokens(engine: Engine) -> list[Token]:
    """Return all tokens, by name."""
    with reading(engine) as connection:
        return [Token(**row) for row in connection.execute(select(tokens).order_by(tokens.c.name)).mappings()]


def read_token(engine: Engine, digest: str) -> Token | None:
    """Return the token with this hash; None if there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(tokens).where(tokens.c.hash == digest)).mappings().one_or_none()
        return None if row is None else Token(**row)


def add_token(engine: Engine, token: Token) -> bool:
    """Store a new token; return False, and change nothing, if its name is taken."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # SQLite has one writer anyway.
            connection.exec_driver_sql("LOCK TABLE tokens IN SHARE ROW EXCLUSIVE MODE")
        if connection.execute(select(tokens.c.name).where(tokens.c.name == token.name)).first():
            return False
        connection.execute(insert(tokens).values(asdict(token)))
        return True


def touch_token(engine: Engine, name: str, used: float) -> None:
    """Note that a token was used."""
    with writing(engine) as connection:
        connection.execute(update(tokens).where(tokens.c.name == name).values(used=used))


def remove_token(engine: Engine, name: str) -> bool:
    """Remove a token; return whether it existed."""
    with writing(engine) as connection:
        return connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount > 0


def add_audited(engine: Engine, row: Audited) -> None:
    """Add a row to the audit log; from time to time the oldest rows above the maxima are removed.

    Texts are cut to their columns; PostgreSQL stores no NUL.
    """
    with writing(engine) as connection:
        text = {"action": row.action[:200], "who": row.who[:64], "address": row.address[:64]}
        values = asdict(row) | {key: each.replace("\0", "\ufffd") for key, each in text.items()}
        added = connection.execute(insert(audit).values(values)).inserted_primary_key
        if added is not None and added[0] % AUDITED_AT_ONCE == 0:
            _forget(connection, audit.c.status < REFUSED, MOST_AUDITED)
            _forget(connection, audit.c.status >= REFUSED, MOST_REFUSED)


def _forget(connection: Connection, which: ColumnElement[bool], most: int) -> None:
    newest = select(audit.c.id).where(which).order_by(audit.c.id.desc()).offset(most).limit(1)
    last = connection.execute(newest).scalar()
    if last is not None:
        connection.execute(delete(audit).where(which, audit.c.id <= last))


def read_audited(engine: Engine, most: int = MOST_AUDITED + MOST_REFUSED) -> list[Audited]:
    """Return the last rows of the audit log, the latest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(most)).mappings()
        return [Audited(**{key: value for key, value in row.items() if key != "id"}) for row in rows]
