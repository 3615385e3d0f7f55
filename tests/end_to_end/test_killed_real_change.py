"""A change, or a real Asterisk, is killed at each step: after the next start, everything is old or new."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script
from tests.end_to_end.killed_real_change import NEW, OLD
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("killed_real_change.py")


@pytest.mark.parametrize(
    ("release", "driver", "in_database"),
    [("22", "pjsip", False), ("22", "pjsip", True), ("16", "pjsip", False), ("16", "chan_sip", False)],
)
def test_records_files_and_what_asterisk_has_loaded_are_all_old_or_all_new(
    release: str, driver: str, in_database: bool, postgresql: PostgresqlServer
) -> None:
    words = []
    if in_database:
        name = postgresql.database().partition("@/")[2].partition("?")[0]
        words = [str(postgresql.folder / ".s.PGSQL.5432"), name]
    rows = run_script(SCRIPT, release, driver, *words)["rows"]

    for row in rows:
        assert row["records"] in (OLD, NEW), row
        assert row["differences"] == [], row
        assert (row["files"], row["drift"], row["unfinished"], row["rows"]) == (True, [], [], 0), row
    killed = [row["killed"] for row in rows if row["victim"] == "the change"]
    assert killed == [True] * (len(killed) - 1) + [False]
    assert len(killed) > 10
    assert {len(set(row["records"]) & set(NEW)) for row in rows} == {1, 2}, "some are old, some are new"
    assert all(row["records"] == NEW for row in rows if row["victim"] == "Asterisk")
    assert sum(row["killed"] for row in rows if row["victim"] == "Asterisk") >= 5
