"""`ringup parameters` and `--force`, as an operator meets them."""

import pytest

from ringup.phone.parameters import PARAMETERS
from tests.cli.terminal import Ringup

MAC = "001646C0FFEE"


def test_all_keys_are_listed_a_row_each(ringup: Ringup) -> None:
    rows = ringup("parameters").out.splitlines()
    assert [row.split()[0] for row in rows if row[0] != " "] == ["key", *PARAMETERS]


def test_one_key_is_explained_with_all_that_is_known(ringup: Ringup) -> None:
    assert ringup("parameters", "phone_prompt").out.splitlines() == [
        "phone_prompt: The prompt of telnet and console.",
        "  values: text, up to 15 characters",
        "  default: SIP Phone",
        "  file: usually SIP<MAC>.cnf; the phone reads it from either file",
        "  firmware: 3.0 to 8.12 (the last release)",
        "  a change takes effect: after a restart",
        "  source: P-PARAM-18 (documented by Cisco, or in its published source)",
    ]
    assert "ringup, from pbx.address; change that" in ringup("parameters", "proxy1_address").out
    assert "from memory only" in ringup("parameters", "cnf_join_enable").out


def test_a_word_finds_the_keys_that_contain_it(ringup: Ringup) -> None:
    found = ringup("parameters", "telnet", "media_port", "--json").json()["parameters"]
    assert [row["name"] for row in found] == ["telnet_level", "start_media_port", "end_media_port"]
    assert (found[0]["least"], found[0]["most"], found[0]["needs_restart"]) == (0, 2, True)


def test_a_misspelt_key_is_answered_with_the_near_one(ringup: Ringup) -> None:
    said = ringup("parameters", "telnet_levle")
    assert said.status == 2
    assert "Did you mean telnet_level?" in said.err


@pytest.mark.parametrize(
    "command",
    [
        ("site", "set"),
        ("group", "set", "sales"),
        ("phone", "set", MAC),
    ],
)
def test_an_unknown_key_needs_force_and_stays_marked(ringup: Ringup, command: tuple[str, ...]) -> None:
    ringup("group", "add", "sales")
    ringup("phone", "add", MAC, "--group", "sales")
    refused = ringup(*command, "new_key=1")
    assert refused.status == 2
    assert "To send it anyway, add --force" in refused.err
    said = ringup(*command, "new_key=1", "tos_media=9", "telnet_level=1", "--force")
    assert said.out.splitlines()[1:4] == [
        "    settings force:new_key: (nothing) → 1",
        "    settings force:tos_media: (nothing) → 9",
        "    settings telnet_level: (nothing) → 1",
    ]
    for view in (("phone", "show", MAC), ("export",), (command[0], "show", *command[2:])):
        assert "force:new_key: 1" in ringup(*view).out
    assert (
        ringup("apply", "-", typed=ringup("export").out).out
        == "Nothing to change: the site already has these values.\n"
    )
    assert "force:new_key, force:tos_media, telnet_level" in ringup("history").out
    files = [ringup("render", MAC, name).out for name in ("SIPDefault.cnf", f"SIP{MAC}.cnf")]
    assert 'new_key: "1"\n' in "".join(files)
    assert "force" not in "".join(files)
    assert ringup(*command, "--unset", "new_key").status == 0
    assert "new_key" not in ringup("export").out


def test_a_forced_key_can_be_added_with_its_phone_or_group(ringup: Ringup) -> None:
    ringup("group", "add", "sales", "--set", "reg.1.displayName=Ann", "--force")
    ringup("phone", "add", MAC, "--group", "sales", "--set", "odd=1", "--force")
    out = ringup("phone", "show", MAC).out
    assert "  force:odd: 1\n" in out
    assert "  force:reg.1.displayName: Ann (inherited)\n" in out
    assert 'reg.1.displayName: "Ann"\n' in ringup("render", MAC, f"SIP{MAC}.cnf").out


def test_a_right_value_takes_the_place_of_a_forced_one(ringup: Ringup) -> None:
    ringup("site", "set", "telnet_level=7", "--force")
    ringup("site", "set", "telnet_level=1")
    assert ringup("site", "show", "--json").json()["settings"] == {"telnet_level": "1"}


def test_force_shows_no_password(ringup: Ringup) -> None:
    ringup("phone", "add", MAC, "--extension", "201")
    said = ringup("phone", "set", MAC, "line1_password=s3cret", "--force")
    assert said.status == 2
    assert "Set it as line 1's secret" in said.err


def test_a_forced_key_of_a_record_replaces_what_it_computes(ringup: Ringup) -> None:
    ringup("phone", "add", MAC, "--extension", "201")
    ringup("phone", "set", MAC, "proxy1_address=10.0.0.9", "dial_template=DIALPLAN", "--force")
    assert 'proxy1_address: "10.0.0.9"\n' in ringup("render", MAC, f"SIP{MAC}.cnf").out
    assert "DIALPLAN.xml" in ringup("render", MAC).out
