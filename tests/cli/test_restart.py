"""`ringup restart`: which phones get a check-sync, what is printed about each phone, and the exit status."""

from pathlib import Path

import pytest

from ringup.change import restart_run
from ringup.events import Event, FileRequested, LineRegistered
from ringup.render.syncinfo_xml import syncinfo
from ringup.site.model import Group, Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.revisions import commit, read_site
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import Answer, FakeAsterisk, message, refusing
from tests.cli.terminal import Ringup

LARRY, ANN, BARE = "001646000001", "001646000002", "001646000003"
FILES = ("CTLSEP{}.tlv", "SEP{}.cnf.xml", "XMLDefault.cnf.xml", "SIPDefault.cnf", "SIP{}.cnf")


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart_run, "LOOK_SECONDS", 0.01)


@pytest.fixture
def database(tmp_path: Path, asterisk: FakeAsterisk) -> str:
    """An office with two registered phones, one of them in the lobby, and a phone without a line."""
    path = str(tmp_path / "ringup.db")
    site = Site(
        groups=(Group(name="lobby"),),
        pbx=Pbx(
            address="127.0.0.1",
            manager_port=asterisk.port,
            manager_user="ringup",
            manager_secret="s3cret",
        ),
        phones=(
            Phone(mac=LARRY, label="Larry", lines=(Line(extension="201", secret="x"),)),
            Phone(mac=ANN, group="lobby", lines=(Line(extension="202", name="Ann", secret="x"),)),
            Phone(mac=BARE),
        ),
    )
    engine = open_database(path)
    commit(engine, site, author="test", summary="test", at=1.0)
    booted = (*boot(LARRY, "201", 1.0), *boot(ANN, "202", 2.0))
    add_events(engine, booted)
    engine.dispose()
    return path


def boot(mac: str, extension: str, at: float) -> tuple[Event, ...]:
    """Return the events that the server and Asterisk see of one boot."""
    files = (FileRequested(at, mac, name.format(mac), "192.168.1.9", 50000) for name in FILES)
    contact = f"sip:{extension}@192.168.1.9:5060"
    return (*files, LineRegistered(at, mac, extension, contact))


def booting(database: str, boots: dict[str, str]) -> Answer:
    """A NOTIFY after which these phones, given by their extensions, boot at once."""

    def answer(action: AmiMessage) -> list[AmiMessage]:
        extension = action.get("Endpoint")
        if extension in boots:
            engine = open_database(database)
            add_events(engine, boot(boots[extension], extension, 100.0))
            engine.dispose()
        return [message(Response="Success", ActionID=action.get("ActionID"))]

    return answer


def channels(*names: str) -> Answer:
    def answer(action: AmiMessage) -> list[AmiMessage]:
        action_id = action.get("ActionID")
        listed = (message(Event="CoreShowChannel", ActionID=action_id, Channel=name) for name in names)
        ending = message(Event="CoreShowChannelsComplete", ActionID=action_id, EventList="Complete")
        return [message(Response="Success", ActionID=action_id, EventList="start"), *listed, ending]

    return answer


def told(asterisk: FakeAsterisk) -> list[str]:
    return [each.get("Endpoint") for each in asterisk.seen if each.get("Action") == "PJSIPNotify"]


def sync_of(database: str) -> str:
    engine = open_database(database)
    info = syncinfo(read_site(engine))
    engine.dispose()
    return info


def test_a_phone_is_told_and_seen_to_boot(ringup: Ringup, database: str, asterisk: FakeAsterisk) -> None:
    asterisk.answers["PJSIPNotify"] = booting(database, {"201": LARRY})
    before = sync_of(database)
    said = ringup("restart", "larry")
    assert (said.status, said.err) == (0, "")
    assert f"{LARRY} 201 Larry: booted after" in said.out
    assert said.out.endswith("1 of 1 phone booted.\n")
    assert told(asterisk) == ["201"]
    assert sync_of(database) != before


