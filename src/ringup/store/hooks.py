"""Read and write the receivers of webhooks."""

from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, insert, select

from ringup.store.database import reading, writing
from ringup.store.encryption import cipher_of
from ringup.store.tables import hooks


@dataclass(frozen=True, slots=True)
class Hook:
    """One receiver of webhooks."""

    name: str
    url: str
    kinds: tuple[str, ...]
    """The kinds of news that it gets: ``registered``, ``lost``, ``unknown`` and ``finding``."""
    secret: str
    """The key with which messages are signed; it is encrypted in the database."""
    by: str
    """The account that made it."""
    made: float
    """The time at which it was made, in POSIX seconds."""


def read_hooks(engine: Engine) -> list[Hook]:
    """Return all receivers, by name."""
    with reading(engine) as connection:
        cipher = cipher_of(connection)
        rows = connection.execute(select(hooks).order_by(hooks.c.name)).mappings()
        return [
            Hook(**{**row, "kinds": tuple(row["kinds"]), "secret": cipher.decrypt(row["secret"])})
            for row in rows
        ]


def save_hook(engine: Engine, hook: Hook) -> None:
    """Store a receiver in place of one with the same name."""
    with writing(engine) as connection:
        secret = cipher_of(connection).encrypt(hook.secret)
        connection.execute(delete(hooks).where(hooks.c.name == hook.name))
        connection.execute(
            insert(hooks).values({**asdict(hook), "kinds": list(hook.kinds), "secret": secret})
        )


def remove_hook(engine: Engine, name: str) -> bool:
    """Remove a receiver; return whether it existed."""
    with writing(engine) as connection:
        return connection.execute(delete(hooks).where(hooks.c.name == name)).rowcount > 0
