"""An unsafe change asks the user on a terminal; without a terminal it needs --yes."""

from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.change.site import change_site
from ringup.cli.approval import Approval
from ringup.errors import UnsafeChange
from ringup.events import LineRegistered
from ringup.site.rows import Plain
from ringup.store.database import open_database
from ringup.store.history import add_events
from tests.cli.terminal import Ringup, Said

MAC = "001646C0FFEE"


@pytest.fixture(name="registered")
def _registered(ringup: Ringup, tmp_path: Path) -> Ringup:
    """Make a site with a phone whose line is registered."""
    ringup("phone", "add", MAC, "--extension", "201", "--secret", "s3cret")
    engine = open_database(str(tmp_path / "ringup.db"))
    add_events(engine, [LineRegistered(1.0, MAC, "201", "sip:201@10.0.0.2:5060")])
    engine.dispose()
    return ringup


def on_a_terminal(ringup: Ringup, *words: str, typed: str) -> Said:
    with patch("ringup.cli.approval.is_terminal", return_value=True):
        return ringup(*words, typed=typed)


def secret(ringup: Ringup) -> str:
    found: str = ringup("phone", "show", MAC, "--json", "--reveal").json()["lines"][0]["secret"]
    return found


CHANGE = ("phone", "set", MAC, "--secret", "brand-new")


def test_the_password_of_a_registered_phone_needs_yes_where_nobody_can_be_asked(registered: Ringup) -> None:
    said = registered(*CHANGE)
    assert said.status == 3
    assert said.err == (
        "ringup: The password of 1 registered line changes, and its phone keeps the old one until it "
        "restarts: 201. Nothing was changed. To restart the phones with the change, add "
        "--restart. To make it anyway, add --yes.\n"
    )
    assert secret(registered) == "s3cret"
    assert registered(*CHANGE, "--yes").status == 0
    assert secret(registered) == "brand-new"


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_a_no_changes_nothing(registered: Ringup, answer: str) -> None:
    said = on_a_terminal(registered, *CHANGE, typed=answer)
    assert (said.status, said.out) == (3, "")
    assert "The password of 1 registered line changes" in said.err
    assert said.err.endswith("ringup: Nothing was changed.\n")
    assert secret(registered) == "s3cret"


def test_a_yes_makes_the_change_and_says_what_it_drops(registered: Ringup) -> None:
    said = on_a_terminal(registered, *CHANGE, typed="y\n")
    assert said.status == 0
    assert "1 registration dropped: 201 (password changed)" in said.out
    assert secret(registered) == "brand-new"


def test_apply_shows_its_sum_before_the_question(registered: Ringup, tmp_path: Path) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("")
    said = on_a_terminal(registered, "apply", str(empty), typed="n\n")
    assert said.status == 3
    assert f"phones: 1 removed ({MAC})" in said.out
    assert "Nothing is left: the site and 1 phone go." in said.err
    assert secret(registered) == "s3cret"


def test_a_safe_change_asks_nothing(registered: Ringup) -> None:
    assert on_a_terminal(registered, "phone", "set", MAC, "--label", "x", typed="").status == 0


def two_gone(data: Plain) -> None:
    data["phones"] = data["phones"][2:]


def test_what_was_approved_is_not_asked_again_when_another_change_comes_first(
    ringup: Ringup, tmp_path: Path
) -> None:
    for number in range(4):
        ringup("phone", "add", f"00164600000{number}", "--extension", f"20{number}")
    database, asked = str(tmp_path / "ringup.db"), []

    def confirm(text: str, **_: object) -> bool:
        asked.append(text)
        change_site(database, lambda data: data["site"].update(name=f"Meanwhile {len(asked)}"), "meanwhile")
        return True

    with (
        patch("ringup.cli.approval.is_terminal", return_value=True),
        patch("click.confirm", confirm),
    ):
        change_site(database, two_gone, "two gone", Approval(False))
    assert len(asked) == 1
    assert "name: Meanwhile 1" in ringup("export").out
    assert len(ringup("phone", "list", "--json").json()["phones"]) == 2


def test_a_library_call_without_an_approval_refuses(ringup: Ringup, tmp_path: Path) -> None:
    for number in range(4):
        ringup("phone", "add", f"00164600000{number}", "--extension", f"20{number}")
    with pytest.raises(UnsafeChange, match="2 of 4 phones go"):
        change_site(str(tmp_path / "ringup.db"), two_gone, "two gone")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("phone", "set", MAC, "label=Zoe"), "-phone_label"),
        (("phone", "set", "--all", "load=P0S3-08-11-00"), "1 phone must restart"),
        (CHANGE, "Unsafe: The password of 1 registered line changes"),
        (("phone", "add", "001122334455", "--extension", "202"), "exten => 202,hint"),
        (("phone", "remove", MAC), "-exten => 201,hint"),
        (("group", "add", "sales"), "group sales"),
        (("site", "set", "time_zone=Europe/London"), "site"),
        (("undo",), "phones: 1 removed"),
    ],
)
def test_a_dry_run_shows_the_plan_and_changes_nothing(
    registered: Ringup, words: tuple[str, ...], shown: str
) -> None:
    before = registered("history", "--json").out
    said = registered(*words, "--dry-run")
    assert (said.status, said.err) == (0, "")
    assert shown in said.out
    assert said.out.endswith("Nothing was changed (--dry-run).\n")
    assert "s3cret" not in said.out
    assert "brand-new" not in said.out
    assert registered("history", "--json").out == before
