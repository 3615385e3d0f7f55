"""Open a SQLite database that this user may read but not write: a backup, or one on a read-only disk."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool


def read_only_engine(path: Path, **options: Any) -> Engine:
    """Return an engine that never writes; it sees the commits of other programs."""
    return create_engine(_url(path), creator=lambda: _connect(path), **options)


def engine_on_a_copy(path: Path, **options: Any) -> Engine:
    """Return an engine for a copy in memory, which can be migrated although the file cannot be written."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closing(_connect(path)) as source:
        source.backup(copy)
    return create_engine(_url(path), creator=lambda: copy, poolclass=StaticPool, **options)


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _connect(path: Path) -> sqlite3.Connection:
    """Connect to a SQLite file for reading, with the journal beside it if there is one.

    Without a journal, the file itself holds everything. SQLite would create the journal's index, which fails
    without write access. So a file without a journal is opened as immutable (https://www.sqlite.org/wal.html,
    "Read-Only Databases").
    """
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{alone}", uri=True, isolation_level=None)
