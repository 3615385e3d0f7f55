"""Opens the database: SQLite in one file, or PostgreSQL by a URL; brings its tables up to date.

All that is particular to either is here. PostgreSQL reads in one snapshot (REPEATABLE READ); SQLite does so
by itself. Who may read and write the file is in place.py, what a refusal means in refusals.py, where the key
of the secrets lies in key_place.py. WAL lets readers go on beside the one writer; synchronous=FULL puts a
commit on the disk before it returns, which is the promise behind every DHCPACK.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
    true,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from ringup.errors import NoKeyYet, NoSiteYet, StoreError
from ringup.store.encryption import Cipher, give_cipher, new_key
from ringup.store.key_file import read_key, read_or_make_key, wrong_key
from ringup.store.key_place import key_file
from ringup.store.place import check_readable, is_writable, make
from ringup.store.plain_text import remove_plain_text
from ringup.store.read_only import engine_on_a_copy, read_only_engine
from ringup.store.refusals import refusal
from ringup.store.tables import LATEST_MIGRATION, encryption, revisions

CACHE_KILOBYTES = 512
"""Kilobytes of pages that each connection caches, a quarter of SQLite's own default: the kernel caches the
file too.
"""

BUSY_SECONDS = 10
"""Seconds that a writer waits for another writer. A commit takes milliseconds, so after ten seconds a writer
hangs.
"""

_TIMEOUTS = {"connect_timeout": 5, "tcp_user_timeout": 5000}
"""Seconds and milliseconds after which a PostgreSQL server that is cut off is given up; a URL may differ."""

MOST_NAMED = 20_000
"""Maximum number of values in one condition: SQLite takes 32,766."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"cache_size = -{CACHE_KILOBYTES}",
)

_BEGIN_WRITING = "BEGIN IMMEDIATE"

_EVENTS_LOCK = 0x72696E67
"""Number of PostgreSQL's advisory lock for programs that add events: "ring"."""

_ENCRYPTED_SINCE = "0004"
"""The migration that encrypts the secrets: before it, a site has no key yet."""

_IN_MEMORY = Cipher(new_key())
"""URL of databases that exist only in the memory of this program."""

_WRITES = "ringup_writes"
"""Execution option of a connection that will write, so SQLite takes the write lock before it reads."""


def open_database(url_or_path: str) -> Engine:
    """Open the database, create it if missing, and migrate it; raises StoreError. Dispose of the engine when
    done.

    The key of the secrets is read, or made before anything is encrypted.
    """
    url = _url(url_or_path)
    if path := _file(url):
        with _refused(url):
            make(path)
    return _with_key(url, _migrated(url, begin=True))


def open_with_new_key(url_or_path: str) -> Engine:
    """Open a database whose key is lost or wrong, with the existing key or a new one.

    Encrypted values cannot be read until `new_key.begin_anew` has replaced them. Raises StoreError, also when
    the key is the right one.
    """
    url = _url(url_or_path)
    if path := _file(url):
        check_readable(path)
    engine = _migrated(url, begin=False)
    with _disposing(url, engine):
        cipher = read_or_make_key(key_file(_file(url)), _shown(url))
        proof, _ = _encryption(engine)
        if cipher.is_proven_by(proof):
            raise StoreError(f"key {cipher.source}", "it is the right one already.", "Leave --new-key out.")
    give_cipher(engine, cipher)
    return engine


def open_to_read(url_or_path: str) -> Engine:
    """Open an existing database; migrate its tables to this version if this user may write to it.

    Raises StoreError for a file that does not exist or that ringup did not make; nothing is created but the
    key, when secrets of an earlier version are encrypted.
    """
    url = _url(url_or_path)
    path = _file(url)
    if path is None:
        return _with_key(url, _migrated(url, begin=False))
    check_readable(path)
    if is_writable(path):
        with suppress(NoKeyYet):
            return _with_key(url, _migrated(url, begin=False))
    with _refused(url):
        engine = read_only_engine(path, json_deserializer=_from_json)
    event.listen(engine, "begin", _begin_sqlite)
    with _disposing(url, engine), engine.connect() as connection:
        step = _step(connection)
    if step == LATEST_MIGRATION:
        return _with_key(url, engine)
    engine.dispose()
    return _migrated_copy(url, path)


def _migrated(url: URL, *, begin: bool) -> Engine:
    with _refused(url):
        engine = _open(url)
    with _disposing(url, engine):
        _migrate(engine, lambda step: _key(url, step), begin=begin)
    return engine


def _migrated_copy(url: URL, path: Path) -> Engine:
    """Update a copy in memory to the latest version; secrets of an earlier version are encrypted with a
    temporary key.
    """
    with _refused(url):
        engine = engine_on_a_copy(path, json_deserializer=_from_json)
    with _disposing(url, engine):
        with engine.connect() as connection:
            cipher = _key(url, _step(connection)) if _is_encrypted(_step(connection)) else Cipher(new_key())
        _migrate(engine, lambda _: cipher, begin=False)
    give_cipher(engine, cipher)
    return engine


def _with_key(url: URL, engine: Engine) -> Engine:
    """Give the engine its key; raises StoreError when the key is lost or belongs to another database."""
    with _disposing(url, engine):
        proof, plain_text_left = _encryption(engine)
        cipher = _key(url, LATEST_MIGRATION)
        if not cipher.is_proven_by(proof):
            raise wrong_key(cipher.source, _shown(url))
    give_cipher(engine, cipher)
    if plain_text_left:
        remove_plain_text(engine)
    return engine


