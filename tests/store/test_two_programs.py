"""Two programs commit and add events on one PostgreSQL database: nothing is lost, and each sees everything.

RINGUP_COMMITS and RINGUP_EVENTS make it larger: the figure to report is 2000 and 100000 for each program.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ringup.store.database import open_database
from tests.store.postgresql_server import PostgresqlServer

COMMITS = int(os.environ.get("RINGUP_COMMITS", "60"))
EVENTS = int(os.environ.get("RINGUP_EVENTS", "3000"))
NODES = (1, 2)


def line_of(program: "subprocess.Popen[str]") -> dict[str, Any]:
    assert program.stdout
    line = program.stdout.readline()
    assert line, "the program ended"
    return dict(json.loads(line))


@pytest.mark.peers
def test_two_programs_lose_nothing_and_see_everything(
    postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    url = postgresql.database()
    open_database(url).dispose()
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.node", url, str(node), str(COMMITS), str(EVENTS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for node in NODES
    ]
    done = [line_of(program) for program in programs]
    for program in programs:
        assert program.stdin
        program.stdin.write("\n")
        program.stdin.flush()
    seen = [line_of(program)["seen"] for program in programs]
    assert [program.wait(10) for program in programs] == [0, 0]
    added = sum(each["added"] for each in done)
    assert postgresql.query(url, "SELECT count(*) FROM revisions") == str(len(NODES) * COMMITS)
    assert postgresql.query(url, "SELECT count(DISTINCT summary) FROM revisions") == str(len(NODES) * COMMITS)
    assert postgresql.query(url, "SELECT max(id) FROM revisions") == str(len(NODES) * COMMITS)
    assert postgresql.query(url, "SELECT count(*) FROM events") == str(added)
    assert seen == [added, added]
    assert sum(each["refused"] for each in done) > 0, "they never met"
    for program in programs:
        assert program.stdin
        assert program.stdout
        program.stdin.close()
        program.stdout.close()
