"""Make all tables of a new SQLite file at once, as the migrations would make them one after another.

Alembic takes 0.2 s to import and run, and the first command of a new site would wait for it.
"""

from functools import cache

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from ringup.store.encryption import Cipher
from ringup.store.tables import LATEST_MIGRATION, encryption, followed, metadata, site

_alembic_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table; it holds the migration at which later ones begin."""


def make_first_tables(connection: Connection, cipher: Cipher) -> None:
    """Make the tables of a database that has none, and their fixed rows, in the caller's transaction."""
    cursor = connection.connection.cursor()  # the driver's own cursor, in SQLAlchemy's transaction
    for statement in _statements():
        cursor.execute(statement)
    connection.execute(insert(_alembic_version).values(version_num=LATEST_MIGRATION))
    connection.execute(insert(site).values(id=1, record={}))
    connection.execute(insert(followed).values(id=1, event=0, version=0, pbx_lost="", faults=[]))
    connection.execute(insert(encryption).values(id=1, proof=cipher.proof(), plain_text_left=False))


@cache
def _statements() -> tuple[str, ...]:
    """Write the SQL once per process: a test suite makes a thousand databases."""
    tables = (*metadata.sorted_tables, _alembic_version)
    made: list[ExecutableDDLElement] = [CreateTable(table) for table in tables]
    made += [CreateIndex(index) for table in tables for index in table.indexes]
    return tuple(str(each.compile(dialect=SQLiteDialect())) for each in made)
