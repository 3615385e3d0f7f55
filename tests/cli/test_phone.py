"""`ringup phone`, as an operator with a new phone uses it."""

from pathlib import Path
from typing import Any

import pytest

from ringup.site.mask import MASK
from ringup.site.secret_faults import LONGEST_SECRET
from ringup.store.database import open_database
from ringup.store.history import add_events
from tests.cli.terminal import Ringup, Said
from tests.doctor.cases import HAS_ITS_FILE

MAC = "001646C0FFEE"
OTHER = "0016460E0012"


@pytest.fixture(name="larry")
def _larry(ringup: Ringup) -> Ringup:
    """Make a site with Larry's phone."""
    said = ringup("phone", "add", MAC, "--model", "7960", "--extension", "201", "--name", "Larry Ellison")
    assert said.status == 0
    return ringup


def shown(ringup: Ringup, mac: str = MAC) -> dict[str, Any]:
    """Return a phone as JSON, secrets included."""
    record: dict[str, Any] = ringup("phone", "show", mac, "--json", "--reveal").json()
    return record


def line_of(ringup: Ringup, number: int = 1, mac: str = MAC) -> dict[str, Any]:
    line: dict[str, Any] = shown(ringup, mac)["lines"][number - 1]
    return line


def refused(said: Said, *words: str) -> None:
    assert (said.status, said.out) == (2, "")
    for word in words:
        assert word in said.err


def test_adding_a_phone_says_what_was_made_and_what_comes_next(ringup: Ringup) -> None:
    said = ringup("phone", "add", MAC, "--model", "7960", "--extension", "201", "--name", "Larry Ellison")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Added phone 001646C0FFEE (7960), revision 1.",
        f"  line 1: 201 Larry Ellison, password {MASK}",
        "  The passwords: ringup phone show 001646C0FFEE --reveal",
        "Power it on; `ringup watch` shows it.",
    ]


def test_passwords_are_made_short_enough_for_the_phone_and_shown_only_on_request(larry: Ringup) -> None:
    secrets = [line_of(larry)["secret"], shown(larry)["password"]]
    for secret in secrets:
        assert 16 <= len(secret) <= LONGEST_SECRET
        assert secret in larry("phone", "show", MAC, "--reveal").out
    for view in (("show", MAC), ("show", MAC, "--json"), ("list",), ("list", "--json")):
        out = larry("phone", *view).out
        assert all(secret not in out for secret in secrets)
    assert larry("phone", "show", MAC, "--json").json()["lines"][0]["secret"] == MASK


@pytest.mark.parametrize(
    "spelling",
    ["001646c0ffee", "00:16:46:C0:FF:EE", "00-16-46-c0-ff-ee", "0016.46c0.ffee", "SEP001646C0FFEE"],
)
def test_any_spelling_of_the_mac_is_the_same_phone(larry: Ringup, spelling: str) -> None:
    assert larry("phone", "show", spelling, "--json").json()["mac"] == MAC


def test_several_extensions_are_lines_with_a_name_each_or_one_for_all(ringup: Ringup) -> None:
    ringup(
        "phone", "add", MAC, "--extension", "0201", "--extension", "202", "--name", "Ann", "--name", "Bert"
    )
    ringup("phone", "add", OTHER, "--extension", "203", "--extension", "204", "--name", "Front desk")
    names = [(line_of(ringup, n, mac)["extension"], line_of(ringup, n, mac)["name"])
             for mac in (MAC, OTHER) for n in (1, 2)]  # fmt: skip
    assert names == [("0201", "Ann"), ("202", "Bert"), ("203", "Front desk"), ("204", "Front desk")]


