"""`ringup status`."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ringup.cli import status as status_module
from ringup.cli.printing import local_time
from ringup.cli.status import status
from ringup.errors import SiteErrors
from ringup.events import LineRegistered, MachineFault, MachineFaultOver
from ringup.site.model import Pbx, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from tests.cli.fleet import ANNA, BERT, CARLA, EVENTS, LATE, NOW, SITE, UNKNOWN, fill
from tests.journey.sequences import of_nobody, sequence_e

DAY = 86_400.0


def follow(engine: Engine) -> None:
    """Update the journeys with all events, as the server does."""
    keeper = JourneyKeeper(engine, lambda: {ANNA})
    while keeper.advance():
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The command's clock, which stands still at NOW."""
    standing = SimpleNamespace(now=NOW)
    standing.time = lambda: standing.now
    monkeypatch.setattr(status_module, "time", standing)
    return standing


def run(engine: Engine, *words: str) -> Result:
    """Run the command with this database."""
    return CliRunner().invoke(
        status, [*words, "--database", str(engine.url.database)], env={"COLUMNS": "120", "TZ": "UTC"}
    )


def test_without_phones_it_says_what_to_do(engine: Engine) -> None:
    result = run(engine)
    assert result.exit_code == 0
    assert "No phones yet." in result.output
    assert "ringup phone add MAC" in result.output
    assert json.loads(run(engine, "--json").output) == {
        "version": 1,
        "pbx_lost": "",
        "faults": [],
        "phones": [],
    }


def test_with_phones_that_nobody_heard_it_asks_for_the_server(engine: Engine) -> None:
    fill(engine, events=())
    result = run(engine)
    assert result.output.count("waiting: not seen yet") == 4
    assert "Check that `ringup serve` runs" in result.output


def test_the_fleet_is_shown(engine: Engine) -> None:
    fill(engine)
    result = run(engine)
    assert result.exit_code == 0
    assert "in a call" in result.output
    assert "takes the application" in result.output
    assert "the PBX refuses 202: wrong password" in result.output
    assert f"ringup phone add {UNKNOWN}" in result.output
    assert "5 phones: 1 in trouble, 1 unknown, 1 on the way, 1 not seen yet, 1 in service" in result.output


def test_the_json_form_has_the_same_keys_for_every_phone(engine: Engine) -> None:
    fill(engine)
    fleet = json.loads(run(engine, "--json").output)["phones"]
    assert [phone["mac"] for phone in fleet][-1] == UNKNOWN
    assert {tuple(phone) for phone in fleet} == {
        (
            "mac", "known", "name", "extensions", "model", "address", "state", "stage", "stage_title",
            "since", "progress", "boots", "firmware_asked", "registered", "in_call", "messages_waiting",
            "trouble", "trouble_key", "cure", "troubles", "last", "last_at",
        )
    }  # fmt: skip
    anna = next(phone for phone in fleet if phone["mac"] == ANNA)
    assert anna["state"] == "in_service"
    assert anna["in_call"] == [{"extension": "1600", "to": "202", "since": 155, "answered": True}]
    assert anna["messages_waiting"] == 2
    assert [phone["known"] for phone in fleet] == [True] * 4 + [False]
    assert "not-for-eyes" not in run(engine, "--json").output  # the lines' secret


def test_a_trouble_has_its_text_its_key_and_its_cure_apart(engine: Engine) -> None:
    fill(engine)
    record = next(
        each for each in json.loads(run(engine, "--json").output)["phones"] if each["state"] == "trouble"
    )
    what, cure = "the PBX refuses 202: wrong password", "run: ringup pbx install --reload"
    assert (record["trouble"], record["trouble_key"], record["cure"]) == (
        f"{what}; {cure}",
        "registration_refused",
        cure,
    )
    assert record["troubles"] == [
        {
            "key": "registration_refused",
            "subject": "202",
            "what": what,
            "cure": cure,
            "text": f"{what}; {cure}",
        }
    ]


@pytest.mark.parametrize("spelling", [ANNA, ANNA.lower(), "00:0e:84:c0:60:a6", f"SEP{ANNA}"])
def test_one_phone_is_shown_with_its_requests_and_its_timeline(engine: Engine, spelling: str) -> None:
    fill(engine)
    result = run(engine, spelling)
    assert result.exit_code == 0
    assert "Boot 1 since the first record. Load requested: P0S3-8-12-00." in result.output
    assert f"./SIP{ANNA}.cnf" in result.output
    assert "absent" in result.output
    assert "Anna          1600 talks to 202" in result.output
    assert BERT not in result.output


