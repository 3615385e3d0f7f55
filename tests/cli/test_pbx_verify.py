"""`ringup pbx verify`: each reason why Asterisk does not have the lines has its own message and cure."""

from pathlib import Path

import pytest

from ringup.asterisk import register_query
from ringup.asterisk.loaded import UNKNOWN_ACTION
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.asterisk.fake_asterisk import FakeAsterisk, refusing
from tests.cli.terminal import Ringup


@pytest.fixture(autouse=True)
def hardly_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_query, "ANSWER_SECONDS", 0.05)


def keep(tmp_path: Path, port: int, **changes: str) -> None:
    pbx = Pbx(address="127.0.0.1", manager_port=port, manager_user="ringup", manager_secret="s3cret")
    phone = Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret="a"),))
    engine = open_database(str(tmp_path / "ringup.db"))
    site = Site(pbx=pbx.model_copy(update=changes), phones=(phone,))
    commit(engine, site, author="test", summary="test", at=1.0)
    engine.dispose()


def test_an_asterisk_that_is_gone(ringup: Ringup, tmp_path: Path) -> None:
    keep(tmp_path, 1)
    said = ringup("pbx", "verify")
    assert said.status == 2
    assert "logging in to Asterisk's manager interface at 127.0.0.1:1: Connection refused." in said.err
    assert "enabled = yes" in said.err


def test_a_wrong_password_of_the_manager(ringup: Ringup, tmp_path: Path, asterisk: FakeAsterisk) -> None:
    keep(tmp_path, asterisk.port, manager_secret="another")
    said = ringup("pbx", "verify")
    assert said.status == 2
    assert "as ringup: Authentication failed." in said.err
    assert "secret, permit and deny in manager.conf" in said.err


def test_a_right_that_the_manager_lacks(ringup: Ringup, tmp_path: Path, asterisk: FakeAsterisk) -> None:
    keep(tmp_path, asterisk.port)
    asterisk.answers["Command"] = refusing("Permission denied")
    said = ringup("pbx", "verify")
    assert said.status == 2
    assert "asking Asterisk for Command: Permission denied. Give the manager user read and write" in said.err


@pytest.mark.parametrize(
    ("driver", "cure"), [("chan_sip", "pbx.driver=pjsip"), ("pjsip", "noload lines for res_pjsip")]
)
def test_a_driver_that_is_not_loaded(
    ringup: Ringup, tmp_path: Path, asterisk: FakeAsterisk, driver: str, cure: str
) -> None:
    keep(tmp_path, asterisk.port, driver=driver)
    for action in ("PJSIPShowEndpoint", "SIPshowpeer"):
        asterisk.answers[action] = refusing(UNKNOWN_ACTION)
    said = ringup("pbx", "verify")
    assert said.status == 1
    assert f"Asterisk: error no-module has not loaded {driver}." in said.out
    assert cure in said.out


def test_files_that_are_not_included(ringup: Ringup, tmp_path: Path, asterisk: FakeAsterisk) -> None:
    keep(tmp_path, asterisk.port)
    asterisk.answers["PJSIPShowEndpoint"] = refusing("Unable to retrieve endpoint 201")
    said = ringup("pbx", "verify", "--json")
    assert said.status == 1
    assert [each["code"] for each in said.json()["findings"]] == ["no-include"]
    assert "ringup pbx install --reload" in said.json()["findings"][0]["cure"]