def test_every_option_of_add_reaches_the_record(ringup: Ringup) -> None:
    ringup("group", "add", "sales", "--set", "tos_media=3")
    ringup(
        "phone", "add", MAC, "--model", "7940", "--extension", "201", "--secret", "line", "--pin", "1234",
        "--group", "sales", "--label", "Sales 1", "--address", "10.0.0.5", "--load", "P0S3-08-11-00",
        "--set", "telnet_level=1",
    )  # fmt: skip
    record = shown(ringup)
    assert {name: record[name] for name in ("model", "group", "label", "address", "load", "settings")} == {
        "model": "7940",
        "group": "sales",
        "label": "Sales 1",
        "address": "10.0.0.5",
        "load": "P0S3-08-11-00",
        "settings": {"telnet_level": "1"},
    }
    assert record["wanted_load"] == "P0S3-08-11-00"
    assert record["inherited_settings"] == {"tos_media": "3"}
    assert (line_of(ringup)["secret"], line_of(ringup)["voicemail_pin"]) == ("line", "1234")


def test_a_phone_without_a_line_is_told_how_to_get_one(ringup: Ringup) -> None:
    out = ringup("phone", "add", MAC).out
    assert f"It has no line yet: ringup phone set {MAC} --add-line 201" in out
    assert ringup("phone", "set", MAC, "--add-line", "201").status == 0
    assert line_of(ringup)["extension"] == "201"


def test_the_list_has_a_row_a_phone(larry: Ringup) -> None:
    larry("group", "add", "sales")
    larry("phone", "add", OTHER, "--model", "7940", "--extension", "202", "--group", "sales")
    rows = [line.split() for line in larry("phone", "list").out.splitlines()]
    assert rows[0] == ["MAC", "model", "group", "extensions", "name", "address", "firmware"]
    assert [row[0] for row in rows[1:]] == [OTHER, MAC]
    assert rows[2] == [MAC, "7960", "201", "Larry", "Ellison", "P0S3-8-12-00"]
    assert MAC not in larry("phone", "list", "--group", "sales").out
    phones = larry("phone", "list", "--group", "sales", "--json").json()["phones"]
    assert [phone["mac"] for phone in phones] == [OTHER]


def test_empty_lists_say_how_to_begin(ringup: Ringup) -> None:
    assert "ringup phone add 001646C0FFEE --extension 201" in ringup("phone", "list").out
    assert ringup("phone", "list", "--json").json() == {"version": 1, "phones": []}


def test_a_list_of_an_unknown_group_names_the_near_one(larry: Ringup) -> None:
    larry("group", "add", "sales")
    refused(larry("phone", "list", "--group", "salse"), "group salse", "Did you mean sales?")
    assert larry("phone", "list", "--group", "sales").out == "No phones in group sales.\n"


def test_show_is_readable_and_says_what_is_inherited(larry: Ringup) -> None:
    larry("site", "set", "telnet_level=1")
    out = larry("phone", "show", MAC).out
    assert out.startswith("001646C0FFEE  Cisco 7960\n")
    assert "firmware: P0S3-8-12-00 (inherited)" in out
    assert "line 1: 201 Larry Ellison" in out
    assert "telnet_level: 1 (inherited)" in out


def test_set_changes_fields_lines_and_settings_and_prints_what_changed(larry: Ringup) -> None:
    said = larry("phone", "set", MAC, "--label", "Sales 1", "name=Bert", "telnet_level=1", "services_url=")
    assert said.out.splitlines() == [
        "~ phone 001646C0FFEE",
        "    label: (nothing) → Sales 1",
        "    line 1 name: Larry Ellison → Bert",
        "    settings telnet_level: (nothing) → 1",
        "    settings services_url: (nothing) → (empty)",
        "1 phone must restart to follow: 001646C0FFEE",
        "Revision 2.",
    ]
    assert shown(larry)["settings"] == {"telnet_level": "1", "services_url": ""}
    larry("phone", "set", MAC, "--unset", "telnet_level", "--label", "")
    assert shown(larry)["settings"] == {"services_url": ""}
    assert shown(larry)["label"] == ""


