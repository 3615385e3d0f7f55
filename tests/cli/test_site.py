"""`ringup site`: the fields that all phones share."""

from typing import Any

import pytest

from ringup.site.mask import MASK
from tests.cli.terminal import Ringup

NETWORK = "network=192.168.1.0/24:192.168.1.100-192.168.1.200:192.168.1.1"


def shown(ringup: Ringup) -> dict[str, Any]:
    record: dict[str, Any] = ringup("site", "show", "--json", "--reveal").json()
    return record


def test_a_new_site_shows_its_defaults_and_what_to_do_first(ringup: Ringup) -> None:
    out = ringup("site", "show").out
    assert "  time_zone: Etc/UTC\n  load: P0S3-8-12-00\n" in out
    assert f"Add one: ringup site set {NETWORK}" in out
    assert "No phones yet. Add one: ringup phone add" in out
    ringup("site", "set", NETWORK)
    ringup("phone", "add", "001646C0FFEE")
    after = ringup("site", "show").out
    assert "Add one" not in after
    assert after.endswith("# phones: 1, groups: 0\n")


def test_what_is_shown_can_be_applied(ringup: Ringup) -> None:
    ringup("site", "set", NETWORK, "name=Office", "pbx.manager_secret=s3cret", "telnet_level=1")
    said = ringup("apply", "-", typed=ringup("site", "show").out)
    assert (said.status, said.out) == (0, "Nothing to change: the site already has these values.\n")


def test_fields_of_the_site_are_set_and_said(ringup: Ringup) -> None:
    said = ringup("site", "set", "name=Head office", "time_zone=Europe/London", "load=P0S3-08-11-00")
    assert said.out.splitlines() == [
        "~ site",
        "    name: ringup → Head office",
        "    time_zone: Etc/UTC → Europe/London",
        "    load: P0S3-8-12-00 → P0S3-08-11-00",
        "Revision 1.",
    ]
    ringup("site", "set", "server_address=10.0.0.1", "ntp_server=10.0.0.2", "sync=2")
    record = shown(ringup)
    assert (record["server_address"], record["ntp_server"], record["sync"]) == ("10.0.0.1", "10.0.0.2", "2")
    ringup("site", "set", "server_address=", "--unset", "time_zone")
    record = shown(ringup)
    assert (record["server_address"], record["time_zone"]) == (None, "Etc/UTC")


def test_a_network_is_added_changed_and_removed(ringup: Ringup) -> None:
    ringup("site", "set", NETWORK)
    ringup("site", "set", "network=10.0.0.0/24:10.0.0.2-10.0.0.9")
    ringup("site", "set", "network=192.168.1.0/24:192.168.1.50-192.168.1.99")
    assert [
        (subnet["network"], subnet["first"], subnet["router"]) for subnet in shown(ringup)["subnets"]
    ] == [
        ("192.168.1.0/24", "192.168.1.50", "192.168.1.1"),
        ("10.0.0.0/24", "10.0.0.2", None),
    ]
    assert ringup("site", "set", "--remove-network", "192.168.1.0/24").status == 0
    assert [subnet["network"] for subnet in shown(ringup)["subnets"]] == ["10.0.0.0/24"]


def test_the_pbx_is_set_by_its_fields_and_options(ringup: Ringup) -> None:
    said = ringup(
        "site", "set", "pbx.address=pbx.example.com", "pbx.driver=chan_sip", "pbx.port=5070",
        "pbx.options.direct_media=yes", "pbx.manager_user=ringup", "pbx.manager_secret=s3cret",
    )  # fmt: skip
    assert said.status == 0
    assert "s3cret" not in said.out
    pbx = shown(ringup)["pbx"]
    assert (pbx["address"], pbx["driver"], pbx["port"], pbx["options"], pbx["manager_secret"]) == (
        "pbx.example.com",
        "chan_sip",
        5070,
        {"direct_media": "yes"},
        "s3cret",
    )
    ringup("site", "set", "--unset", "pbx.options.direct_media", "--unset", "pbx.port")
    assert (shown(ringup)["pbx"]["options"], shown(ringup)["pbx"]["port"]) == ({}, 5060)


def test_the_managers_password_is_masked(ringup: Ringup) -> None:
    ringup("site", "set", "pbx.manager_secret=s3cret")
    assert ringup("site", "show", "--json").json()["pbx"]["manager_secret"] == MASK
    assert "s3cret" not in ringup("site", "show").out
    assert "s3cret" in ringup("site", "show", "--reveal").out


