"""A fresh database for each test, of each kind that ringup supports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.store.database import open_database
from tests.store.new_databases import migrated_once
from tests.store.postgresql_server import postgresql

__all__ = ["migrated_once", "postgresql"]

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.peers)]
"""PostgreSQL is a server that others wrote: it runs in the stage of the peers."""


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where an empty database is, or will be; the key is beside it, or where programs are told that it is."""
    if request.param == "sqlite":
        return str(tmp_path / "ringup.db")
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    made: str = request.getfixturevalue("postgresql").database()
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty database of its own."""
    opened = open_database(url)
    yield opened
    opened.dispose()
