"""Which parts of a server are opened and started, in which order, and how they are connected."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from ringup.finding import ERROR
from ringup.serve import build
from ringup.serve.options import Options
from ringup.serve.parts import ServerParts, server_parts
from ringup.site.model import DirectorySource, Site
from ringup.store.database import open_database
from ringup.store.journeys import JourneyKeeper
from tests.cli.fleet import SITE, fill

if TYPE_CHECKING:
    from ringup.pages.metrics import Parts as MeasuredParts

SERVICES = ["dhcp", "tftp", "http", "listener", "metrics"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


def parts_of(database: Engine, folder: Path, **options: Any) -> ServerParts:
    return server_parts(Options("lo", "", folder, **{"metrics": ("127.0.0.1", 0), **options}), database)


@pytest.mark.parametrize(
    ("options", "switched_on"),
    [
        ({}, SERVICES),
        ({"dhcp": False}, ["tftp", "http", "listener", "metrics"]),
        ({"tftp": False}, ["dhcp", "http", "listener", "metrics"]),
        ({"http": False}, ["dhcp", "tftp", "listener", "metrics"]),
        ({"sntp": True}, ["dhcp", "tftp", "http", "sntp", "listener", "metrics"]),
        ({"metrics": None}, ["dhcp", "tftp", "http", "listener"]),
    ],
)
def test_services_that_are_switched_on_are_opened_in_order(
    options: dict[str, Any], switched_on: list[str], tmp_path: Path, database: Engine
) -> None:
    parts = parts_of(database, tmp_path, **options)
    assert parts.services() == [getattr(parts, name) for name in switched_on]


def test_the_site_is_served_as_it_is_changed_behind_the_store(tmp_path: Path, database: Engine) -> None:
    def renamed(site: Site) -> Site:
        return site.model_copy(update={"name": "another"})

    parts = server_parts(Options("lo", "", tmp_path), database, renamed)
    assert parts.watch.site.name == "another"


def test_a_server_that_starts_again_counts_every_phone_at_once(
    tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    before = JourneyKeeper(database, lambda: [phone.mac for phone in SITE.phones])
    while before.advance():
        pass
    measured: list[MeasuredParts] = []
    monkeypatch.setattr(build, "metrics", lambda _basis, parts: measured.append(parts))
    parts_of(database, tmp_path)
    assert measured[0].board
    states = measured[0].board.states()
    assert (states["in_service"], states["waiting"], sum(states.values())) == (1, 1, len(SITE.phones))


def test_names_of_an_address_book_survive_a_restart_and_the_loss_of_their_file(
    tmp_path: Path, database: Engine
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,number\nBob,1\n")
    source = DirectorySource(name="people", url=str(file))
    fill(database, site=Site(directory=(source,)), events=())

    async def read(parts: ServerParts) -> None:
        parts.store.start(asyncio.get_running_loop())
        parts.books.look()
        await parts.books.settled()
        parts.store.stop()

    asyncio.run(read(parts_of(database, tmp_path)))
    file.unlink()
    again = parts_of(database, tmp_path)
    names = [entry.name for book in again.books.shelf.books(again.watch.site) for entry in book.entries]
    assert names == ["Bob"]
    asyncio.run(read(again))
    again.machine_watch.take(again.machine_watch.look())
    assert again.machine_watch.standing > 0
    faults = [problem for result in again.machine_watch.look() for problem in result.problems(ERROR)]
    assert any("people cannot be read: No such file" in fault.what for fault in faults)
    assert names == [
        entry.name for book in again.books.shelf.books(again.watch.site) for entry in book.entries
    ]
