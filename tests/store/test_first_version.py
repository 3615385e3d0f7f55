"""A database that version 0.1.0 (commit 3b045a9) wrote opens without any loss, on SQLite and PostgreSQL."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Engine, MetaData, Table, func, insert, select, text

from ringup.errors import StoreError
from ringup.site.check import check
from ringup.site.yaml_rows import read_yaml
from ringup.store.connect import connect, url_of
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.journeys import read_journeys
from ringup.store.leases import read_leases
from ringup.store.revisions import latest_change, read_site, site_at
from tests.store.earlier_version import upgrade

DUMP = Path(__file__).parents[1] / "packages" / "ringup-0.1.0.sql"
ITS_MIGRATION = "0002"


@pytest.fixture
def first_version(url: str, tmp_path: Path) -> str:
    """The URL of a database with the tables and rows of 0.1.0."""
    dumped = tmp_path / "dumped.db" if "://" in url else Path(url)
    with closing(sqlite3.connect(dumped)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    if "://" in url:
        _copied(dumped, url)
    return url


def _copied(dumped: Path, url: str) -> None:
    """Give a PostgreSQL database the tables of that version, and the rows of the SQLite one."""
    upgrade(url, ITS_MIGRATION)
    engine, tables = connect(url_of(url)), MetaData()
    tables.reflect(engine)
    with closing(sqlite3.connect(dumped)) as source, engine.begin() as connection:
        source.row_factory = sqlite3.Row
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            connection.execute(table.delete())
            rows = [_row(table, dict(row)) for row in source.execute(f'SELECT * FROM "{table.name}"')]
            if rows:
                connection.execute(insert(table), rows)
        last = connection.execute(select(func.max(tables.tables["events"].c.id))).scalar_one()
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('events', 'id'), :last)"), {"last": last}
        )
    engine.dispose()


def _row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return json.loads(value)
    return bool(value) if isinstance(column.type, Boolean) else value


@pytest.fixture
def opened(first_version: str) -> Engine:
    return open_database(first_version)


def test_the_site_its_history_its_leases_and_its_events_are_there(opened: Engine) -> None:
    expected = check(read_yaml(DUMP.with_suffix(".yaml").read_text(encoding="utf-8"), "ringup-0.1.0.yaml"))
    assert read_site(opened) == expected.model_copy(update={"sync": read_site(opened).sync})
    assert latest_change(opened) == 6
    assert site_at(opened, 6) == read_site(opened)
    assert site_at(opened, 0).phones == ()
    assert {lease.address for lease in read_leases(opened)} == {"192.168.1.100", "192.168.1.50"}
    assert [number for number, _event in read_events(opened)] == [1, 2, 3, 4, 5, 6]
    assert read_journeys(opened).event == 0, "journeys are computed from the events"
    opened.dispose()


def test_a_newer_database_is_refused_with_advice(opened: Engine, url: str) -> None:
    with opened.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.dispose()
    with pytest.raises(StoreError, match="A newer ringup made it: use that version, or restore"):
        open_database(url)
