"""`ringup why`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from ringup.cli import causes_page, why_phone
from ringup.cli import why as why_module
from ringup.cli.why import why
from ringup.doctor.cures import cures
from ringup.doctor.rules.table import RULES
from ringup.errors import SiteErrors
from ringup.events import (
    DiscoverReceived,
    Event,
    FileNotFound,
    FileSent,
    LineReachable,
    LineRegistered,
    PoolEmpty,
    RegistrationRefused,
)
from ringup.rule import Found, Unknown
from ringup.site.model import Pbx, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, refusing
from tests.cli.fleet import ANNA, BERT, CARLA, EVENTS, LATE, NOW, SITE, UNKNOWN, fill
from tests.journey.sequences import sequence_e

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
REFUSED = tuple(RegistrationRefused(210.0 + 30 * n, BERT, "202", "wrong password") for n in range(3))
MISNAMED = "P0S3-08-12-00.loads"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock, which stands still at NOW."""
    monkeypatch.setattr(why_module, "time", SimpleNamespace(time=lambda: NOW))
    monkeypatch.setattr(why_phone, "host_answers", lambda _site, _address: ({}, ""))


def run(engine: Engine, *words: str) -> Result:
    return CliRunner().invoke(
        why,
        [*words, "--database", str(engine.url.database), "--firmware", "/nowhere"],
        env={"COLUMNS": "120", "TZ": "UTC"},
    )