def test_what_comes_next_and_how_soon_is_said_of_a_phone_on_its_way(engine: Engine) -> None:
    fill(engine)
    assert "Next: “has its own file”, normally within 1 s." in run(engine, UNKNOWN).output


def test_a_phone_that_asked_for_no_load_is_not_said_to_have(engine: Engine) -> None:
    fill(engine)
    assert "Load requested" not in run(engine, BERT).output


def test_the_timeline_is_as_long_as_asked(engine: Engine) -> None:
    fill(engine)
    assert run(engine, ANNA, "--last", "2").output.count("Anna          ") == 2


def test_the_events_of_a_span_of_time_are_all_shown(engine: Engine) -> None:
    """This includes both the events that the stored journeys contain and later ones."""
    fill(engine)
    add_events(engine, [LineRegistered(DAY + number, ANNA, "201", "x") for number in range(60)])
    follow(engine)
    add_events(engine, [LineRegistered(DAY + number, ANNA, "201", "x") for number in range(60, 120)])
    span = ("--since", "1970-01-02T00:00:10Z", "--until", "1970-01-02 01:01:40+01:00")
    shown = json.loads(run(engine, ANNA, "--json", *span).output)["events"]
    assert [event["at"] for event in shown] == [DAY + number for number in range(10, 101)]
    last = json.loads(run(engine, ANNA, "--json", "--last", "3", *span).output)["events"]
    assert last == shown[-3:]


def test_events_of_another_day_are_below_its_date(engine: Engine) -> None:
    fill(engine)
    add_events(engine, [LineRegistered(DAY, ANNA, "201", "x")])
    lines = run(engine, ANNA, "--since", "1970-01-01").output.splitlines()
    date = local_time(DAY).partition(" ")[0]
    assert [number for number, line in enumerate(lines) if line == date] == [len(lines) - 2]


def test_a_span_without_events_says_so(engine: Engine) -> None:
    fill(engine)
    assert "None of its stored events is in this span." in run(engine, ANNA, "--since", "2026-01-01").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((ANNA, "--since", "yesterday"), "'yesterday' is not a time like 2026-11-27 or '2026-11-27 08:30'."),
        ((ANNA, "--since", "2026-11-27", "--until", "2026-11-26"), "Exchange the two times."),
        (("--since", "2026-11-27"), "Name a PHONE."),
    ],
)
def test_a_span_that_cannot_be_is_refused(engine: Engine, words: tuple[str, ...], said: str) -> None:
    fill(engine)
    result = run(engine, *words)
    assert (result.exit_code, said in result.output) == (2, True), result.output


def test_one_phone_as_json_has_its_requests_and_events_too(engine: Engine) -> None:
    fill(engine)
    phone = json.loads(run(engine, UNKNOWN, "--json", "--last", "99").output)
    assert phone["requests"][-1] == {"at": 176, "name": f"SIP{UNKNOWN}.cnf", "outcome": "absent", "times": 1}
    assert phone["events"][-1]["kind"] == "FileNotFound"
    assert len(phone["events"]) == len([event for event in EVENTS if event.mac == UNKNOWN])


def test_a_phone_that_was_added_but_never_heard(engine: Engine) -> None:
    fill(engine)
    result = run(engine, LATE)
    assert result.exit_code == 0
    assert "No phone has sent a packet yet." in result.output


def test_a_phone_nobody_knows_is_an_error_that_says_how_to_add_it(engine: Engine) -> None:
    result = run(engine, "00:00:00:00:00:01")
    assert result.exit_code == 1
    assert "ringup phone add 000000000001" in result.output


def test_what_names_no_phone_is_an_error(engine: Engine) -> None:
    result = run(engine, "00:16")
    assert isinstance(result.exception, SiteErrors)
    assert "12 hexadecimal digits" in str(result.exception)


def test_a_phone_is_shown_by_its_extension(engine: Engine) -> None:
    fill(engine)
    extension = SITE.phones[0].lines[0].extension
    assert run(engine, extension).output == run(engine, SITE.phones[0].mac).output


def test_events_without_a_mac_are_in_the_timeline_of_their_phone(engine: Engine) -> None:
    fill(engine, events=tuple(of_nobody(sequence_e(100))))
    assert "Anna          requests dialplan.xml" in run(engine, ANNA).output