def test_a_changed_password_is_not_printed(larry: Ringup) -> None:
    said = larry("phone", "set", MAC, "--secret", "brand-new")
    assert f"line 1 secret: {MASK} → (new)" in said.out
    assert "brand-new" not in said.out
    assert line_of(larry)["secret"] == "brand-new"


def test_lines_are_added_changed_and_removed(larry: Ringup) -> None:
    secret = line_of(larry)["secret"]
    larry("phone", "set", MAC, "--add-line", "0206", "--name", "Fax", "--no-voicemail", "--pin", "99")
    fax = line_of(larry, 2)
    assert (fax["extension"], fax["name"], fax["voicemail"], fax["voicemail_pin"]) == (
        "0206", "Fax", False, "99",
    )  # fmt: skip
    assert fax["secret"]
    larry("phone", "set", MAC, "--line", "2", "--extension", "207", "--short-name", "F", "--auth-name", "fax")
    assert (line_of(larry, 2)["extension"], line_of(larry, 2)["short_name"]) == ("207", "F")
    assert larry("phone", "set", MAC, "--remove-line", "201").status == 0
    assert line_of(larry)["extension"] == "207"
    assert line_of(larry)["secret"] != secret


def test_an_extension_that_changes_keeps_its_password(larry: Ringup) -> None:
    secret = line_of(larry)["secret"]
    larry("phone", "set", MAC, "--extension", "301")
    assert line_of(larry)["secret"] == secret


def test_setting_what_is_so_already_makes_no_revision(larry: Ringup) -> None:
    assert (
        larry("phone", "set", MAC, "--name", "Larry Ellison").out
        == "Nothing to change: the site already has these values.\n"
    )
    assert len(larry("history", "--json").json()["revisions"]) == 1


def test_phones_are_removed_all_or_none(larry: Ringup) -> None:
    larry("phone", "add", OTHER)
    refused(larry("phone", "remove", MAC, "001646C0FFED"), "phone 001646C0FFED", f"Did you mean {MAC}?")
    assert len(larry("phone", "list", "--json").json()["phones"]) == 2
    assert larry("phone", "remove", MAC, OTHER, MAC, "--yes").out.splitlines()[:2] == [
        f"- phone {OTHER}",
        f"- phone {MAC}",
    ]
    assert larry("phone", "list", "--json").json() == {"version": 1, "phones": []}


