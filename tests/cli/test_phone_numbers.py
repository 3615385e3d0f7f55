"""`ringup phone numbers`: personal numbers of a line."""

from pathlib import Path

import pytest

from ringup.change.stored_site import stored_site
from tests.cli.terminal import Ringup

MAC = "001646C0FFEE"


@pytest.fixture
def office(ringup: Ringup) -> Ringup:
    ringup("phone", "add", MAC, "--extension", "201", "--name", "Ada")
    return ringup


def stored(tmp_path: Path) -> list[tuple[str, str]]:
    (phone,) = stored_site(str(tmp_path / "ringup.db")).phones
    return [(each.name, each.number) for line in phone.lines for each in line.numbers]


def test_numbers_are_added_listed_and_removed(office: Ringup, tmp_path: Path) -> None:
    assert "No personal numbers yet." in office("phone", "numbers", "201").out
    added = office("phone", "numbers", "201", "--add", "Mum=030 (0) 123", "--add", "Bob=+49 171 5")
    assert added.status == 0, added.err
    assert stored(tmp_path) == [("Mum", "030123"), ("Bob", "+491715")]
    assert office("phone", "numbers", MAC).out.splitlines()[1].split() == ["Mum", "030123"]
    assert office("phone", "numbers", "201", "--remove", "Mum").status == 0
    assert stored(tmp_path) == [("Bob", "+491715")]
    office("undo", "--yes")
    assert stored(tmp_path) == [("Mum", "030123"), ("Bob", "+491715")]


def test_they_stay_when_the_phone_is_changed_exported_and_applied(office: Ringup, tmp_path: Path) -> None:
    office("phone", "numbers", "201", "--add", "Mum=030123")
    office("phone", "set", "201", "--label", "Desk")
    file = tmp_path / "site.yaml"
    file.write_text(office("export").out)
    assert office("apply", str(file), "--yes").status == 0
    assert stored(tmp_path) == [("Mum", "030123")]


def test_a_csv_file_is_imported_beside_the_others_once(office: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("name,number\nBob,1\nEve,ask\n")
    office("phone", "numbers", "201", "--add", "Mum=030123")
    said = office("phone", "numbers", "201", "--import", str(file))
    assert "contacts.csv:3" in said.err
    office("phone", "numbers", "201", "--import", str(file))
    assert stored(tmp_path) == [("Mum", "030123"), ("Bob", "1")]


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("--add", "Mum=ask"), "'ask' is not a number"),
        (("--remove", "Zoe"), "name Zoe: is not in the list"),
        (("--line", "2", "--add", "Mum=1"), "has no line 2"),
    ],
)
def test_a_mistake_changes_nothing(office: Ringup, tmp_path: Path, words: tuple[str, ...], fact: str) -> None:
    said = office("phone", "numbers", "201", *words)
    assert (said.status, fact in said.err) == (2, True), said.err
    assert stored(tmp_path) == []
