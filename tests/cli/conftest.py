"""A `ringup` with an empty database, for the commands that keep and change records."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, update

from ringup.store import database
from ringup.store.encryption import Cipher
from ringup.store.tables import encryption
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.cli.terminal import Ringup, terminal

migrate = database._upgrade


@pytest.fixture
def ringup(tmp_path: Path) -> Ringup:
    """The command line on a database that nobody has used."""
    database.open_database(str(tmp_path / "ringup.db")).dispose()
    return terminal(tmp_path / "ringup.db")


@pytest.fixture
def asterisk() -> Iterator[FakeAsterisk]:
    """A manager interface in a thread of its own, as the command runs an event loop itself."""
    fake = FakeAsterisk()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result()
    yield fake
    asyncio.run_coroutine_threadsafe(fake.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(autouse=True, scope="module")
def migrated_once() -> Iterator[None]:
    """Give new databases the tables that one real migration made: it takes ten times as long as a command.

    The migrations themselves are tested in tests/store.
    """

    def upgrade(connection: Connection, cipher: Cipher) -> None:
        if inspect(connection).get_table_names():
            return migrate(connection, cipher)
        for statement in statements():
            connection.exec_driver_sql(statement)
        connection.execute(update(encryption).values(proof=cipher.proof()))
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_upgrade", upgrade)
        yield


@cache
def statements() -> tuple[str, ...]:
    """What makes the tables and the rows of an empty database, in SQL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_upgrade", migrate)
        engine = database.open_database("sqlite://")
    with closing(engine.raw_connection()) as connection:
        made = connection.cursor().connection.iterdump()
        kept = tuple(line for line in made if line not in ("BEGIN TRANSACTION;", "COMMIT;"))
    engine.dispose()
    return kept
