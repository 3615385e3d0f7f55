"""Opens the database: SQLite in one file, or PostgreSQL by a URL; brings its tables up to date.

All that is particular to either is here. PostgreSQL reads in one snapshot (REPEATABLE READ); SQLite does so
by itself. Secrets are inside, so the file is ours alone (0600), its folder too when we make it (0700). WAL
lets readers go on beside the one writer; synchronous=FULL puts a commit on the disk before it returns, which
is the promise behind every DHCPACK.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, SQLAlchemyError

from ringup.errors import StoreError
from ringup.store.tables import LATEST_MIGRATION, revisions

CACHE_KILOBYTES = 512
"""Of pages that each connection keeps, a quarter of SQLite's own: the kernel keeps the file as well."""

BUSY_SECONDS = 10
"""Seconds that a writer waits for another; a commit takes milliseconds, so after ten seconds one hangs."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"cache_size = -{CACHE_KILOBYTES}",
)

_BEGIN_WRITING = "BEGIN IMMEDIATE"

_EVENTS_LOCK = 0x72696E67
"""The number of PostgreSQL's advisory lock for whoever adds events: "ring"."""

_WRITES = "ringup_writes"
"""Execution option of a connection that will write, so SQLite takes the write lock before it reads."""


def open_database(url_or_path: str) -> Engine:
    """Open, create where missing, and migrate; raises StoreError. Dispose of the engine when done."""
    url = _url(url_or_path)
    try:
        engine = _open(url)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise _refusal(url, error) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database throughout."""
    with _as_store_error(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is on disk when the block has ended, or has left nothing."""
    with (
        _as_store_error(engine),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing_plainly(engine: Engine) -> Iterator[DBAPICursor]:
    """As `writing`, by the driver's own cursor: for what is written hundreds of times a second.

    SQLAlchemy's connection takes as much processor time for a transaction as SQLite for twenty leases.
    """
    with _as_store_error(engine):
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            if engine.dialect.name == "sqlite":
                cursor.execute(_BEGIN_WRITING)
            yield cursor
            connection.commit()
        except BaseException:
            connection.invalidate()  # closed, and with it what it had begun
            raise
        finally:
            connection.close()


def number_in_order_of_commits(connection: Connection) -> None:
    """Let ids that this transaction takes from now on be in the order in which transactions commit.

    SQLite has one writer at a time. PostgreSQL numbers rows before they are committed, so a reader that
    remembers the last number would miss a lower one that is committed later. The lock is held until the
    commit is visible.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_EVENTS_LOCK})")


def latest_revision(connection: Connection) -> int:
    """The number of the last revision; 0 before the first."""
    latest: int = connection.execute(select(func.coalesce(func.max(revisions.c.id), 0))).scalar_one()
    return latest


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for a server's."""
    name = engine.url.database
    return Path(name) if name and engine.dialect.name == "sqlite" else None


def _url(text: str) -> URL:
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        return make_url(text)
    except ArgumentError as error:
        raise StoreError(f"database {text!r}", "is not a URL.", "Give a file name or a URL.") from error


def _open(url: URL) -> Engine:
    if url.drivername == "postgresql":  # SQLAlchemy would take psycopg2, which nobody develops further
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        _make_private(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_deserializer=_from_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _from_json(stored: str) -> Any:
    """Most phones have no settings of their own: with 10,000 the decoder would take 20 ms to say so."""
    return {} if stored == "{}" else json.loads(stored)


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, readable by its owner only; -wal and -shm copy its mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin by itself, and only at the first write: too late for a consistent read.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql(_BEGIN_WRITING if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    """Alembic is slow to import, so it is only asked when the database is not at the latest step."""
    with engine.connect() as connection:
        if _step(connection) == LATEST_MIGRATION:
            return
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        # Another process may have done it while we waited for the lock.
        if _step(connection) != LATEST_MIGRATION:
            _upgrade(connection)


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(
            "bringing the database up to date",
            f"{error}.",
            "A newer ringup made it: use that version, or restore a backup.",
        ) from error


@contextmanager
def _as_store_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, engine.dialect.loaded_dbapi.Error) as error:
        raise _refusal(engine.url, error) from error


_DRIVERS = {
    "postgresql": f"Install PostgreSQL's driver: {quote(sys.executable)} -m pip install 'psycopg[binary]'"
}


def _refusal(url: URL, error: Exception) -> StoreError:
    original = getattr(error, "orig", None) or error
    if diagnosis := getattr(original, "diag", None):
        # PostgreSQL's detail quotes the whole row, secrets included.
        original = diagnosis.message_primary or type(original).__name__
    if isinstance(original, OSError) and original.filename:
        original = f"{original.strerror}: {original.filename}"
    shown = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    cure = "Check that it exists, that it is a ringup database, and that this user may write it."
    if isinstance(error, NoSuchModuleError | ImportError):
        cure = _DRIVERS.get(url.get_backend_name(), "Install the driver this URL names.")
    elif "locked" in str(original):
        cure = "Another program holds it: see who with `fuser`, and try again."
    return StoreError(f"database {shown}", f"{original}.", cure)