MANY = [word for extension in range(1, 8) for word in ("--extension", str(extension))]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["001646"], ["'001646' is not a MAC address: it needs 12 hexadecimal digits."]),
        (["00164600000Z"], ["'00164600000Z' is not a MAC address"]),
        ([OTHER, "--extension", "1", "--secret", "x" * 32],
         ["line 1's password has 32 characters; 7940/7960 firmware takes 31. Shorten it."]),
        ([OTHER, "--extension", "1", "--secret", "a b"], ["password is not valid"]),
        ([OTHER, "--extension", "201"], [f"extension 201 is taken by phone {MAC}."]),
        ([OTHER, "--extension", "500"], ["is what the Messages button dials", "pbx.messages"]),
        ([OTHER, "--extension", "#31"], ["'#31'", "neither # nor _ first"]),
        ([OTHER, *MANY], ["a 7960 has 6 line keys, 7 lines are given. Remove some."]),
        ([OTHER, "--model", "7940", *MANY[:6]], ["a 7940 has 2 line keys, 3 lines are given. Remove some."]),
        ([OTHER, "--model", "7970"], ["model is '7970'. Write 7940 or 7960."]),
        ([OTHER, "--set", "telnet_level=5"], ["telnet_level is 5. It must be from 0 to 2."]),
        ([OTHER, "--set", "telnet_levle=1"], ["Did you mean telnet_level?"]),
        ([OTHER, "--set", "xyzzy=1"], ["xyzzy is not a parameter of these phones."]),
        ([OTHER, "--set", "telnet_level"], ["'telnet_level' is not of the form key=value."]),
        ([OTHER, "--set", "proxy1_address=10.0.0.1"], ["written from pbx.address"]),
        ([OTHER, "--address", "10.0.0"], ["Write four numbers"]),
        ([OTHER, "--load", "p0s3-08-12-00.loads"], ["Write P0S3-8-12-00."]),
        ([OTHER, "--group", "sales"], ["there is no group 'sales'. Add it: ringup group add sales."]),
        ([OTHER, "--name", "Ann"], ["--name needs a line: add its --extension."]),
        ([OTHER, "--extension", "1", "--extension", "2", "--pin", "1", "--pin", "2", "--pin", "3"],
         ["--pin is given 3 times for 2 lines"]),
        ([MAC, "--extension", "301"], ["is in the site already.", f"ringup phone set {MAC}", "--add-line"]),
        ([], ["Missing argument 'MAC'"]),
    ],
)  # fmt: skip
def test_a_wrong_phone_is_refused_with_what_to_do(
    larry: Ringup, options: list[str], words: list[str]
) -> None:
    refused(larry("phone", "add", *options), *words)
    assert len(larry("history", "--json").json()["revisions"]) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ["Name a change, like --label"]),
        (["lable=x"], ["lable is neither a field nor a .cnf parameter", "Did you mean label?"]),
        (["telnet_levle=1"], ["Did you mean telnet_level?"]),
        (["domain_name=x"], ["Did you mean Domain_Name?"]),
        (["xyzzy=1", "lable=x"], ["2 problems", "xyzzy", "label"]),
        (["--unset", "telnet_level"], ["has no setting telnet_level. Its settings: none."]),
        (["--line", "3", "--name", "x"], ["has 1 line, not 3.", "--add-line"]),
        (["--line", "7", "--name", "x"], ["'--line'"]),
        (["--remove-line", "999"], ["has no line 999. Its lines: 201."]),
        (["--add-line", "201"], ["extension 201 is taken by"]),
        (["--secret", ""], ["line 1's password is empty."]),
        (["--pin", "12a"], ["Use up to 16 digits."]),
        (["--group", "nosuch"], ["Add it: ringup group add nosuch."]),
    ],
)
def test_a_wrong_change_is_refused_with_what_to_do(
    larry: Ringup, options: list[str], words: list[str]
) -> None:
    before = larry("export", "--reveal").out
    refused(larry("phone", "set", MAC, *options), *words)
    assert larry("export", "--reveal").out == before


@pytest.mark.parametrize("words", [("show",), ("set", "--label", "x"), ("remove",)])
def test_an_unknown_phone_names_the_near_one_or_how_to_add_it(larry: Ringup, words: tuple[str, ...]) -> None:
    command, *options = words
    refused(larry("phone", command, "001646C0FFED", *options), f"Did you mean {MAC}?")
    of_the_same_vendor = larry("phone", command, "001646C01234", *options)
    refused(of_the_same_vendor, "phone 001646C01234: is not in the site.", "ringup phone add 001646C01234")


def test_the_timeline_has_the_expected_next_beside_the_actual(larry: Ringup, tmp_path: Path) -> None:
    assert "has sent no packets" in larry("phone", "show", "201", "--timeline").err
    engine = open_database(str(tmp_path / "ringup.db"))
    add_events(engine, HAS_ITS_FILE)
    engine.dispose()
    said = larry("phone", "show", "201", "--timeline")
    assert (
        'expected  "has an address" within 10 s\n          actual    "has an address" after 0.1 s' in said.out
    )
    assert said.out.splitlines()[-1].endswith("LATE")
    assert '"takes the loader" or "takes the application" or "SIP' in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    steps = larry("phone", "show", "201", "--timeline", "--json").json()["steps"]
    assert [step["stage"] for step in steps][-1] == "own_file"
    assert steps[-1]["is_late"] is True
