"""Opening, creating and migrating a database, and the messages if that is impossible."""

import re
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from ringup.errors import StoreError
from ringup.events import ServerStopped
from ringup.site.model import Site
from ringup.store import connect, migrate, migrations
from ringup.store.database import file_of, open_database, reading
from ringup.store.history import add_events, read_events
from ringup.store.revisions import commit, current_revision, read_site
from ringup.store.tables import LATEST_MIGRATION, metadata
from tests.conftest import PRAGMAS
from tests.store.earlier_version import downgrade

MISSING_TABLE = r'no such table: lines|relation "lines" does not exist'
OFFICE = Site(name="Office")


def keep_office(engine: Engine) -> None:
    commit(engine, OFFICE, author="test", summary="test", at=1.0)


def test_an_empty_database_is_migrated_to_exactly_the_tables_we_use(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == LATEST_MIGRATION
        )


def test_a_new_file_has_exactly_what_the_migrations_make(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sql_of_a_new_database()
    monkeypatch.setattr(migrate, "make_first_tables", migrate.upgrade)
    assert made == sql_of_a_new_database()
    assert f"VALUES('{LATEST_MIGRATION}')" in "".join(made)


def sql_of_a_new_database() -> list[str]:
    """The statements that would make its tables and rows, without line ends, which differ; sorted."""
    engine = open_database("sqlite://")  # in memory, where the key is always the same
    with closing(engine.raw_connection()) as connection:
        lines = [" ".join(line.split()) for line in connection.cursor().connection.iterdump()]
    engine.dispose()
    return sorted(re.sub(r"VALUES\(1,'aes256gcm:[^']*'", "VALUES(1,'proof'", line) for line in lines)


def test_the_latest_migration_is_the_newest_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(*migrations.__path__)))
    assert ScriptDirectory.from_config(config).get_current_head() == LATEST_MIGRATION


def test_an_older_database_is_brought_up_to_date_with_what_is_inside(engine: Engine, url: str) -> None:
    stopped = ServerStopped(1.0, "")
    add_events(engine, [stopped])
    downgrade(engine, "0001")
    again = open_database(url)
    assert [event for _, event in read_events(again)] == [stopped]
    with again.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    again.dispose()


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "ringup.db"
    path.touch()
    engine = open_database(str(path))
    assert read_site(engine) == Site()
    engine.dispose()


def test_opening_again_keeps_what_is_inside(tmp_path: Path) -> None:
    for _ in range(3):
        engine = open_database(str(tmp_path / "ringup.db"))
        keep_office(engine)
        assert read_site(engine) == OFFICE
        assert current_revision(engine) == 1
        engine.dispose()


def test_a_url_opens_the_same_file_as_its_path(tmp_path: Path) -> None:
    path = tmp_path / "ringup.db"
    engine = open_database(f"sqlite:///{path}")
    assert file_of(engine) == path
    keep_office(engine)
    engine.dispose()
    engine = open_database(str(path))
    assert read_site(engine) == OFFICE
    engine.dispose()


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ringup"
    engine = open_database(str(folder / "ringup.db"))
    keep_office(engine)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(("ringup.db", "ringup.db-wal", "ringup.db-shm", "ringup.db.key"), 0o600)
    engine.dispose()


def test_a_commit_waits_for_the_disk_and_readers_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_PRAGMAS", PRAGMAS)
    engine = open_database(str(tmp_path / "ringup.db"))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000  # for another writer
    engine.dispose()


def test_a_reader_sees_one_state_while_another_commits(engine: Engine) -> None:
    count = text("SELECT count(*) FROM revisions")
    with reading(engine) as connection:
        assert connection.execute(count).scalar() == 0
        keep_office(engine)
        assert connection.execute(count).scalar() == 0
    assert current_revision(engine) == 1


def _garbage(path: Path) -> str:
    path.write_bytes(b"this is no database\n" * 100)
    return str(path)


def _folder(path: Path) -> str:
    path.mkdir()
    return str(path)


def _below_a_file(path: Path) -> str:
    path.touch()
    return str(path / "ringup.db")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_garbage, "file is not a database"),
        (_folder, "unable to open database file"),
        (_below_a_file, "File exists: "),
        (lambda _: "nosuch://host/ringup", "Install the driver this URL names."),
        (lambda _: "://", "is not a URL. Give a file name or a URL."),
    ],
)
def test_what_cannot_be_opened_is_said_with_a_cure(
    tmp_path: Path, spoil: Callable[[Path], str], words: str
) -> None:
    with pytest.raises(StoreError) as caught:
        open_database(spoil(tmp_path / "x"))
    assert words in str(caught.value)
    assert caught.value.cure


def test_what_was_no_database_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    before = Path(_garbage(path)).read_bytes()
    with pytest.raises(StoreError):
        open_database(str(path))
    assert path.read_bytes() == before


def test_the_password_of_a_url_is_not_shown() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("nosuch://user:s3cret@host/ringup")
    assert "s3cret" not in str(caught.value)


def test_a_database_of_a_newer_ringup_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ringup.db"
    open_database(str(path)).dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(StoreError, match="A newer ringup made it"):
        open_database(str(path))


def test_a_damaged_database_is_said_when_it_is_read_or_written(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("DROP TABLE lines"))
        connection.commit()
    with pytest.raises(StoreError, match=MISSING_TABLE):
        read_site(engine)
    with pytest.raises(StoreError, match="Check that it exists"):
        keep_office(engine)


def test_a_database_that_another_program_holds_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringup.store.connect.BUSY_SECONDS", 0)
    path = tmp_path / "ringup.db"
    engine = open_database(str(path))
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program uses it"):
            keep_office(engine)
    keep_office(engine)
    assert read_site(engine) == OFFICE
    engine.dispose()
