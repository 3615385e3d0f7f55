"""`ringup phone set` for several phones."""

import pytest

from tests.cli.terminal import Ringup

MACS = ("0016460000A1", "0016460000A2", "0016460000A3")


@pytest.fixture(name="office")
def _office(ringup: Ringup) -> Ringup:
    """Make a site with two phones in the lobby, one of them a 7940, and a third phone elsewhere."""
    ringup("group", "add", "lobby")
    ringup("group", "add", "hall")
    for number, (mac, model, group) in enumerate(
        zip(MACS, ("7960", "7940", "7940"), ("lobby", "lobby", ""), strict=True)
    ):
        said = ringup("phone", "add", mac, "--model", model, "--group", group, "--extension", f"20{number}")
        assert said.status == 0, said.err
    return ringup


def field(ringup: Ringup, name: str) -> list[object]:
    return [phone[name] for phone in ringup("phone", "list", "--json").json()["phones"]]


@pytest.mark.parametrize(
    ("words", "loads"),
    [
        (("--group", "lobby"), ["P0S3-08-11-00", "P0S3-08-11-00", ""]),
        (("--model", "7940"), ["", "P0S3-08-11-00", "P0S3-08-11-00"]),
        (("--model", "7940", "--group", "lobby"), ["", "P0S3-08-11-00", ""]),
        (("--group", ""), ["", "", "P0S3-08-11-00"]),
        (("--all",), ["P0S3-08-11-00"] * 3),
    ],
)
def test_a_filter_chooses_the_phones(office: Ringup, words: tuple[str, ...], loads: list[str]) -> None:
    before = len(office("history", "--json").json()["revisions"])
    said = office("phone", "set", *words, "load=P0S3-08-11-00", "--yes")
    assert said.status == 0, said.err
    assert field(office, "load") == loads
    assert len(office("history", "--json").json()["revisions"]) == before + 1


def test_the_option_may_carry_the_value_and_a_pair_moves_the_phones(office: Ringup) -> None:
    assert office("phone", "set", "--all", "--load", "P0S3-08-11-00", "--yes").status == 0
    assert field(office, "load") == ["P0S3-08-11-00"] * 3
    assert office("phone", "set", "--group", "lobby", "group=hall", "--yes").status == 0
    assert field(office, "group") == ["hall", "hall", ""]


def test_a_named_phone_is_changed_alone(office: Ringup) -> None:
    assert office("phone", "set", MACS[2], "--group", "hall").status == 0
    assert field(office, "group") == ["lobby", "lobby", "hall"]


def test_settings_are_removed_where_they_are_and_mailboxes_where_lines_are(office: Ringup) -> None:
    office("phone", "set", MACS[0], "telnet_level=1", "--add-line", "300")
    said = office("phone", "set", "--all", "--unset", "telnet_level", "--line", "2", "--no-voicemail")
    assert said.status == 0, said.err
    phones = office("phone", "list", "--json").json()["phones"]
    assert phones[0]["settings"] == {}
    assert [[line["voicemail"] for line in phone["lines"]] for phone in phones] == [
        [True, False], [True], [True]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("load=x",), "Name a change"),
        (("--label", "x"), "choose several by --group, --model or --all"),
        ((MACS[0], "--all", "--label", "x"), "Name a phone, or give --all."),
        (("--all", "--model", "7940", "--label", "x"), "--all selects every phone"),
        (("--all", "--extension", "9"), "Several phones cannot share extension: name one phone."),
        (("--all", "--add-line", "9", "secret=x"), "cannot share secret, add-line"),
        (("--group", "loby", "label=x"), "Did you mean lobby?"),
        (("--group", "hall", "label=x"), "phones of group hall: there are none."),
        (
            ("--all", "labl=x"),
            "all phones: labl is neither a field nor a .cnf parameter. Did you mean label?",
        ),
        (("--all",), "Name a change"),
    ],
)
def test_what_cannot_be_meant_is_refused(office: Ringup, words: tuple[str, ...], said: str) -> None:
    result = office("phone", "set", *words)
    assert result.status == 2
    assert said in result.err


def test_many_phones_are_told_by_their_sums(ringup: Ringup) -> None:
    table = "mac,extension\n" + "".join(f"0016460000{n:02x},3{n:02}\n" for n in range(25))
    assert ringup("import", "-", typed=table).status == 0
    said = ringup("phone", "set", "--all", "telnet_level=1")
    assert said.status == 3
    said = ringup("phone", "set", "--all", "telnet_level=1", "--yes")
    assert said.out.splitlines()[0] == "phones: 25 changed"
    assert "Every field: ringup show 2 --verbose" in said.out
