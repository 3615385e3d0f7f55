"""A fresh database for each test, of each kind that ringup supports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.store.database import open_database
from tests.store.new_databases import migrated_once
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["migrated_once", "postgresql"]

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.peers)]
"""PostgreSQL is a server that others wrote: it runs in the stage of the peers."""


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where an empty database of PostgreSQL is; programs are told where the key is."""
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    return postgresql.database()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is, or will be; the key of a file is beside it."""
    if request.param == "sqlite":
        return str(tmp_path / "ringup.db")
    made: str = request.getfixturevalue("postgresql_url")
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty database of its own."""
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Engine]:
    """An empty database of PostgreSQL."""
    opened = open_database(postgresql_url)
    yield opened
    opened.dispose()
