"""`ringup plan`, `show`, `diff` and `undo`: a change is shown before it is made, and undone exactly."""

from pathlib import Path

import pytest

from ringup.asterisk.install import contents
from ringup.change.stored_site import stored_site
from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from tests.cli.terminal import Ringup, terminal

MAC, OTHER = "001646C0FFEE", "0016460E0012"
NETWORK = "network=192.168.1.0/24:192.168.1.100-192.168.1.200"


@pytest.fixture(name="office")
def _office(ringup: Ringup) -> Ringup:
    """Make a site with two phones, whose passwords were generated."""
    ringup("site", "set", "name=Office", NETWORK)
    ringup("phone", "add", MAC, "--extension", "201", "--secret", "s3cret", "--pin", "4711")
    ringup("phone", "add", OTHER, "--extension", "202")
    return ringup


def files(folder: Path) -> dict[str, bytes | str]:
    """Return every file of the phones and of Asterisk."""
    site = stored_site(str(folder / "ringup.db"))
    finder = FileFinder(site, FirmwareFolder(folder / "firmware"), "192.168.1.1", check_owner=False)
    found = (finder.find(name, Requester("")) for name in finder.names())
    return {**{file.name: file.data for file in found if isinstance(file, File)}, **contents(site)}


def latest(ringup: Ringup) -> int:
    number: int = ringup("history", "--limit", "1", "--json").json()["revisions"][0]["id"]
    return number


def test_an_empty_file_is_refused_without_a_terminal_and_the_number_is_said(office: Ringup) -> None:
    said = office("apply", "-", typed="")
    assert said.status == 3
    assert "Nothing is left: the site and 2 phones go." in said.err
    assert "Nothing was changed. To make it anyway, add --yes." in said.err
    assert latest(office) == 3


def test_undo_after_the_accident_brings_back_every_byte_on_both_sides(office: Ringup, tmp_path: Path) -> None:
    before, records = files(tmp_path), office("export", "--reveal").out
    assert "s3cret" in records
    assert office("apply", "-", "--yes", typed="").status == 0
    assert MAC not in office("export").out
    said = office("undo")
    assert (said.status, said.out.splitlines()[-1]) == (0, "Revision 6.")
    assert files(tmp_path) == before
    assert office("history", "--limit", "1", "--json").json()["revisions"][0]["summary"] == "undo revision 5"
    assert office("export", "--reveal").out == records


def test_an_undo_of_many_phones_prints_their_number(ringup: Ringup, tmp_path: Path) -> None:
    rows = [f"0016460000{number:02X},{200 + number}" for number in range(30)]
    (tmp_path / "phones.csv").write_text("\n".join(("mac,extension", *rows)) + "\n")
    ringup("import", str(tmp_path / "phones.csv"))
    said = ringup("undo", "--yes").out
    assert said.startswith("phones: 30 removed")
    assert len(said.splitlines()) < 6


def test_undo_of_the_undo_makes_the_change_again(office: Ringup, tmp_path: Path) -> None:
    office("phone", "set", MAC, "--label", "Sales")
    changed = files(tmp_path)
    office("undo")
    assert files(tmp_path) != changed
    office("undo")
    assert files(tmp_path) == changed


def test_an_earlier_revision_is_undone_alone(office: Ringup) -> None:
    office("phone", "set", MAC, "--label", "Sales")
    office("phone", "set", OTHER, "--label", "Lobby")
    assert office("undo", "4").status == 0
    labels = [phone["label"] for phone in office("phone", "list", "--json").json()["phones"]]
    assert labels == ["Lobby", ""]


def test_undo_over_a_later_change_is_refused_and_changes_nothing(office: Ringup) -> None:
    office("phone", "set", MAC, "--label", "Sales")
    office("phone", "set", MAC, "--label", "Lobby")
    said = office("undo", "4")
    assert said.status == 2
    assert f"phone {MAC}: label was changed again after revision 4." in said.err
    assert latest(office) == 5


