"""The fast reading of the fleet gives the same result for each phone as reading everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.events import (
    AddressLeased,
    CallStarted,
    Event,
    FileNotFound,
    LineRegistered,
    PbxConnected,
    PbxLost,
    ServerStarted,
)
from ringup.fleet.glance import read_fleet, read_row, read_rows
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import fleet_rows
from ringup.journey import journeys as journeys_module
from ringup.journey.follow import attribute
from ringup.site.model import Pbx
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import commit
from tests.cli.fleet import ANNA, BERT, EVENTS, LATE, NOW, SITE, UNKNOWN
from tests.journey.sequences import sequence_e


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with the site."""
    engine = open_database(str(tmp_path / "ringup.db"))
    commit(engine, SITE, author="test", summary="test", at=1.0)
    yield engine
    engine.dispose()


LATER: tuple[Event, ...] = (
    FileNotFound(400, "", f"SIP{LATE}.cnf", "10.0.0.77", ""),
    FileNotFound(401, "", "RINGLIST.DAT", "10.0.0.77", ""),
    LineRegistered(402, BERT, "202", "sip:202@10.0.0.8"),
    CallStarted(403, BERT, "202", "1600"),
)
RESTART: tuple[Event, ...] = (*LATER, ServerStarted(404, "", "1"), PbxLost(405, "", "gone"))


@pytest.mark.parametrize(("now", "user"), [(NOW, ""), (1_000_000.0, ""), (1_000_000.0, "ringup")])
@pytest.mark.parametrize("kept", [0, 5, len(EVENTS)])
@pytest.mark.parametrize("later", [(), LATER, RESTART, (*RESTART, PbxConnected(406, "", "22"))])
def test_the_glance_agrees_with_the_whole(
    engine: Engine, kept: int, later: tuple[Event, ...], now: float, user: str
) -> None:
    site = SITE.model_copy(update={"pbx": Pbx(manager_user=user)})
    commit(engine, site, author="test", summary="the manager", at=2.0)
    add_events(engine, EVENTS[:kept])
    keeper = JourneyKeeper(engine, frozenset)
    while keeper.advance():
        pass
    add_events(engine, [*EVENTS[kept:], *later])
    whole = Fleet(engine)
    list(whole.read())
    happened = list(attribute([*EVENTS, *later], {}))
    rows = fleet_rows(whole.journeys, whole.site, whole.present(now))
    glance = read_fleet(engine, now)
    told = {(one.mac, one.group, one.model, one.stage, one.state) for one in glance.phones}
    assert told == {
        (row.mac, row.phone.group if row.phone else None, row.model, row.journey.stage, row.state)
        for row in rows
    }
    assert glance.pbx_lost == whole.pbx_lost
    assert read_rows(engine, glance, [row.mac for row in rows]) == rows
    for row in rows:
        assert read_row(engine, glance, row.mac) == row
        own = [event for event in happened if event.mac == row.mac]
        assert glance.events_of(engine, row.mac, 1000) == own
        assert glance.events_of(engine, row.mac, 2) == own[-2:]


def test_a_phone_that_has_its_files_is_overdue_only_where_registrations_are_seen(engine: Engine) -> None:
    add_events(engine, [event for event in sequence_e(100, ANNA) if not isinstance(event, LineRegistered)])

    def state() -> str:
        return next(one.state for one in read_fleet(engine, 1_000_000.0).phones if one.mac == ANNA)

    assert state() == "coming"
    site = SITE.model_copy(update={"pbx": Pbx(manager_user="ringup")})
    commit(engine, site, author="test", summary="the manager", at=2.0)
    assert state() == "trouble"


def test_a_phone_that_was_never_heard_and_is_not_ours_is_none(engine: Engine) -> None:
    assert read_row(engine, read_fleet(engine, NOW), "0016460000FF") is None


def test_only_the_phones_named_are_read(engine: Engine) -> None:
    add_events(engine, EVENTS)
    glance = read_fleet(engine, NOW)
    assert [row.mac for row in read_rows(engine, glance, [UNKNOWN, ANNA])] == [ANNA, UNKNOWN]


def test_phones_of_the_site_are_new_however_many_boot_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys_module, "MOST_UNKNOWN", 1)
    booted = [
        AddressLeased(float(at), phone.mac, f"10.0.0.{at}", 60) for at, phone in enumerate(SITE.phones, 1)
    ]
    add_events(engine, booted)
    glance = read_fleet(engine, NOW)
    assert {one.mac: one.stage for one in glance.phones} == {phone.mac: "address" for phone in SITE.phones}
