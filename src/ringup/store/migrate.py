"""Migrate the tables of a database to the latest version; Alembic is imported only if it must run.

Alembic is slow to import. The tables of a new SQLite file are made at once, without it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ringup.errors import NoSiteYet, StoreError
from ringup.store.connect import WRITES, shown
from ringup.store.encryption import Cipher
from ringup.store.first_tables import make_first_tables
from ringup.store.tables import LATEST_MIGRATION

_ENCRYPTED_SINCE = "0004"
"""The migration that encrypts the secrets; before it, a site has no key."""


def migrate(engine: Engine, key: Callable[[str | None], Cipher], *, begin: bool) -> None:
    """Migrate a database that is not at the latest migration; `begin` allows a database without tables.

    `key` returns the key of the secrets at the migration that the database has. Raises StoreError, and
    NoSiteYet without `begin`.
    """
    with engine.connect() as connection:
        step = step_of(connection)
        if step == LATEST_MIGRATION:
            return
        if step is None:
            _check_before_the_first_step(engine, inspect(connection).get_table_names(), begin=begin)
    cipher = key(step)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        # Another process may have migrated the database while this one waited for the lock.
        step = step_of(connection)
        if step is None and engine.dialect.name == "sqlite":
            make_first_tables(connection, cipher)
        elif step != LATEST_MIGRATION:
            upgrade(connection, cipher)


def step_of(connection: Connection) -> str | None:
    """Return the migration that a database is at; None: ringup has not made any table."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def is_encrypted(step: str | None) -> bool:
    """Return whether a database at this migration keeps its secrets encrypted."""
    return step is not None and step >= _ENCRYPTED_SINCE


def _check_before_the_first_step(engine: Engine, tables: Sequence[str], *, begin: bool) -> None:
    """Refuse a database that another program made, or one without tables that was opened only for reading."""
    tried = shown(engine.url)
    if tables:
        raise StoreError(tried, "another program made it.", "Correct --database or RINGUP_DATABASE.")
    if not begin:
        cure = "The first change makes one: ringup init"
        raise NoSiteYet(tried, "it holds no site yet.", cure)


def upgrade(connection: Connection, cipher: Cipher) -> None:
    """Run the migrations that are missing, in the caller's transaction; raises StoreError."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes.update(connection=connection, cipher=cipher)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            "bringing the database up to date",
            f"{error}.",
            "A newer ringup made it: use that version, or restore a backup.",
        ) from error