def _key(url: URL, step: str | None) -> Cipher:
    """Return the key of a database at this migration; a new key is made only if nothing is encrypted yet."""
    if url.get_backend_name() == "sqlite" and _file(url) is None:
        return _IN_MEMORY
    found = read_key if _is_encrypted(step) else read_or_make_key
    return found(key_file(_file(url)), _shown(url))


def _is_encrypted(step: str | None) -> bool:
    return step is not None and step >= _ENCRYPTED_SINCE


def _encryption(engine: Engine) -> tuple[str, bool]:
    """Return the stored proof of the key, and whether plain text is left on the disk."""
    with engine.connect() as connection:
        row = connection.execute(select(encryption.c.proof, encryption.c.plain_text_left)).one()
    return row.proof, row.plain_text_left


@contextmanager
def _disposing(url: URL, engine: Engine) -> Iterator[None]:
    """Dispose of the engine when it cannot be opened."""
    try:
        with _refused(url):
            yield
    except BaseException:
        engine.dispose()
        raise


@contextmanager
def _refused(url: URL) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise refusal(url, error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees the same state of the database from beginning to end."""
    with _as_store_error(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction; at the end of the block it is on disk, or, after an exception, has left nothing."""
    with (
        _as_store_error(engine),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing_plainly(engine: Engine) -> Iterator[DBAPICursor]:
    """Open a transaction as `writing` does, with the driver's own cursor, for data written hundreds of times
    a second.

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
            connection.invalidate()  # Closing the connection also ends its transaction.
            raise
        finally:
            connection.close()


@contextmanager
def asking_plainly(engine: Engine) -> Iterator[DBAPICursor]:
    """Yield the driver's own cursor for one SELECT that a server sends several times a second.

    `reading` takes eight times as much processor time for it.
    """
    with _as_store_error(engine):
        connection = engine.raw_connection()
        try:
            yield connection.cursor()
        except BaseException:
            connection.invalidate()  # The pool must not lend it again.
            raise
        finally:
            connection.close()


def number_in_order_of_commits(connection: Connection) -> None:
    """Make the ids that this transaction takes from now on follow the order in which transactions commit.

    SQLite has one writer at a time. PostgreSQL numbers rows before they are committed, so a reader that
    remembers the last number would miss a lower number that is committed later. The lock is held until the
    commit is visible.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_EVENTS_LOCK})")


_LATEST_REVISION = select(func.coalesce(func.max(revisions.c.id), 0))
"""Built once: servers ask four times a second."""


def latest_revision(connection: Connection) -> int:
    """Return the number of the last revision; 0 before the first."""
    latest: int = connection.execute(_LATEST_REVISION).scalar_one()
    return latest


def among(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values; always true for more values than a
    statement can hold.
    """
    return column.in_(list(values)) if len(values) <= MOST_NAMED else true()


def file_of(engine: Engine) -> Path | None:
    """Return the file of a SQLite database; None for a database server."""
    name = engine.url.database
    return Path(name) if name and engine.dialect.name == "sqlite" else None


def _file(url: URL) -> Path | None:
    in_a_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if in_a_file else None


def _shown(url: URL) -> str:
    return f"database {url.render_as_string(hide_password=True).removeprefix('sqlite:///')}"


def _url(text: str) -> URL:
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        return make_url(text)
    except ArgumentError as error:
        raise StoreError(f"database {text!r}", "is not a URL.", "Give a file name or a URL.") from error


def _open(url: URL) -> Engine:
    if url.drivername == "postgresql":  # SQLAlchemy would use psycopg2, which is no longer developed.
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        timeouts = {name: value for name, value in _TIMEOUTS.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, connect_args=timeouts)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_deserializer=_from_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _from_json(stored: str) -> Any:
    """Decode JSON, with a shortcut for empty settings, which most phones have: decoding 10,000 of them takes
    20 ms.
    """
    return {} if stored == "{}" else json.loads(stored)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin a transaction by itself, but only at the first write: too late for a consistent
    # read.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql(_BEGIN_WRITING if writes else "BEGIN")


def _migrate(engine: Engine, key: Callable[[str | None], Cipher], *, begin: bool) -> None:
    """Run Alembic, which is slow to import, only if the database is not at the latest migration."""
    with engine.connect() as connection:
        step = _step(connection)
        if step == LATEST_MIGRATION:
            return
        if step is None:
            _check_before_the_first_step(engine, inspect(connection).get_table_names(), begin=begin)
    cipher = key(step)
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        # Another process may have migrated the database while this one waited for the lock.
        if _step(connection) != LATEST_MIGRATION:
            _upgrade(connection, cipher)


def _check_before_the_first_step(engine: Engine, tables: Sequence[str], *, begin: bool) -> None:
    """Refuse a database that another program made, or that was opened only for reading."""
    tried = _shown(engine.url)
    if tables:
        raise StoreError(tried, "another program made it.", "Correct --database or RINGUP_DATABASE.")
    if not begin:
        cure = "The first change makes one: ringup site set time_zone=Europe/London"
        raise NoSiteYet(tried, "it holds no site yet.", cure)


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, cipher: Cipher) -> None:
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


@contextmanager
def _as_store_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, engine.dialect.loaded_dbapi.Error) as error:
        raise refusal(engine.url, error) from error
