"""Connect to SQLite in one file, or to PostgreSQL by a URL; all settings of SQLite's connections are here.

WAL lets readers continue while one program writes. With synchronous=FULL, a commit is on disk when it
returns; every DHCPACK relies on that.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ringup.errors import StoreError
from ringup.store.read_only import engine_on_a_copy, read_only_engine

CACHE_KILOBYTES = 512
"""Kilobytes of pages that each connection caches, a quarter of SQLite's own default: the kernel caches the
file too.
"""

BUSY_SECONDS = 10
"""Seconds that a writer waits for another writer. A commit takes milliseconds, so a writer that takes ten
seconds hangs.
"""

WRITES = "ringup_writes"
"""Execution option of a connection that will write, so SQLite takes the write lock before it reads."""

BEGIN_WRITING = "BEGIN IMMEDIATE"

_TIMEOUTS = {"connect_timeout": 5, "tcp_user_timeout": 5000}
"""Seconds and milliseconds after which the connection to an unreachable PostgreSQL server counts as lost; a
URL may set other values.
"""

_PRAGMAS: tuple[str, ...] = (
    "journal_mode = WAL",
    "synchronous = FULL",
    f"cache_size = -{CACHE_KILOBYTES}",
)


def url_of(text: str) -> URL:
    """Return the database URL for a URL or the name of a file; raises StoreError."""
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        return make_url(text)
    except ArgumentError as error:
        raise StoreError(f"database {text!r}", "is not a URL.", "Give a file name or a URL.") from error


def file_in(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for a database server, and for SQLite in memory."""
    in_a_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if in_a_file else None


def shown(url: URL) -> str:
    """Return the database's name for messages, without its password."""
    return f"database {url.render_as_string(hide_password=True).removeprefix('sqlite:///')}"


def connect(url: URL) -> Engine:
    """Return an engine that may write; nothing is opened before its first use."""
    if url.drivername == "postgresql":  # SQLAlchemy would use psycopg2, which is no longer developed.
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        timeouts = {name: value for name, value in _TIMEOUTS.items() if name not in url.query}
        return create_engine(url, pool_pre_ping=True, connect_args=timeouts)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_deserializer=_from_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def connect_to_read(path: Path) -> Engine:
    """Return an engine for a SQLite file that this user may not write to."""
    engine = read_only_engine(path, json_deserializer=_from_json)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def connect_to_copy(path: Path) -> Engine:
    """Return an engine for a copy in memory of a SQLite file that this user may not write to."""
    return engine_on_a_copy(path, json_deserializer=_from_json)


def _from_json(stored: str) -> Any:
    """Decode JSON, with a shortcut for empty settings.

    Most phones have empty settings, and decoding 10,000 of them takes 20 ms.
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
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(BEGIN_WRITING if writes else "BEGIN")
