"""The services that read the database: lists of calls, and the lights of the fleet."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest
from sqlalchemy import Engine

from ringup.events import CallAnswered, CallMissed, CallStarted, Event, LineRegistered, RegistrationRefused
from ringup.pages.answers import Refreshed, Shown
from ringup.pages.objects.values import Directory, Menu, Text
from ringup.pages.services.call_lists import CallKind, ListedCall, call_lists, calls_of, listed
from ringup.pages.services.fleet import fleet, fleet_phone
from ringup.pages.services.running import Runner
from ringup.pages.services.service import call
from ringup.pages.services.sources import Sources
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import commit
from tests.pages.services.callers import ANN, BOB, SITE, ann, names

NOON = 1_795_780_800.0
CALLS: list[Event] = [
    CallStarted(NOON, ANN.mac, "101", "102"),
    CallAnswered(NOON + 1, ANN.mac, "101", "102"),
    CallAnswered(NOON + 60, ANN.mac, "101", "102"),
    CallMissed(NOON + 120, ANN.mac, "101", "0301234"),
    CallMissed(NOON + 180, ANN.mac, "109", ""),
    CallMissed(NOON + 240, BOB.mac, "102", "101"),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_database(str(tmp_path / "ringup.db"))
    commit(made, SITE, author="ann", summary="two phones", at=NOON)
    yield made
    made.dispose()


def keep(engine: Engine, events: list[Event]) -> None:
    add_events(engine, events)
    JourneyKeeper(engine, lambda: {ANN.mac, BOB.mac}).advance()


def entries(page: Shown) -> list[tuple[str, str]]:
    assert isinstance(page, Directory)
    return [(each.name, each.telephone) for each in page.entries]


def test_an_answer_is_a_received_call_unless_the_line_dialled() -> None:
    assert [(each.kind.value, each.number) for each in listed(CALLS[:4])] == [
        ("placed", "102"), ("received", "102"), ("missed", "0301234"),
    ]  # fmt: skip
    assert list(listed([CALLS[1]])) == [ListedCall(CallKind.RECEIVED, NOON + 1, "102")]


def test_the_lists_of_calls_are_of_this_phone_and_dial_back(engine: Engine) -> None:
    keep(engine, CALLS)
    caller = ann(Sources(database=engine))
    assert names(call_lists(caller)) == [
        "calls-of?which=missed",
        "calls-of?which=received",
        "calls-of?which=placed",
    ]
    assert entries(call(calls_of, caller, {"which": "missed"})) == [("27.11. 12:02 0301234", "0301234")]
    assert entries(call(calls_of, caller, {"which": "received"})) == [("27.11. 12:01 Bob", "102")]
    assert entries(call(calls_of, caller, {"which": "placed"})) == [("27.11. 12:00 Bob", "102")]


def test_without_calls_the_list_says_so(engine: Engine) -> None:
    page = call(calls_of, ann(Sources(database=engine)), {"which": "missed"})
    assert page == Text("No missed calls.", "Calls")


def test_the_fleet_lists_phones_out_of_service_with_the_doctors_line(engine: Engine) -> None:
    now = time()
    refused = RegistrationRefused(now, BOB.mac, "102", "wrong password")
    keep(engine, [LineRegistered(now, ANN.mac, "101", "sip:101@10.0.0.11:5060"), refused])
    site = SITE.model_copy(update={"services": "fleet"})
    caller = ann(Sources(database=engine), site)
    page = fleet(caller)
    assert isinstance(page, Refreshed)
    assert isinstance(page.page, Menu)
    assert [item.name.partition(":")[0] for item in page.page.items] == ["102 Bob"]
    assert "1 in service" in page.page.prompt
    why = asyncio.run(Runner(lambda _fault: None).page(fleet_phone, ann(caller.sources, site, mac=BOB.mac)))
    assert isinstance(why, Refreshed)
    assert isinstance(why.page, Text)
    assert BOB.mac in why.page.text
    assert len(why.page.text.splitlines()) == 2


def test_the_fleet_is_for_operators_only(engine: Engine) -> None:
    page = asyncio.run(
        Runner(lambda _fault: None).page(fleet_phone, ann(Sources(database=engine), mac=BOB.mac))
    )
    assert page == Text("This phone may not use this service.", "Fleet")


def test_without_a_database_the_user_gets_a_sentence() -> None:
    faults: list[str] = []
    page = asyncio.run(Runner(faults.append).page(calls_of, ann(Sources(), which="missed")))
    assert page == Text("The database does not answer. Try again later.", "Calls")
