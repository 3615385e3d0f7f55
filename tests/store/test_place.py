"""Where a database is: reading creates nothing, a group shares its site, and refusals say what to do."""

import errno
import grp
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from ringup.errors import NoAccess, NoSiteYet, StoreError
from ringup.site.model import Site
from ringup.store import place, refusals
from ringup.store.database import open_database, open_to_read
from ringup.store.refusals import refusal
from ringup.store.revisions import commit, read_site
from tests.other_user import another_user


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def keep(path: Path, name: str) -> None:
    engine = open_database(str(path))
    commit(engine, Site(name=name), author="test", summary="test", at=1.0)
    engine.dispose()


def name_in(path: Path) -> str:
    engine = open_to_read(str(path))
    try:
        return read_site(engine).name
    finally:
        engine.dispose()


def test_reading_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "rinup.db"
    with pytest.raises(NoSiteYet, match="there is no such file") as caught:
        open_to_read(str(path))
    assert str(path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_mistyped_name_gets_the_near_one(tmp_path: Path) -> None:
    keep(tmp_path / "ringup.db", "Office")
    with pytest.raises(NoSiteYet, match=f"Did you mean {tmp_path}/ringup.db"):
        open_to_read(str(tmp_path / "rinup.db"))


def test_reading_an_empty_file_leaves_it_empty(tmp_path: Path) -> None:
    path = tmp_path / "ringup.db"
    path.touch()
    with pytest.raises(NoSiteYet, match="holds no site yet"):
        open_to_read(str(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


@pytest.mark.parametrize("opened", [open_database, open_to_read])
def test_a_database_of_another_program_gets_no_tables(tmp_path: Path, opened: object) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    assert callable(opened)
    with pytest.raises(StoreError, match="another program made it"):
        opened(str(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]


def test_a_site_that_may_only_be_read_is_read(folder: Path) -> None:
    path = folder / "ringup.db"
    keep(path, "Office")
    path.with_name("ringup.db.key").chmod(0o444)
    path.chmod(0o444)
    folder.chmod(0o555)
    with another_user():
        assert name_in(path) == "Office"
        with pytest.raises(NoAccess, match="may not write it"):
            open_database(str(path))
    folder.chmod(0o755)
    assert sorted(entry.name for entry in folder.iterdir()) == ["ringup.db", "ringup.db.key"]


LATER_TABLES = (
    "rollouts",
    "rollout_phones",
    "books",
    "accounts",
    "hooks",
    "sessions",
    "tokens",
    "audit",
    "first_link",
    "guests", "claim_codes",
    "journeys", "timeline", "followed", "encryption", "pins", "nodes", "active_nodes", "held_secrets"
)  # fmt: skip


LATER_COLUMNS = (
    ("groups", "protocol"), ("groups", "services"), ("groups", "language"),
    ("phones", "protocol"), ("phones", "speed_dials"),
    ("lines", "numbers"),
)  # fmt: skip


def test_a_site_of_an_earlier_version_that_may_only_be_read_is_read(folder: Path) -> None:
    path = folder / "ringup.db"
    keep(path, "Office")
    with closing(sqlite3.connect(path)) as connection:
        for later in LATER_TABLES:
            connection.execute(f"DROP TABLE {later}")
        for table, column in LATER_COLUMNS:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("CREATE INDEX events_by_mac ON events (mac, id)")
        connection.execute("CREATE INDEX events_by_time ON events (at)")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    before = path.read_bytes()
    path.chmod(0o444)
    with another_user():
        assert name_in(path) == "Office"
    assert path.read_bytes() == before


def test_a_site_of_others_is_refused_with_the_group_that_may(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "ringup.db"
    keep(path, "Office")
    monkeypatch.setattr(place, "GROUP", grp.getgrgid(path.stat().st_gid).gr_name)
    with another_user(), pytest.raises(NoAccess, match="may not read it") as caught:
        open_to_read(str(path))
    assert caught.value.group == place.GROUP
    monkeypatch.setattr(place, "GROUP", "another")
    with another_user(), pytest.raises(NoAccess) as caught:
        open_database(str(path))
    assert caught.value.group == ""


def test_a_site_below_a_folder_of_others_is_not_made(folder: Path) -> None:
    with another_user(), pytest.raises(NoAccess, match="may not write it"):
        open_database(str(folder / "site" / "ringup.db"))
    assert list(folder.iterdir()) == []


def test_the_group_of_a_shared_folder_may_write_all_of_a_site(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    engine = open_database(str(tmp_path / "ringup.db"))
    commit(engine, Site(name="Office"), author="test", summary="test", at=1.0)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    database = dict.fromkeys(("ringup.db", "ringup.db-wal", "ringup.db-shm"), 0o660)
    assert modes == {**database, "ringup.db.key": 0o640}
    engine.dispose()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            'connection failed: connection to server at "10.0.0.5", port 5 failed: FATAL:  role "x" is away',
            'role "x" is away.',
        ),
        (
            'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or '
            "directory\n\tIs the server running locally?",
            "No such file or directory.",
        ),
        ("failed to resolve host 'db': Name or service not known", "failed to resolve host 'db': Name or"),
        ("connection timeout expired", "connection timeout expired."),
    ],
)
def test_the_reason_why_a_server_cannot_be_reached_is_told(said: str, told: str) -> None:
    shown = str(refusal(make_url("postgresql://ann:s3cret@db/ringup"), psycopg.OperationalError(said)))
    assert shown.startswith(f"database postgresql://ann:***@db/ringup: {told}")
    assert shown.endswith("Check the URL of --database or RINGUP_DATABASE, and that the server runs.")


def test_an_error_that_may_quote_a_row_is_not_told() -> None:
    row = psycopg.OperationalError("could not send (s3cret): connection to server failed: s3cret")
    assert "s3cret" not in str(refusal(make_url("postgresql://db/ringup"), row))


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url(f"sqlite:///{tmp_path}/ringup.db")
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "No space left on /" in str(refusal(url, full))
    sqlites = sqlite3.OperationalError("disk I/O error")
    assert "disk I/O error" in str(refusal(url, sqlites))
    monkeypatch.setattr(refusals, "_has_no_room", lambda _path: True)
    assert "Free space there: df -h /" in str(refusal(url, sqlites))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.peers
@pytest.mark.parametrize("kilobytes", [64, 1024])
def test_sqlite_on_a_full_disk_says_so(tmp_path: Path, kilobytes: int) -> None:
    """The disk is a separate one in its own namespaces; it is full from the start, or while a revision is
    stored.
    """
    program = (
        "import sys; from tests.store.test_place import keep; from pathlib import Path\n"
        "for number in range(99): keep(Path(sys.argv[1]), 'x' * 20_000 + str(number))"
    )
    mounted = f'mount -t tmpfs -o size={kilobytes}k tmpfs "$1" && exec "$2" -c "$3" "$1/ringup.db"'
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    done = subprocess.run(
        ["unshare", *own, "--mount", "sh", "-c", mounted, "sh", str(tmp_path), sys.executable, program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert f"No space left on {tmp_path}. Free space there: df -h {tmp_path}" in done.stderr