DISK = MachineFault(290.0, "", "disk", "/var has 3 MB left.", "Make room: du -xsh /var/*")


@pytest.mark.parametrize("words", [(), ("--all",), ("--trouble",), ("--group", "nobody")])
def test_a_fault_of_the_machine_is_told_whatever_was_asked(engine: Engine, words: tuple[str, ...]) -> None:
    fill(engine, events=(*EVENTS, DISK))
    assert "/var has 3 MB left. Make room: du -xsh /var/*" in " ".join(run(engine, *words).output.split())
    (record,) = json.loads(run(engine, *words, "--json").output)["faults"]
    assert (record["code"], record["what"], record["cure"]) == ("disk", DISK.what, DISK.cure)


def test_a_fault_that_is_gone_is_told_no_longer(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, DISK, MachineFaultOver(291.0, "", "disk", DISK.what)))
    assert "3 MB left" not in run(engine).output


def test_a_fault_of_the_machine_is_told_before_the_first_phone(engine: Engine) -> None:
    fill(engine, site=Site(), events=(DISK,))
    output = run(engine).output
    assert "3 MB left" in output
    assert "No phones yet." in output


AFTER_TEN_MINUTES = NOW + 700
"""The time at which Carla's phone, which has loaded its application since 273 s, is overdue."""


def test_a_phone_that_stays_in_a_stage_is_in_trouble_with_what_is_missing_and_a_cure(
    engine: Engine, clock: SimpleNamespace
) -> None:
    fill(engine)
    clock.now = AFTER_TEN_MINUTES
    text = " ".join(run(engine).output.split())
    assert "2 in trouble, 1 unknown, 1 not seen yet, 1 in service" in text
    record = next(each for each in json.loads(run(engine, "--json").output)["phones"] if each["mac"] == CARLA)
    what = (
        '"takes the application" for 12 min: "SIP application starts" or "SCCP firmware starts" '
        "usually follows within 69 s"
    )
    assert record["state"] == "trouble"
    assert record["trouble_key"] == "overdue"
    assert record["trouble"] == f"{what}; {record['cure']}"
    assert record["cure"].endswith(f"ringup status {CARLA}")
    assert [(each["key"], each["subject"]) for each in record["troubles"]] == [("overdue", "application")]
    shown = " ".join(run(engine, CARLA).output.split())
    assert 'It has sent nothing for 12 min, since "takes the application".' in shown
    assert "Check its power, its cable and its port on the switch, then plug it in again." in shown


def test_what_is_overdue_is_among_the_phones_in_trouble(engine: Engine, clock: SimpleNamespace) -> None:
    fill(engine)
    assert _macs(run(engine, "--trouble", "--json")) == {BERT}
    clock.now = AFTER_TEN_MINUTES
    assert _macs(run(engine, "--trouble", "--json")) == {BERT, CARLA}


def test_a_trouble_with_a_reason_is_told_before_what_is_overdue(
    engine: Engine, clock: SimpleNamespace
) -> None:
    """The account of Bert's phone is refused, and the phone has no ring list either."""
    fill(engine, site=SITE.model_copy(update={"pbx": Pbx(manager_user="ringup")}))
    clock.now = AFTER_TEN_MINUTES
    record = next(each for each in json.loads(run(engine, "--json").output)["phones"] if each["mac"] == BERT)
    assert record["trouble_key"] == "registration_refused"
    assert [each["key"] for each in record["troubles"]] == ["overdue", "registration_refused"]


def _macs(result: Result) -> set[str]:
    return {record["mac"] for record in json.loads(result.output)["phones"]}


def test_only_the_phones_that_were_chosen_are_shown(engine: Engine) -> None:
    fill(engine)
    everybody = {record["mac"]: record for record in json.loads(run(engine, "--json").output)["phones"]}
    troubled = {mac for mac, record in everybody.items() if record["state"] == "trouble"}
    assert _macs(run(engine, "--json", "--trouble")) == troubled
    assert 0 < len(troubled) < len(everybody)
    stage = everybody[ANNA]["stage"]
    assert _macs(run(engine, "--json", "--stage", stage)) == {
        mac for mac, record in everybody.items() if record["stage"] == stage
    }
    assert _macs(run(engine, "--json", "--group", "nobody")) == set()
    output = run(engine, "--trouble").output
    assert all((mac in output) == (mac in troubled) for mac in everybody)
    assert "None of 5 phones matches" in run(engine, "--group", "nobody").output