def test_a_phone_that_the_pbx_refuses_is_explained_in_a_screenful(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    result = run(engine, "202")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == f"202, Bert Bertolucci-Meyerbeer, {BERT}"
    assert "The PBX refuses 202, 4 times in a row: wrong password. [likely]" in lines
    assert "ringup pbx install --reload" in [line.strip() for line in lines]
    assert any(line.startswith("  seen") and "00:03:30 202 is refused" in line for line in lines)
    assert any(line.startswith("  last good") for line in lines)
    assert any(line.startswith("  due next") for line in lines)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_a_phone_may_be_named_by_its_mac(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    spelt = "-".join(BERT[n : n + 2].lower() for n in range(0, 12, 2))
    assert run(engine, spelt).output == run(engine, "202").output


def test_a_phone_in_service_is_sound(engine: Engine) -> None:
    reached = LineReachable(140, ANNA, "1600", 9.0)
    fill(engine, events=(*sequence_e(100, ANNA), reached))
    result = run(engine, "1600")
    assert result.exit_code == 0
    assert "Nothing is wrong: it is registered." in result.output
    assert "due next" not in result.output


def test_a_stranger_that_asks_for_its_file_is_to_be_added(engine: Engine) -> None:
    fill(engine)
    result = run(engine, UNKNOWN)
    assert result.exit_code == 1
    assert f"{UNKNOWN}, which is not in the site" in result.output
    assert f"ringup phone add {UNKNOWN}" in result.output


def test_a_mac_that_nobody_knows_is_told_with_its_cure(engine: Engine) -> None:
    fill(engine)
    result = run(engine, "001122334455")
    assert result.exit_code == 1
    assert "Add it: ringup phone add 001122334455" in result.output


def test_a_name_that_means_no_phone_is_told(engine: Engine) -> None:
    fill(engine)
    assert isinstance(run(engine, "999").exception, SiteErrors)


def test_without_a_link_to_the_pbx_a_phone_with_its_files_is_not_late(engine: Engine) -> None:
    fill(engine, events=EVENTS[:-2])
    assert "is booting" in run(engine, "203").output


def misnamed(mac: str, at: float) -> Event:
    return FileNotFound(at, mac, MISNAMED, "192.168.178.9", "no such file")


def test_the_fleet_is_grouped_by_cause(engine: Engine) -> None:
    events = (misnamed(BERT, 10.0), misnamed(CARLA, 20.0), LineRegistered(50, ANNA, "1600", ""))
    fill(engine, events=events)
    result = run(engine)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "2 phones: the load P0S3-08-12-00 does not exist; its right name is P0S3-8-12-00."
    assert lines[1].strip() == "202, 203"
    assert lines[2].strip() == "ringup site set load=P0S3-8-12-00"
    assert "1 of 4 phones in service, 0 booting." in lines


def test_a_sound_fleet_is_one_line(engine: Engine) -> None:
    site = Site(phones=SITE.phones[:1])
    fill(engine, site=site, events=(LineRegistered(50, ANNA, "1600", ""),))
    result = run(engine)
    assert (result.exit_code, result.output) == (0, "1 of 1 phones in service, 0 booting.\n")


def test_silence_about_a_registration_is_a_cause_where_the_pbx_is_followed(engine: Engine) -> None:
    followed = SITE.model_copy(update={"pbx": Pbx(manager_user="ringup", manager_secret="s")})
    unrefused = (each for each in EVENTS if not isinstance(each, RegistrationRefused))
    ring_list = FileNotFound(207.0, BERT, "RINGLIST.DAT", "192.168.178.102", "no such file")
    fill(engine, site=followed, events=(*unrefused, ring_list))
    assert "reports no REGISTER from it. [likely]" in " ".join(run(engine, "202").output.split())


def forcing_rport(action: AmiMessage) -> list[AmiMessage]:
    fields = {"Response": "Success", "ActionID": action.get("ActionID"), "SIP-Forcerport": "Y"}
    return [AmiMessage(tuple(fields.items()))]


@pytest.mark.parametrize("words", [("202",), ()])
def test_asterisk_is_asked_about_lines_that_do_not_register(
    engine: Engine, asterisk: FakeAsterisk, words: tuple[str, ...]
) -> None:
    asterisk.answers["SIPshowpeer"] = forcing_rport
    pbx = Pbx(manager_port=asterisk.port, manager_user="ringup", manager_secret="s3cret", driver="chan_sip")
    quiet = tuple(event for event in EVENTS if not isinstance(event, RegistrationRefused))
    fill(engine, site=SITE.model_copy(update={"pbx": pbx}), events=quiet)
    result = run(engine, *words)
    assert result.exit_code == 1
    assert "to the source port" in " ".join(result.output.split())
    assert [action.get("Peer") for action in asterisk.seen if action.get("Action") == "SIPshowpeer"] == [
        "202"
    ]


@pytest.mark.parametrize("words", [("202",), ()])
def test_asterisk_is_asked_whether_chan_skinny_has_a_phone_on_sccp(
    engine: Engine, asterisk: FakeAsterisk, words: tuple[str, ...]
) -> None:
    asterisk.answers["Command"] = refusing("Command output follows")
    pbx = Pbx(manager_port=asterisk.port, manager_user="ringup", manager_secret="s3cret")
    bert = next(each for each in SITE.phones if each.mac == BERT).model_copy(update={"protocol": "sccp"})
    began = NOW - 100
    events = [
        event
        for at in (began, began + 55)
        for event in (
            FileNotFound(at, BERT, f"CTLSEP{BERT}.tlv", "10.0.0.9", "absent"),
            FileSent(at + 1, BERT, f"SEP{BERT}.cnf.xml", "10.0.0.9", 700, 0.1),
            FileNotFound(at + 2, BERT, "7960-font.xml", "10.0.0.9", "absent"),
        )
    ]
    fill(engine, site=Site(pbx=pbx, phones=(bert,)), events=tuple(events))
    result = run(engine, *words)
    assert result.exit_code == 1
    assert "has not loaded chan_skinny" in " ".join(result.output.split())
    assert not [action for action in asterisk.seen if action.get("Action") == "PJSIPShowEndpoint"]


def test_json_of_one_phone_has_its_verdicts(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    record = json.loads(run(engine, "202", "--json").output)
    assert record["mac"] == BERT
    assert record["verdicts"][0]["code"] == "secret-differs"
    assert record["verdicts"][0]["evidence"][0]["kind"] == "RegistrationRefused"


def test_json_of_the_fleet_groups_phones(engine: Engine) -> None:
    fill(engine, events=(misnamed(BERT, 10.0), misnamed(CARLA, 20.0)))
    record = json.loads(run(engine, "--json").output)
    phones = {cause["code"]: cause["phones"] for cause in record["causes"]}
    assert phones["load-misspelt"] == [BERT, CARLA]
    assert {row["mac"] for row in record["phones"]} >= {BERT, CARLA}


def test_every_cause_is_explained(engine: Engine) -> None:
    for code in RULES:
        result = run(engine, "--explain", code)
        assert result.exit_code == 0
        assert result.output.startswith(f"{code}\n\nSymptom.")
        assert "**" not in result.output


def test_a_cause_that_does_not_exist_is_told(engine: Engine) -> None:
    result = run(engine, "--explain", "gremlins")
    assert result.exit_code == 2
    assert "ringup why --list" in result.output


def test_the_words_on_a_screen_are_explained(engine: Engine) -> None:
    result = run(engine, "--screen", "tftp timeout")
    assert result.exit_code == 0
    assert result.output.startswith("TFTP Timeout (7940 and 7960)")
    assert "causes      tftp-answers-lost, tftp-silent, dhcp-other-server" in result.output
    assert "ringup why --explain tftp-answers-lost" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_words_that_no_source_explains_are_told_with_those_that_are_known(engine: Engine) -> None:
    result = run(engine, "--screen", "Gremlins")
    assert result.exit_code == 2
    assert "Phone Unprovisioned" in result.output


def test_the_list_has_every_cause(engine: Engine) -> None:
    assert set(RULES) <= set(run(engine, "--list").output.split())


def test_the_reference_is_that_of_the_pages() -> None:
    assert (REFERENCE / "causes.md").read_text(encoding="utf-8") == causes_page.page(), (
        "run tools/causes-page"
    )


def test_a_phone_is_drawn_as_a_ladder_and_as_a_picture(engine: Engine, tmp_path: Path) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    result = run(engine, "202", "--ladder")
    assert result.exit_code == 1
    assert any(
        line.startswith("00:03:30") and "refused: wrong password" in line
        for line in result.output.splitlines()
    )
    assert "The PBX refuses 202, 4 times in a row: wrong password." in result.output
    picture = tmp_path / "ladder.svg"
    assert run(engine, "202", "--svg", str(picture)).exit_code == 1
    assert picture.read_text().startswith("<svg")
    assert run(engine, "202", "--svg", str(tmp_path / "absent" / "ladder.svg")).exception is not None


def test_a_ladder_is_of_one_phone_and_for_people(engine: Engine) -> None:
    fill(engine)
    assert "ringup why PHONE --ladder" in run(engine, "--ladder").output
    assert "no JSON form" in run(engine, "202", "--ladder", "--json").output


def test_the_cure_is_shown_asked_about_and_run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    ran: list[tuple[str, ...]] = []

    def run_here(_engine: Engine, words: Sequence[str]) -> int:
        ran.append(tuple(words))
        return 0

    monkeypatch.setattr(why_phone, "_run_here", run_here)
    arguments = ["202", "--fix", "--database", str(engine.url.database), "--firmware", "/nowhere"]
    refused = CliRunner().invoke(why, arguments, input="n\n")
    assert "  ringup pbx install --reload\n  ringup restart 202\nRun it? [y/N]: n" in refused.output
    assert ran == []
    CliRunner().invoke(why, [*arguments, "--yes"])
    assert ran == [("pbx", "install", "--reload"), ("restart", "202")]


def test_a_cure_is_run_against_the_same_database_and_a_failure_stops_it(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    result = run(engine, "202", "--fix", "--yes")
    assert result.exit_code != 0
    assert "$ ringup pbx install --reload" in result.output
    assert "$ ringup restart" not in result.output


def test_a_cure_that_needs_a_value_is_not_run() -> None:
    commands = (
        "ringup phone set 202 --secret SECRET", "ringup site set network=NETWORK:FIRST-LAST:ROUTER",
        "ringup serve --no-dhcp", "timedatectl set-ntp true", "ringup site set load=P0S3-8-12-00",
        "ringup restart 001646C0FFEE",
    )  # fmt: skip
    assert [cure.obstacle for cure in cures(commands)] == [
        "it needs a value: SECRET", "it needs a value: network=NETWORK:FIRST-LAST:ROUTER", "run it yourself",
        "run it yourself", "", "",
    ]  # fmt: skip


def test_nothing_is_fixed_without_one_phone_and_a_runnable_cure(engine: Engine) -> None:
    fill(engine)
    assert "Name the one phone" in run(engine, "--fix").output
    assert "No cause is known" in run(engine, LATE, "--fix", "--yes").output
    add_events(engine, [PoolEmpty(280.0, LATE, "192.0.2.0/24")])
    assert "cannot run this cure" in run(engine, LATE, "--fix", "--yes").output


def test_what_this_machine_does_to_the_phones_packets_is_a_cause(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    asked: list[str] = []

    def host(_site: Site, address: str) -> tuple[dict[str, Found], str]:
        asked.append(address)
        return {"fail2ban": Found(f"fail2ban (jail asterisk) blocks {address}.", "Unblock it.")}, ""

    monkeypatch.setattr(why_phone, "host_answers", host)
    assert "fail2ban (jail asterisk) blocks 192.168.178.102." in run(engine, "202").output
    assert asked == ["192.168.178.102"]


def test_without_roots_rights_it_says_what_it_did_not_ask(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    assert "not asked" not in run(engine, "202").output
    monkeypatch.setattr(why_phone, "host_answers", lambda *_: (Unknown("only root may ask"),) * 2)
    said = run(engine, "202").output
    assert "  not asked   firewall and fail2ban: only root may ask. Run: sudo ringup" in said
    assert max(map(len, said.splitlines())) <= 80
    (fact,) = json.loads(run(engine, "202", "--json").output)["not_asked"]
    assert fact == f"firewall and fail2ban: only root may ask. Run: sudo ringup why {BERT}"
    fleet = run(engine).output.splitlines()
    asks = "Not asked: firewall and fail2ban: only the diagnosis of one phone asks them."
    asks += " Run: sudo ringup why PHONE"
    assert [line for line in fleet if line.startswith("Not asked")] == [asks]
    phones = json.loads(run(engine, "--json").output)["phones"]
    assert {each["mac"]: each["not_asked"] for each in phones}[BERT][0].startswith("firewall and fail2ban: ")


def test_it_says_why_asterisk_was_not_asked(engine: Engine) -> None:
    refusing = SITE.model_copy(update={"pbx": Pbx(manager_user="ringup", manager_secret="s", manager_port=9)})
    fill(engine, site=refusing, events=(*EVENTS, *REFUSED))
    assert "  not asked   Asterisk: " in run(engine, "202").output
    assert sum(line.startswith("Not asked: Asterisk: ") for line in run(engine).output.splitlines()) == 1


def test_the_words_on_the_screen_are_compared_with_the_cause_that_was_found(engine: Engine) -> None:
    fill(engine, events=(*EVENTS, *REFUSED))
    silent = DiscoverReceived(100.0, LATE, "Cisco Systems, Inc. IP Phone CP-7960G")
    add_events(engine, [silent, PoolEmpty(101.0, LATE, "192.0.2.0/24")])
    assert "These words fit dhcp-pool-empty." in run(engine, LATE, "--screen", "Configuring IP").output
    other = " ".join(run(engine, "202", "--screen", "Configuring IP").output.split())
    assert "wrong password" in other
    assert "usually have another cause: dhcp-offers-in-vain" in other
    assert "ringup does not know this text" in run(engine, "202", "--screen", "Hello").output
