"""New SQLite databases for tests that do not test the migrations: made once by them, then copied."""

from collections.abc import Iterator
from contextlib import closing
from functools import cache

import pytest
from sqlalchemy import Connection, inspect, update

from ringup.store import database, migrate
from ringup.store.encryption import Cipher
from ringup.store.tables import encryption

real_upgrade = migrate.upgrade


@pytest.fixture(autouse=True, scope="session")
def migrated_once() -> Iterator[None]:
    """Give new databases the tables that one real migration made, which takes a tenth of its time.

    A conftest.py that imports this applies it to its folder. A database that already has tables, or that is
    not SQLite, is migrated as usual.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", upgrade_by_copy)
        yield


def upgrade_by_copy(connection: Connection, cipher: Cipher) -> None:
    """Make the tables of an empty database without Alembic."""
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        return real_upgrade(connection, cipher)
    cursor = connection.connection.cursor()  # the driver's own connection, in SQLAlchemy's transaction
    for statement in statements():
        cursor.execute(statement)
    connection.execute(update(encryption).values(proof=cipher.proof()))
    return None


@cache
def statements() -> tuple[str, ...]:
    """Return the SQL statements that make the tables and rows of an empty database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", real_upgrade)
        engine = database.open_database("sqlite://")
    with closing(engine.raw_connection()) as connection:
        made = connection.cursor().connection.iterdump()
        kept = tuple(line for line in made if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
    engine.dispose()
    return kept
