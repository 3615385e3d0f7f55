"""A `ringup` with an empty database, for the commands that keep and change records."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from ringup.store import database
from tests.asterisk.fake_asterisk import FakeAsterisk
from tests.cli.terminal import Ringup, terminal


@pytest.fixture(scope="session")
def unused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new database and its key."""
    folder = tmp_path_factory.mktemp("unused")
    database.open_database(str(folder / "ringup.db")).dispose()
    return folder


@pytest.fixture
def ringup(tmp_path: Path, unused: Path) -> Ringup:
    """The command line with a new database."""
    for file in unused.iterdir():
        copy(file, tmp_path)
    return terminal(tmp_path / "ringup.db")


@pytest.fixture
def asterisk() -> Iterator[FakeAsterisk]:
    """A manager interface in its own thread, because the command runs an event loop itself."""
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