def test_cnf_settings_hold_for_every_phone(ringup: Ringup) -> None:
    ringup("phone", "add", "001646C0FFEE", "--extension", "201")
    ringup("site", "set", "telnet_level=1", "settings.services_url=http://10.0.0.1/")
    wanted = {"telnet_level": "1", "services_url": "http://10.0.0.1/"}
    assert shown(ringup)["settings"] == wanted
    assert ringup("phone", "show", "001646C0FFEE", "--json").json()["inherited_settings"] == wanted
    ringup("site", "set", "--unset", "telnet_level")
    assert shown(ringup)["settings"] == {"services_url": "http://10.0.0.1/"}


def test_what_is_so_already_makes_no_revision(ringup: Ringup) -> None:
    assert (
        ringup("site", "set", "name=ringup").out == "Nothing to change: the site already has these values.\n"
    )
    assert ringup("history", "--json").json() == {"version": 1, "revisions": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ["Name a change, like time_zone"]),
        (["telnet_level=5"], ["telnet_level is 5. It must be from 0 to 2."]),
        (["telnetlevel=1"], ["Did you mean telnet_level?"]),
        (["nmae=Office"], ["nmae is neither a field nor a .cnf parameter", "Did you mean name?"]),
        (["ntp=10.0.0.1"], ["Did you mean ntp_server?"]),
        (["pbxaddress=10.0.0.1"], ["Did you mean pbx.address?"]),
        (["pbx.adress=10.0.0.1"], ["pbx: adress is not known here. Did you mean address?"]),
        (["pbx.driver=sip"], ["it must be 'pjsip' or 'chan_sip'."]),
        (["pbx=x"], ["pbx holds more than one value.", "pbx.address=192.168.1.10"]),
        (["phones=x"], ["phones holds more than one value.", "Use `ringup phone`."]),
        (["proxy1_address=10.0.0.1"], ["proxy1_address is written from pbx.address. Change that instead."]),
        (["time_zone=Europe/Londn"], ["Did you mean Europe/London"]),
        (["time_zone=London"], ["Did you mean Europe/London?"]),
        (["time_zone=Asia/Kolkata"],
         ["the phone's clock cannot follow Asia/Kolkata", "+5:30 from Greenwich", "whole hours only"]),
        (["load=P0S3-08-12-00"], ["its file is P0S3-8-12-00"]),
        (["load="], ["load is empty."]),
        (["network=192.168.1.0/24"], [f"Write it like {NETWORK}."]),
        (["network=192.168.1.5/24:192.168.1.2-192.168.1.3"], ["without host bits"]),
        (["network=192.168.1.0/24:a-b"], ["first pool address is 'a'.", "last pool address is 'b'."]),
        (["network=192.168.1.0/24:10.0.0.1-10.0.0.9"], ["pool address 10.0.0.1 is not in 192.168.1.0/24."]),
        (["--remove-network", "10.0.0.0/8"], ["network 10.0.0.0/8: is not in the site. Its networks: none."]),
        (["--unset", "telnet_level"], ["telnet_level is not set."]),
        (["name"], ["'name' is not of the form key=value."]),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_what_to_do(ringup: Ringup, words: list[str], said: list[str]) -> None:
    done = ringup("site", "set", *words)
    assert (done.status, done.out) == (2, "")
    for word in said:
        assert word in done.err
    assert ringup("history", "--json").json() == {"version": 1, "revisions": []}


def test_a_load_of_other_models_is_set_by_its_number(ringup: Ringup) -> None:
    assert ringup("site", "set", "other_loads.30018=SIP41.8-5-4S", "other_loads.6=P00405000700").status == 0
    assert ringup("site", "show", "--json").json()["other_loads"] == {
        "6": "P00405000700",
        "30018": "SIP41.8-5-4S",
    }
    assert "    '6': P00405000700\n" in ringup("export").out
    assert ringup("apply", "-", typed=ringup("export").out).status == 0
    assert ringup("site", "set", "--unset", "other_loads.6").status == 0
    assert ringup("site", "show", "--json").json()["other_loads"] == {"30018": "SIP41.8-5-4S"}
    refused = ringup("site", "set", "other_loads.7=P0S3-8-12-00")
    assert "loadInformation7 is the 7960's, which runs the site's load." in refused.err
    assert (
        "Set one load by its number, like other_loads.30018=SIP41.8-5-4S."
        in ringup("site", "set", "other_loads=x").err
    )
