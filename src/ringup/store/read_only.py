"""Opens a SQLite database that this user may read but not write: a backup, or one on a read-only disk."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.pool import StaticPool


def read_only_engine(path: Path, **options: Any) -> Engine:
    """Return an engine that never writes; what other programs commit meanwhile is seen."""
    return create_engine(_url(path), creator=lambda: _connect(path), **options)


def engine_on_a_copy(path: Path, **options: Any) -> Engine:
    """Return an engine on a copy in memory, which can be brought up to date where the file cannot."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closing(_connect(path)) as source:
        source.backup(copy)
    return create_engine(_url(path), creator=lambda: copy, poolclass=StaticPool, **options)


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _connect(path: Path) -> sqlite3.Connection:
    """Read the journal beside the file, if there is one; without it everything is in the file itself.

    SQLite would make the journal's index, and cannot where it may not write. So a file that is alone is
    opened as one that does not change (https://www.sqlite.org/wal.html, "Read-Only Databases").
    """
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{alone}", uri=True, isolation_level=None)
