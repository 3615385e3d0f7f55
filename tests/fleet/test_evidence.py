"""The evidence about a phone that the database holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.doctor.evidence import Evidence, Expected
from ringup.events import EventsOmitted
from ringup.fleet import evidence as subject
from ringup.fleet.evidence import evidence_of, evidence_of_many, omitted_events
from ringup.fleet.glance import read_fleet
from ringup.site.model import Pbx, Site
from ringup.store.database import open_database
from ringup.store.journeys import JourneyKeeper
from tests.cli.fleet import ANNA, BERT, CARLA, EVENTS, NOW, SITE, UNKNOWN, fill

FOLLOWED = SITE.model_copy(update={"pbx": Pbx(manager_user="ringup", manager_secret="s")})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


def about(engine: Engine, mac: str, site: Site = FOLLOWED) -> Evidence:
    fleet, omitted = read_fleet(engine, NOW), omitted_events(engine)
    return evidence_of(engine, fleet, site, mac, NOW, loads=["P0S3-8-12-00"], omitted=omitted)


def test_events_are_those_of_the_phone_in_their_order(engine: Engine) -> None:
    fill(engine, site=FOLLOWED)
    evidence = about(engine, BERT)
    assert {event.mac for event in evidence.events} == {BERT}
    assert [event.at for event in evidence.events] == sorted(event.at for event in evidence.events)
    assert evidence.journey.mac == BERT


def test_of_secrets_only_the_length_is_told(engine: Engine) -> None:
    fill(engine, site=FOLLOWED)
    evidence = about(engine, BERT)
    assert isinstance(evidence.expected, Expected)
    assert [(line.extension, line.secret_length) for line in evidence.expected.lines] == [("202", 12)]
    assert "not-for-eyes" not in repr(evidence)


def test_a_stranger_is_not_expected(engine: Engine) -> None:
    fill(engine, site=FOLLOWED)
    evidence = about(engine, UNKNOWN)
    assert isinstance(evidence.expected, Expected)
    assert not evidence.expected.is_known


def test_without_a_manager_user_nobody_listens_to_the_pbx(engine: Engine) -> None:
    fill(engine)
    assert about(engine, BERT).source.heard("PBX")
    assert not about(engine, BERT, SITE).source.heard("PBX")


def test_events_that_were_left_out_leave_silence_without_proof(engine: Engine) -> None:
    omitted = EventsOmitted(NOW - 1, "", "", 9, "LineRegistered, LineReachable")
    fill(engine, site=FOLLOWED, events=(*EVENTS, omitted))
    source = about(engine, BERT).source
    assert not source.proves_silence("PBX")
    assert source.proves_silence("TFTP")


@pytest.mark.parametrize("are_stored", [True, False], ids=["stored journeys", "newer events"])
@pytest.mark.parametrize("batch", [1, 2, 50])
def test_many_phones_have_the_same_evidence_as_each_of_them(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, batch: int, *, are_stored: bool
) -> None:
    fill(engine, site=FOLLOWED)
    keeper = JourneyKeeper(engine, lambda: [phone.mac for phone in FOLLOWED.phones])
    while are_stored and keeper.advance():
        pass
    monkeypatch.setattr(subject, "BATCH", batch)
    macs = [CARLA, UNKNOWN, ANNA, BERT, "0016460000AA"]
    fleet = read_fleet(engine, NOW)
    many = list(evidence_of_many(engine, fleet, FOLLOWED, macs, NOW))
    assert [each.mac for each in many] == macs
    assert many == [evidence_of(engine, fleet, FOLLOWED, mac, NOW) for mac in macs]


def test_of_a_large_fleet_the_last_events_of_each_phone_are_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, site=FOLLOWED)
    keeper = JourneyKeeper(engine, lambda: [phone.mac for phone in FOLLOWED.phones])
    while keeper.advance():
        pass
    monkeypatch.setattr(subject, "MOST_IN_ALL", 1)
    monkeypatch.setattr(subject, "LEAST_EVENTS", 2)
    (few,) = evidence_of_many(engine, read_fleet(engine, NOW), FOLLOWED, [BERT], NOW)
    assert few.events == about(engine, BERT).events[-2:]