def test_the_new_sync_is_committed_before_the_first_phone_is_told(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    before = sync_of(database)
    seen: list[str] = []
    boots = booting(database, {"201": LARRY})

    def look(action: AmiMessage) -> list[AmiMessage]:
        seen.append(sync_of(database))
        return boots(action)

    asterisk.answers["PJSIPNotify"] = look
    ringup("restart", "201")
    assert seen == [sync_of(database)]
    assert seen != [before]


def test_a_phone_in_a_call_is_left_alone(ringup: Ringup, database: str, asterisk: FakeAsterisk) -> None:
    asterisk.answers["CoreShowChannels"] = channels("PJSIP/201-0000001a")
    before = sync_of(database)
    said = ringup("restart", "201")
    assert said.status == 1
    assert "in a call, so it got no check-sync. Repeat later, or add --now." in said.out
    assert told(asterisk) == []
    assert sync_of(database) == before


def test_now_tells_a_phone_in_a_call_after_the_idle_ones(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["CoreShowChannels"] = channels("PJSIP/201-0000001a")
    asterisk.answers["PJSIPNotify"] = booting(database, {"201": LARRY, "202": ANN})
    said = ringup("restart", "201", "202", "--now", "--yes")
    assert said.status == 0
    assert told(asterisk) == ["202", "201"]


@pytest.mark.thorough
def test_a_phone_that_does_not_react_is_named_with_what_to_do(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = booting(database, {"201": LARRY})
    said = ringup("restart", "--all", "--yes", "--wait", "1", "--json")
    assert said.status == 1
    phones = {phone["mac"]: phone for phone in said.json()["phones"]}
    assert phones[LARRY]["outcome"] == "booted"
    assert phones[ANN]["outcome"] == "silent"
    assert "press *, 6 and Settings" in phones[ANN]["text"]
    assert phones[BARE]["reason"] == "It has no line."
    assert said.json()["booted"] == 1


def test_what_asterisk_refuses_is_said_of_that_phone_alone(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    boots, refuses = booting(database, {"201": LARRY}), refusing("Unable to retrieve endpoint 202")
    asterisk.answers["PJSIPNotify"] = lambda action: (
        refuses(action) if action.get("Endpoint") == "202" else boots(action)
    )
    said = ringup("restart", "201", "202", "--yes")
    assert said.status == 1
    assert "202 Ann: Asterisk could not send the check-sync: Unable to retrieve endpoint 202." in said.out
    assert "1 of 2 phones booted." in said.out


def test_a_group_is_its_phones(ringup: Ringup, database: str, asterisk: FakeAsterisk) -> None:
    asterisk.answers["PJSIPNotify"] = booting(database, {"202": ANN})
    assert ringup("restart", "--group", "lobby").status == 0
    assert told(asterisk) == ["202"]


def test_several_phones_need_yes_where_there_is_no_terminal(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    said = ringup("restart", "--all")
    assert said.status == 3
    assert "3 phones restart" in said.err
    assert "add --yes" in said.err
    assert asterisk.seen == []


Typed = tuple[str, ...]


@pytest.mark.parametrize(
    ("typed", "message_"),
    [
        ((), "exactly one of the three"),
        (("201", "--all"), "one of the three"),
        (("nobody", "nowhere"), "phone nowhere"),
        (("--group", "loby"), "Did you mean lobby?"),
    ],
)
def test_a_choice_that_means_no_phone_is_refused(
    ringup: Ringup, database: str, typed: Typed, message_: str
) -> None:
    said = ringup("restart", *typed)
    assert said.status == 2
    assert message_ in said.err


def test_without_a_right_nothing_is_changed_and_the_right_is_named(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["CoreShowChannels"] = refusing("Permission denied")
    before = sync_of(database)
    said = ringup("restart", "201")
    assert said.status == 2
    assert "write = system" in said.err
    assert sync_of(database) == before
