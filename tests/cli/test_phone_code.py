"""`ringup phone code` makes and lists codes, and `ringup claim` takes the code on a guest's screen."""

from pathlib import Path

import pytest

from ringup.change import guest_restart
from ringup.site.guests import Guest
from ringup.store.database import open_database
from ringup.store.guests import add_guest
from tests.cli.fleet import EVENTS, SITE, UNKNOWN, fill
from tests.cli.terminal import Ringup

ON = SITE.model_copy(
    update={"guests": True, "guests_secret": "x", "pbx": SITE.pbx.model_copy(update={"etc": "/nonexistent"})}
)


def test_a_waiting_name_gets_a_code_that_is_listed_with_the_guests(ringup: Ringup, tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "ringup.db"))
    fill(engine, site=SITE, events=EVENTS)
    nothing = ringup("phone", "code")
    assert "No code is valid now" in nothing.out
    assert "Switch them on: ringup site set guests=on" in nothing.err
    assert ringup("phone", "code", "202").status == 2, "its phone was heard"
    assert ringup("phone", "add", "020000000206", "--extension", "206", "--label", "Eve").status == 0
    code = ringup("phone", "code", "Eve", "--json").json()["codes"][0]
    assert (len(code["code"]), code["mac"]) == (6, "020000000206")
    add_guest(engine, Guest(UNKNOWN, 1, "7960", "481516", 4e9))
    add_guest(engine, Guest("001646000000", 2, "7960", "481517", 4e9, 10, 4e9))
    about = " ".join(ringup("status", UNKNOWN).out.split())
    assert "It is a guest with the code 481516 until" in about
    assert "ringup claim 481516 NAME" in about
    listed = ringup("phone", "code").out
    assert f"{code['code']}  dial it on a guest to make it Eve (206)" in listed
    assert f"481516  shown by {UNKNOWN}: ringup claim 481516 NAME" in listed
    assert "001646000000 is blocked after 10 wrong codes" in listed
    assert "481517" not in listed


def test_an_operator_claims_the_guest_with_the_code_on_its_screen(
    ringup: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(str(tmp_path / "ringup.db"))
    fill(engine, site=ON, events=EVENTS)
    add_guest(engine, Guest(UNKNOWN, 1, "7960", "481516", 4e9))
    monkeypatch.setattr(guest_restart, "restarted", lambda _pbx, _guest: "")
    assert "is not on a phone's screen" in ringup("claim", "481517", "299").err
    said = ringup("claim", "481516", "299")
    assert f"Phone {UNKNOWN} (" in said.out
    assert "is 299 now, in revision" in said.out
    assert said.out.endswith("The phone restarts, and fetches its file.\n")
