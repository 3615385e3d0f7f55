"""Commands that only show the site work on a database that this user may only read, and do not change it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringup.store.database import open_database
from tests.cli.fleet import ANNA, fill
from tests.cli.terminal import Said, terminal
from tests.other_user import another_user
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

READERS = [
    (("status",), "5 phones: 2 in trouble"),
    (("status", ANNA), "1600 talks to 202"),
    (("watch", "--once"), "5 phones"),
    (("render", ANNA), f"SIP{ANNA}.cnf"),
]

readers = pytest.mark.parametrize(("words", "shown"), READERS, ids=[" ".join(words) for words, _ in READERS])


@contextmanager
def read_only_folder() -> Iterator[Path]:
    """A database in a folder that other users may enter, but not write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill_and_close(str(folder / "ringup.db"))
        for path, mode in ((folder / "ringup.db", 0o444), (folder / "ringup.db.key", 0o444), (folder, 0o555)):
            path.chmod(mode)
        yield folder
        folder.chmod(0o755)


def fill_and_close(url: str) -> None:
    engine = open_database(url)
    fill(engine)
    engine.dispose()


def check(said: Said, shown: str) -> None:
    assert (said.status, said.err) == (0, "")
    assert shown in said.out


@readers
def test_a_file_that_may_only_be_read(words: tuple[str, ...], shown: str) -> None:
    with read_only_folder() as folder:
        before = (folder / "ringup.db").read_bytes()
        with another_user():
            check(terminal(folder / "ringup.db")(*words), shown)
        assert (folder / "ringup.db").read_bytes() == before
        assert sorted(path.name for path in folder.iterdir()) == ["ringup.db", "ringup.db.key"]


@pytest.fixture
def url(postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a filled PostgreSQL database."""
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    made = postgresql.database()
    fill_and_close(made)
    return made


@pytest.mark.peers
def test_a_role_of_postgresql_that_may_only_read(postgresql: PostgresqlServer, url: str) -> None:
    postgresql.query(url, "CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader")
    ringup = terminal(url.replace("postgres@", "reader@"))
    for words, shown in READERS:
        check(ringup(*words), shown)
    said = ringup("phone", "add", "00164600000B")
    assert (said.status, "permission denied" in said.err) == (2, True)


@pytest.mark.peers
@pytest.mark.parametrize("words", [words for words, _ in READERS], ids=" ".join)
def test_a_mistyped_name_on_postgresql_is_an_error(url: str, words: tuple[str, ...]) -> None:
    name = url.partition("@/")[2].partition("?")[0]
    said = terminal(url.replace(name, "rinup"))(*words)
    assert (said.status, said.out) == (2, "")
    assert 'database "rinup" does not exist. Check the URL' in said.err


@pytest.mark.peers
def test_reading_an_empty_database_of_postgresql_makes_no_tables(
    postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    url = postgresql.database()
    for words, _ in READERS:
        said = terminal(url)(*words)
        assert (said.status, "it holds no site yet" in said.err) == (2, True)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgresql.query(url, tables) == "0"
