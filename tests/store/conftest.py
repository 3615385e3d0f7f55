"""A new database for each test, of each kind that ringup supports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.store.database import open_database
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.peers)]
"""The kinds of databases; PostgreSQL is another project's server, so its tests have the mark of the peers."""


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty PostgreSQL database; programs are told where the key is."""
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    return postgresql.database()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, or of one that will be created; the key of a file is in the same
    folder.
    """
    if request.param == "sqlite":
        return str(tmp_path / "ringup.db")
    made: str = request.getfixturevalue("postgresql_url")
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A new, empty database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    opened = open_database(postgresql_url)
    yield opened
    opened.dispose()
