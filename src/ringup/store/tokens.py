"""Read and write the tokens of the API, and the audit log."""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, func, insert, select, update

from ringup.store.database import reading, writing
from ringup.store.tables import audit, tokens

MOST_AUDITED = 20_000
"""Maximum number of rows of the audit log; the oldest are forgotten."""
_AT_ONCE = 500
"""Number of rows above the maximum that are removed together."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the API; times are POSIX seconds."""

    name: str
    hash: str
    """The SHA-256 of the token, in hexadecimal digits."""
    role: str
    by: str
    """The account that made it."""
    made: float
    ends: float
    used: float = 0.0
    """The time of its last use, exact to a minute; 0: it was never used."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One request that changed something, or a login."""

    at: float
    who: str
    """The account, or ``token NAME``; empty: nobody was logged in."""
    address: str
    action: str
    """The request, like ``POST /phones/add``."""
    status: int
    """The HTTP status of the answer."""


def read_tokens(engine: Engine) -> list[Token]:
    """Return all tokens, by name."""
    with reading(engine) as connection:
        return [Token(**row) for row in connection.execute(select(tokens).order_by(tokens.c.name)).mappings()]


def read_token(engine: Engine, digest: str) -> Token | None:
    """Return the token with this hash; None if there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(tokens).where(tokens.c.hash == digest)).mappings().one_or_none()
        return None if row is None else Token(**row)


def save_token(engine: Engine, token: Token) -> None:
    """Store a token in place of one with the same name."""
    with writing(engine) as connection:
        connection.execute(delete(tokens).where(tokens.c.name == token.name))
        connection.execute(insert(tokens).values(asdict(token)))


def touch_token(engine: Engine, name: str, used: float) -> None:
    """Note that a token was used."""
    with writing(engine) as connection:
        connection.execute(update(tokens).where(tokens.c.name == name).values(used=used))


def remove_token(engine: Engine, name: str) -> bool:
    """Remove a token; return whether it existed."""
    with writing(engine) as connection:
        return connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount > 0


def add_audited(engine: Engine, row: Audited) -> None:
    """Add a row to the audit log; the oldest rows above MOST_AUDITED are removed."""
    with writing(engine) as connection:
        values = {**asdict(row), "action": row.action[:200], "who": row.who[:64], "address": row.address[:64]}
        connection.execute(insert(audit).values(values))
        first, last = connection.execute(select(func.min(audit.c.id), func.max(audit.c.id))).one()
        if last - first >= MOST_AUDITED + _AT_ONCE:
            connection.execute(delete(audit).where(audit.c.id <= last - MOST_AUDITED))


def read_audited(engine: Engine, most: int = MOST_AUDITED) -> list[Audited]:
    """Return the last rows of the audit log, the latest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(most)).mappings()
        return [Audited(**{key: value for key, value in row.items() if key != "id"}) for row in rows]
