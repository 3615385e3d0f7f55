"""Asterisk 22 reads the accounts from PostgreSQL: phones register and call, and a secret changes."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("realtime.py")


@pytest.mark.parametrize("road", ["pgsql", "odbc"])
def test_phones_register_and_call_with_accounts_in_postgresql(
    postgresql: PostgresqlServer, road: str
) -> None:
    url = postgresql.database()
    name = url.partition("@/")[2].partition("?")[0]
    result = run_script(SCRIPT, "22", str(postgresql.folder / ".s.PGSQL.5432"), name, road)

    assert result["reason"] == ""
    assert result["unread"] == ["no-realtime"], "the modules are switched off in modules.conf"
    assert "endpoint" not in result["file"]
    assert result["verified"][0] == 0, result["verified"][1]
    assert result["changed"][0] == 0, result["changed"][1]
    assert result["again"][0] == 0, result["again"][1]
    assert result["removed"][0] == 0, result["removed"][1]
    assert "Wrote 3 rows of Asterisk's realtime tables." in result["removed"][1]
    assert postgresql.query(url, "SELECT id, password FROM ps_auths") == "201|a-new-one"
    assert postgresql.query(url, "SELECT count(*) FROM ps_endpoints") == "1"
