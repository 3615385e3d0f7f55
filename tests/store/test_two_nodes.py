"""Two programs on one database: nothing is lost, whichever commits first."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from ringup.errors import ChangedMeanwhile
from ringup.events import AddressLeased, Event
from ringup.site.model import Phone, Site
from ringup.store import revisions as revisions_module
from ringup.store.database import (
    latest_revision,
    number_in_order_of_commits,
    open_database,
    writing,
)
from ringup.store.history import add_events, read_events, statement_of
from ringup.store.revisions import commit, read_site, read_site_and_revision

ANN, BERT = Phone(mac="00164600000A"), Phone(mac="00164600000B")


@pytest.fixture(name="other")
def _other(engine: Engine, url: str) -> Iterator[Engine]:
    """A second node on the same database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


def keep(engine: Engine, site: Site, expected: int | None = None) -> int:
    return commit(engine, site, author="t", summary="t", at=1.0, expected_revision=expected).id


def test_a_site_and_its_number_are_of_one_moment_though_another_commits_between(
    engine: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the change made from the site would remove the other program's phone without a message."""
    latest = latest_revision
    commits = iter([Site(phones=(ANN,))])

    def after_another_commit(connection: Connection) -> int:
        for site in commits:
            keep(other, site)
        return latest(connection)

    monkeypatch.setattr(revisions_module, "latest_revision", after_another_commit)
    site, number = read_site_and_revision(engine)
    assert (site, number) == (Site(), 0)
    with pytest.raises(ChangedMeanwhile):
        keep(engine, Site(phones=(BERT,)), number)
    assert read_site(engine).phones == (ANN,)


def leased(number: int) -> Event:
    return AddressLeased(float(number), ANN.mac, "10.0.0.1", number)


def test_no_reader_misses_an_event_that_was_numbered_first_and_committed_last(
    engine: Engine, other: Engine
) -> None:
    slow = threading.Event()
    numbered = threading.Event()

    def add_slowly() -> None:
        with writing(other) as connection:
            number_in_order_of_commits(connection)
            statement, parameters = statement_of(connection.dialect, 1)
            fields = '{"address": "10.0.0.1", "seconds": 1, "renewed": false}'
            connection.exec_driver_sql(statement, parameters((1.0, ANN.mac, "AddressLeased", fields)))
            numbered.set()
            assert slow.wait(10)

    first = threading.Thread(target=add_slowly)
    first.start()
    assert numbered.wait(10)
    second = threading.Thread(target=lambda: add_events(engine, [leased(2)]))
    second.start()
    seen = read_events(engine)
    slow.set()
    first.join()
    second.join()
    last = seen[-1][0] if seen else 0
    assert [event for _, event in (*seen, *read_events(engine, after=last))] == [leased(1), leased(2)]


def test_many_writers_and_a_reader_agree_on_every_event(engine: Engine, url: str) -> None:
    def add(node: int) -> None:
        mine = open_database(url)
        for number in range(40):
            add_events(mine, [AddressLeased(float(number), f"{node:012X}", "10.0.0.1", number)] * 3)
        mine.dispose()

    writers = [threading.Thread(target=add, args=(node,)) for node in range(4)]
    for writer in writers:
        writer.start()
    seen: list[tuple[int, Event]] = []
    while any(writer.is_alive() for writer in writers):
        seen += read_events(engine, after=seen[-1][0] if seen else 0)
    seen += read_events(engine, after=seen[-1][0] if seen else 0)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == len(seen) == 4 * 40 * 3
