"""Changes with --restart: the phone gets its new secret first, and Asterisk gets it after the phone has
fetched it.
"""

from collections.abc import Collection
from pathlib import Path

import pytest

from ringup.asterisk.install import install
from ringup.change import held_secrets, pbx_steps, restart_run
from ringup.cli import restart_printing
from ringup.events import Event, FileRequested, FileSent, LineRegistered, LineUnregistered
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.held_secrets import read_held
from ringup.store.history import add_events
from ringup.store.revisions import commit, read_site, revisions
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message, refusing
from tests.cli.terminal import Ringup
from tests.cli.test_restart import channels, told

LARRY, ANN = "001646000001", "001646000002"
EXTENSIONS = {LARRY: "201", ANN: "202"}
FIRST = ("CTLSEP{}.tlv", "SEP{}.cnf.xml", "XMLDefault.cnf.xml", "SIPDefault.cnf")


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart_run, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(restart_printing, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(held_secrets, "FETCH_SECONDS", 0.2)
    monkeypatch.setattr(pbx_steps, "said", lambda _site, _macs: "")


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


@pytest.fixture
def database(tmp_path: Path, etc: Path, asterisk: FakeAsterisk) -> str:
    """A database with two registered phones, whose accounts are in Asterisk's folder."""
    path = str(tmp_path / "ringup.db")
    pbx = Pbx(
        address="127.0.0.1",
        etc=str(etc),
        manager_port=asterisk.port,
        manager_user="ringup",
        manager_secret="s3cret",
    )
    phones = (
        Phone(mac=mac, lines=(Line(extension=extension, secret=f"old-of-{extension}"),))
        for mac, extension in EXTENSIONS.items()
    )
    site = Site(pbx=pbx, phones=tuple(phones))
    install(site, etc)
    engine = open_database(path)
    commit(engine, site, author="test", summary="test", at=1.0)
    for mac in EXTENSIONS:
        add_events(engine, [*boot(mac), registration(mac)])
    engine.dispose()
    return path


def boot(mac: str, *, fetches: bool = True) -> list[Event]:
    files: list[Event] = [
        FileRequested(2.0, mac, name.format(mac), "10.0.0.9", 50000) for name in (*FIRST, "SIP{}.cnf")
    ]
    own = FileSent(2.0, mac, f"SIP{mac}.cnf", "10.0.0.9", 400, 0.1)
    return [*files, own] if fetches else files[:-1]


def registration(mac: str) -> LineRegistered:
    extension = EXTENSIONS[mac]
    return LineRegistered(3.0, mac, extension, f"sip:{extension}@10.0.0.9:5060")


class Phones:
    """Phones that boot at a check-sync; each records which secret Asterisk had for it at that moment."""

    def __init__(self, database: str, etc: Path, reacting: Collection[str], *, fetch: bool = True) -> None:
        self._database, self._etc, self._reacting, self._fetch = database, etc, reacting, fetch
        self.asterisk_had: list[str] = []

    def answer(self, action: AmiMessage) -> list[AmiMessage]:
        extension = action.get("Endpoint")
        mac = next(mac for mac, own in EXTENSIONS.items() if own == extension)
        self.asterisk_had.append(secret_of(self._etc, extension))
        if mac in self._reacting:
            engine = open_database(self._database)
            add_events(engine, [*boot(mac, fetches=self._fetch), registration(mac)])
            engine.dispose()
        return [message(Response="Success", ActionID=action.get("ActionID"))]


def secret_of(etc: Path, extension: str) -> str:
    """Return the secret in Asterisk's file."""
    text = (etc / "ringup.d/ringup_pjsip.conf").read_text()
    section = text.partition(f"[{extension}-auth]")[2] or text.partition(f"username = {extension}\n")[2]
    return section.partition("password = ")[2].partition("\n")[0]


def stored_secrets(database: str) -> list[str]:
    engine = open_database(database)
    secrets = [line.secret for _, line in read_site(engine).lines()]
    assert read_held(engine) == ()
    engine.dispose()
    return secrets


def summaries(database: str) -> list[str]:
    engine = open_database(database)
    found = [revision.summary for revision in revisions(engine)]
    engine.dispose()
    return found


def reloads(asterisk: FakeAsterisk) -> int:
    return sum(action.get("Module") == "res_pjsip.so" for action in asterisk.seen)


def test_the_result_names_the_phones_and_the_command(ringup: Ringup, database: str) -> None:
    said = ringup("phone", "set", "201", "--label", "Sales")
    assert said.out.splitlines()[-2:] == ["Revision 2.", f"Restart it: ringup restart {LARRY}"]
    assert ringup("undo").out.splitlines()[-1] == f"Restart it: ringup restart {LARRY}"
    assert ringup("phone", "set", "--all", "telnet_level=1").out.endswith(
        "Restart them: ringup restart --all\n"
    )
    typed = ringup("export").out.replace("telnet_level: 1", "telnet_level: 2")
    applied = ringup("apply", "-", "--yes", typed=typed)
    assert applied.out.endswith("Restart them: ringup restart --all\n")
    imported = ringup("import", "-", typed=f"mac,label\n{LARRY},Lobby\n")
    assert imported.out.endswith(f"Restart it: ringup restart {LARRY}\n")


def test_asterisk_gets_a_secret_after_the_phone(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    phones = Phones(database, etc, [LARRY])
    asterisk.answers["PJSIPNotify"] = phones.answer
    said = ringup("phone", "set", "201", "--secret", "new-of-201", "--restart")
    assert (said.status, phones.asterisk_had) == (0, ["old-of-201"])
    assert secret_of(etc, "201") == "new-of-201"
    assert stored_secrets(database) == ["new-of-201", "old-of-202"]
    assert "1 of 1 phone restarted." in said.out
    assert f"{LARRY} 201: booted after" in said.err
    assert reloads(asterisk) == 2
    assert summaries(database)[0].startswith("change phone")


def test_phones_that_only_read_files_restart_too(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [LARRY, ANN]).answer
    said = ringup("phone", "set", "--all", "telnet_level=1", "--restart")
    assert (said.status, sorted(told(asterisk))) == (0, ["201", "202"])
    assert "2 of 2 phones restarted." in said.out


def test_a_phone_that_does_not_react_keeps_its_old_secret_on_both_sides(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [ANN]).answer
    changed = ringup("export", "--reveal").out.replace("old-of", "new-of")
    said = ringup("apply", "-", "--restart", typed=changed)
    assert said.status == 1
    assert (secret_of(etc, "201"), secret_of(etc, "202")) == ("old-of-201", "new-of-202")
    assert stored_secrets(database) == ["old-of-201", "new-of-202"]
    assert (
        "1 of 2 phones restarted. 1 line keeps its old password on both sides, because the phone did not "
        "fetch the new one: 201 (revision 4)." in said.out
    )


def test_a_phone_that_boots_and_never_fetches_keeps_its_old_secret(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [LARRY], fetch=False).answer
    said = ringup("phone", "set", "201", "--secret", "new", "--restart")
    assert "1 line keeps its old password on both sides" in said.out
    assert (secret_of(etc, "201"), stored_secrets(database)[0]) == ("old-of-201", "old-of-201")


def test_a_phone_in_a_call_keeps_its_old_secret(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["CoreShowChannels"] = channels("PJSIP/201-0000001a")
    said = ringup("phone", "set", "201", "--secret", "new", "--restart")
    assert (said.status, told(asterisk)) == (1, [])
    assert "in a call, so it got no check-sync" in said.err
    assert (secret_of(etc, "201"), stored_secrets(database)[0]) == ("old-of-201", "old-of-201")


def test_an_undo_with_a_restart_goes_the_same_way_back(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    phones = Phones(database, etc, [LARRY])
    asterisk.answers["PJSIPNotify"] = phones.answer
    ringup("phone", "set", "201", "--secret", "new", "--restart")
    assert ringup("undo", "--restart").status == 0
    assert phones.asterisk_had == ["old-of-201", "new"]
    assert (secret_of(etc, "201"), stored_secrets(database)[0]) == ("old-of-201", "old-of-201")


def test_a_secret_without_a_restart_is_refused_with_both_ways(ringup: Ringup, database: str) -> None:
    said = ringup("phone", "set", "201", "--secret", "new")
    assert said.status == 3
    assert "To restart the phones with the change, add --restart. To make it anyway, add --yes." in said.err


def test_an_asterisk_that_refuses_puts_everything_back(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["CoreShowChannels"] = refusing("Permission denied")
    said = ringup("phone", "set", "201", "--secret", "new", "--restart")
    assert said.status == 2
    assert "Revision 2 was put back" in said.err
    assert (secret_of(etc, "201"), stored_secrets(database)[0]) == ("old-of-201", "old-of-201")


def test_without_a_manager_user_nothing_is_changed(ringup: Ringup, database: str) -> None:
    assert ringup("site", "set", "pbx.manager_user=").status == 0
    said = ringup("phone", "set", "201", "--label", "Sales", "--restart")
    assert said.status == 2
    assert "leave --restart out" in said.err
    assert summaries(database)[0].startswith("change site")


def test_phones_that_are_not_registered_follow_by_themselves(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    ringup("phone", "add", "001646000003", "--extension", "203", "--secret", "s")
    said = ringup("phone", "set", "001646000003", "--secret", "t", "--restart")
    assert (said.status, told(asterisk)) == (0, [])
    assert "1 phone is not registered and follows at its next start." in said.out


def test_a_rotation_gives_phones_and_then_asterisk_new_secrets(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    phones = Phones(database, etc, [LARRY, ANN])
    asterisk.answers["PJSIPNotify"] = phones.answer
    said = ringup("secrets", "rotate", "--all", "--yes", "--at-once", "1")
    assert said.status == 0, said.err
    assert phones.asterisk_had == ["old-of-201", "old-of-202"]
    larry, ann = stored_secrets(database)
    assert len({larry, ann, "old-of-201", "old-of-202"}) == 4
    assert (secret_of(etc, "201"), secret_of(etc, "202")) == (larry, ann)
    assert "2 lines of 2 phones get new passwords." in said.err
    assert "2 registered phones must restart, at most 1 at a time." in said.err
    assert "2/2 " in said.err
    assert "2 of 2 phones restarted." in said.out
    assert larry not in said.out + said.err
    assert summaries(database)[0] == "rotate the passwords of 2 phones"


def test_a_rotation_of_one_phone_leaves_the_others(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [LARRY, ANN]).answer
    assert ringup("secrets", "rotate", "202", "--yes").status == 0
    assert (told(asterisk), stored_secrets(database)[0]) == (["202"], "old-of-201")


def test_a_dry_run_and_a_script_without_yes_change_nothing(
    ringup: Ringup, database: str, asterisk: FakeAsterisk
) -> None:
    dry, refused = ringup("secrets", "rotate", "--all", "--dry-run"), ringup("secrets", "rotate", "--all")
    assert (dry.status, refused.status) == (0, 3)
    assert dry.out == "Nothing was changed (--dry-run).\n"
    assert "2 phones would get new passwords. Nothing was changed. To make it anyway" in refused.err
    assert stored_secrets(database) == ["old-of-201", "old-of-202"]
    assert told(asterisk) == []


@pytest.mark.thorough
def test_a_phone_that_keeps_its_secret_is_named_for_another_time(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [ANN]).answer
    said = ringup("secrets", "rotate", "--all", "--yes", "--wait", "1")
    assert said.status == 1
    assert said.out.endswith(f"Rotate the rest later: ringup secrets rotate {LARRY}\n")
    assert stored_secrets(database)[0] == "old-of-201"
    assert secret_of(etc, "202") == stored_secrets(database)[1] != "old-of-202"


def interrupted(database: str, etc: Path) -> None:
    """Make the state that a killed rotation leaves: new secrets in the phones' files, the old ones in
    Asterisk.
    """
    engine = open_database(database)
    site = read_site(engine)
    phones = tuple(
        phone.model_copy(update={"lines": (phone.lines[0].model_copy(update={"secret": "new"}),)})
        for phone in site.phones
    )
    new = site.model_copy(update={"phones": phones, "sync": "2"})
    commit(engine, new, author="test", summary="rotate", at=1.0, hold=[LARRY, ANN])
    engine.dispose()
    assert secret_of(etc, "201") == "old-of-201"


def test_an_interrupted_rotation_goes_on(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    interrupted(database, etc)
    asterisk.answers["PJSIPNotify"] = Phones(database, etc, [LARRY, ANN]).answer
    dry = ringup("secrets", "rotate", "--resume", "--dry-run")
    assert dry.out.splitlines()[:2] == [LARRY, ANN]
    said = ringup("secrets", "rotate", "--resume")
    assert (said.status, said.out) == (0, "2 of 2 phones restarted.\n")
    assert (secret_of(etc, "201"), stored_secrets(database)) == ("new", ["new", "new"])
    assert ringup("secrets", "rotate", "--resume").out.startswith("Nothing is left")


def test_a_phone_that_is_off_at_the_resumption_gets_its_secret_on_both_sides(
    ringup: Ringup, database: str, etc: Path, asterisk: FakeAsterisk
) -> None:
    interrupted(database, etc)
    engine = open_database(database)
    add_events(engine, [LineUnregistered(5.0, mac, extension) for mac, extension in EXTENSIONS.items()])
    engine.dispose()
    said = ringup("secrets", "rotate", "--resume")
    assert (said.status, told(asterisk)) == (0, [])
    assert "2 phones are not registered and follow at their next start." in said.out
    assert (secret_of(etc, "202"), stored_secrets(database)) == ("new", ["new", "new"])


@pytest.mark.parametrize("typed", [(), ("201", "--all"), ("--resume", "--all")])
def test_a_rotation_of_nobody_in_particular_is_refused(
    ringup: Ringup, database: str, typed: tuple[str, ...]
) -> None:
    said = ringup("secrets", "rotate", *typed)
    assert said.status == 2
    assert "exactly one of the four" in said.err
