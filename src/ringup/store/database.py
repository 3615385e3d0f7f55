"""Open the database with its key, and its transactions for reading and writing.

PostgreSQL reads in one snapshot (REPEATABLE READ); SQLite does so by itself. connect.py makes the
connections, migrate.py updates the tables, place.py sets the rights of the file, refusals.py explains the
errors of a database, and key_place.py finds the key of the secrets.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, func, select, true
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from ringup.errors import NoKeyYet, StoreError
from ringup.store.connect import (
    BEGIN_WRITING,
    WRITES,
    connect,
    connect_to_copy,
    connect_to_read,
    file_in,
    shown,
    url_of,
)
from ringup.store.encryption import Cipher, give_cipher, new_key
from ringup.store.key_file import read_key, read_or_make_key, wrong_key
from ringup.store.key_place import key_file
from ringup.store.migrate import is_encrypted, migrate, step_of
from ringup.store.place import check_readable, is_writable, make
from ringup.store.plain_text import remove_plain_text
from ringup.store.refusals import refusal
from ringup.store.tables import LATEST_MIGRATION, encryption, revisions

MOST_NAMED = 20_000
"""Maximum number of values in one SQL condition: SQLite accepts 32,766."""

_EVENTS_LOCK = 0x72696E67
"""Number of PostgreSQL's advisory lock for programs that add events: "ring"."""

_IN_MEMORY = Cipher(new_key())
"""The key of databases that exist only in the memory of this program."""


def open_database(url_or_path: str) -> Engine:
    """Open the database, create it if missing, and migrate it; raises StoreError.

    The key of the secrets is read, or made before anything is encrypted. The caller must dispose of the
    engine.
    """
    url = url_of(url_or_path)
    if path := file_in(url):
        with _refused(url):
            make(path)
    return _with_key(url, _migrated(url, begin=True))


def open_with_new_key(url_or_path: str) -> Engine:
    """Open a database whose key is lost or wrong, with the existing key or a new one.

    Encrypted values cannot be read until `new_key.begin_anew` has replaced them. Raises StoreError, also if
    the key is the right one.
    """
    url = url_of(url_or_path)
    if path := file_in(url):
        check_readable(path)
    engine = _migrated(url, begin=False)
    with _disposing(url, engine):
        cipher = read_or_make_key(key_file(file_in(url)), shown(url))
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
    url = url_of(url_or_path)
    path = file_in(url)
    if path is None:
        return _with_key(url, _migrated(url, begin=False))
    check_readable(path)
    if is_writable(path):
        with suppress(NoKeyYet):
            return _with_key(url, _migrated(url, begin=False))
    with _refused(url):
        engine = connect_to_read(path)
    with _disposing(url, engine), engine.connect() as connection:
        step = step_of(connection)
    if step == LATEST_MIGRATION:
        return _with_key(url, engine)
    engine.dispose()
    return _migrated_copy(url, path)


def _migrated(url: URL, *, begin: bool) -> Engine:
    with _refused(url):
        engine = connect(url)
    with _disposing(url, engine):
        migrate(engine, lambda step: _key(url, step), begin=begin)
    return engine


def _migrated_copy(url: URL, path: Path) -> Engine:
    """Migrate a copy in memory to the latest version.

    Plain-text secrets of an earlier version are encrypted with a temporary key.
    """
    with _refused(url):
        engine = connect_to_copy(path)
    with _disposing(url, engine):
        with engine.connect() as connection:
            step = step_of(connection)
        cipher = _key(url, step) if is_encrypted(step) else Cipher(new_key())
        migrate(engine, lambda _: cipher, begin=False)
    give_cipher(engine, cipher)
    return engine


def _with_key(url: URL, engine: Engine) -> Engine:
    """Give the engine its key; raises StoreError if the key is lost or belongs to another database."""
    with _disposing(url, engine):
        proof, plain_text_left = _encryption(engine)
        cipher = _key(url, LATEST_MIGRATION)
        if not cipher.is_proven_by(proof):
            raise wrong_key(cipher.source, shown(url))
    give_cipher(engine, cipher)
    if plain_text_left:
        remove_plain_text(engine)
    return engine


def _key(url: URL, step: str | None) -> Cipher:
    """Return the key of a database at this migration; a new key is made only if nothing is encrypted yet."""
    if url.get_backend_name() == "sqlite" and file_in(url) is None:
        return _IN_MEMORY
    found = read_key if is_encrypted(step) else read_or_make_key
    return found(key_file(file_in(url)), shown(url))


def _encryption(engine: Engine) -> tuple[str, bool]:
    """Return the stored proof of the key, and whether plain text is left on the disk."""
    with engine.connect() as connection:
        row = connection.execute(select(encryption.c.proof, encryption.c.plain_text_left)).one()
    return row.proof, row.plain_text_left


@contextmanager
def _disposing(url: URL, engine: Engine) -> Iterator[None]:
    """Dispose of the engine if it cannot be opened."""
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
    """Open a transaction; at the end of the block it is on disk, and after an exception it is undone."""
    with (
        _as_store_error(engine),
        engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def outside_transactions(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose statements are each a transaction of their own."""
    with _as_store_error(engine), engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def writing_plainly(engine: Engine) -> Iterator[DBAPICursor]:
    """Open a transaction like `writing`, but with the driver's own cursor.

    It is for data written hundreds of times a second: SQLAlchemy's connection takes as much processor time
    for a transaction as SQLite for twenty leases.
    """
    with _as_store_error(engine):
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            if engine.dialect.name == "sqlite":
                cursor.execute(BEGIN_WRITING)
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
            connection.invalidate()  # The pool must not give it to another caller.
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
"""Built once, because servers run it four times a second."""


def latest_revision(connection: Connection) -> int:
    """Return the number of the last revision; 0 before the first."""
    latest: int = connection.execute(_LATEST_REVISION).scalar_one()
    return latest


def among(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values; always true for more than MOST_NAMED
    values.
    """
    return column.in_(list(values)) if len(values) <= MOST_NAMED else true()


def file_of(engine: Engine) -> Path | None:
    """Return the file of a SQLite database; None for a database server."""
    name = engine.url.database
    return Path(name) if name and engine.dialect.name == "sqlite" else None


@contextmanager
def _as_store_error(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, engine.dialect.loaded_dbapi.Error) as error:
        raise refusal(engine.url, error) from error