def test_undo_asks_as_every_change_does(ringup: Ringup) -> None:
    ringup("apply", "-", typed="site:\n  name: A\nphones:\n" + "".join(
        f"  - mac: 00164600000{n}\n    lines: [{{extension: {200 + n}}}]\n" for n in range(5)))  # fmt: skip
    said = ringup("undo")
    assert said.status == 3
    assert "5 of 5 phones go" in said.err
    assert ringup("undo", "--yes").status == 0


@pytest.mark.parametrize("words", [("undo", "9"), ("show", "9"), ("diff", "1", "9")])
def test_a_revision_that_is_not_there_is_named(office: Ringup, words: tuple[str, ...]) -> None:
    said = office(*words)
    assert said.status == 2
    assert "reading revision 9: there is none. The latest is 3: ringup history" in said.err


def test_without_revisions_there_is_nothing_to_undo(ringup: Ringup) -> None:
    said = ringup("undo")
    assert (said.status, said.err) == (2, "ringup: history: has no revision to undo.\n")


def test_show_says_who_changed_what_on_both_sides_without_secrets(office: Ringup) -> None:
    office("phone", "set", MAC, "--secret", "brand-new", "--name", "Larry")
    said = office("show", "4")
    head = said.out.splitlines()[0]
    assert head.startswith("Revision 4, ")
    assert head.endswith(f", ann: change phone {MAC}: secret, name")
    assert "    line 1 name: (nothing) → Larry" in said.out
    assert f"phone: SIP{MAC}.cnf changed (" in said.out
    assert '+phone_label: "Larry"' in said.out
    assert "asterisk: ringup_pjsip.conf changed (" in said.out
    assert '+callerid = "Larry" <201>' in said.out
    assert "brand-new" not in said.out
    assert "s3cret" not in said.out


def test_a_diff_of_two_revisions_holds_what_lies_between(office: Ringup) -> None:
    office("phone", "set", MAC, "--label", "Sales")
    office("phone", "set", OTHER, "--label", "Lobby")
    found = office("diff", "3", "4", "--json").json()
    assert [change["record"] for change in found["changes"]] == [f"phone {MAC}"]
    back = office("diff", "5", "1", "--json").json()
    assert [(change["record"], change["kind"]) for change in back["changes"]] == [
        (f"phone {OTHER}", "removed"),
        (f"phone {MAC}", "removed"),
    ]
    assert office("diff", "3", "3").out == "Revisions 3 and 3 have the same records.\n"


def test_a_plan_shows_all_and_changes_nothing(office: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    text = office("export", "--reveal").out.replace("Office", "Home")
    file.write_text(text.replace("extension: 201", "extension: 203"))
    said = office("plan", str(file))
    assert said.status == 0
    assert said.out.splitlines()[:3] == [
        "site: changed",
        "phones: 1 changed, 1 unchanged",
        f"1 phone must restart to follow: {MAC}",
    ]
    assert "    line 1 extension: 201 → 203" in said.out
    assert '+line1_name: "203"' in said.out
    assert "+[203]" in said.out
    assert said.out.endswith(f"Nothing was changed. Make the change: ringup apply {file}\n")
    assert latest(office) == 4, "the note of --reveal"


def test_a_plan_as_markdown_has_its_sums_and_diffs(office: Ringup) -> None:
    said = office("plan", "-", "--markdown", typed="")
    assert said.out.startswith("# Plan of standard input\n\n- site: changed\n- phones: 2 removed")
    assert "## Ask first\n\n- Nothing is left: the site and 2 phones go.\n" in said.out
    assert f"### phone: SIP{MAC}.cnf removed (+0 -" in said.out
    assert "s3cret" not in said.out
    assert office("plan", "-", "--markdown", typed=office("export").out).out == (
        "# Plan of standard input\n\nNothing to change.\n"
    )


def test_a_plan_needs_no_database(tmp_path: Path) -> None:
    said = terminal(tmp_path / "none.db")("plan", "-", typed="site:\n  name: A\n")
    assert said.status == 0
    assert "    name: ringup → A" in said.out
    assert not (tmp_path / "none.db").exists()
