"""ringup's parts in a configuration of Kea: what others wrote stays, and every reason against it is named."""

from copy import deepcopy
from ipaddress import IPv4Address
from typing import Any

import pytest

from ringup.errors import SiteErrors
from ringup.kea.merge import merged, removed
from ringup.kea.own_parts import CLASS, OPTION, own_parts
from ringup.site.model import Phone, Site

SERVER = IPv4Address("10.77.0.9")
MAC, OTHER = "001646C0FFEE", "001646000000"
SITE = Site(
    phones=(
        Phone(mac=MAC, address=IPv4Address("10.77.0.50")),
        Phone(mac=OTHER, address=IPv4Address("10.88.0.60")),
        Phone(mac="001646000001"),
    )
)
FOREIGN = {"hw-address": "02:00:00:00:00:01", "ip-address": "10.77.0.7", "user-context": {"comment": "fax"}}
CONFIG: dict[str, Any] = {
    "client-classes": [{"name": "printers", "test": "member('ALL')"}],
    "subnet4": [{"id": 1, "subnet": "10.77.0.0/24", "pools": [], "reservations": [FOREIGN]}],
    "shared-networks": [{"name": "floor2", "subnet4": [{"id": 2, "subnet": "10.88.0.0/24"}]}],
    "valid-lifetime": 4000,
}


def labels(config: dict[str, Any]) -> list[str]:
    return [each.label for each in own_parts(config)]


def refused(config: dict[str, Any], site: Site = SITE) -> str:
    with pytest.raises(SiteErrors) as caught:
        merged(config, site, SERVER)
    return str(caught.value)


def test_the_parts_are_added_marked_and_nothing_else_changes() -> None:
    before = deepcopy(CONFIG)
    change = merged(CONFIG, SITE, SERVER)
    assert before == CONFIG == change.before
    assert change.lines == (
        "+ definition of option 150",
        f"+ class {CLASS}",
        "+ reservation of 10.77.0.50 for 00:16:46:c0:ff:ee",
        "+ reservation of 10.88.0.60 for 00:16:46:00:00:00",
    )
    assert removed(change.after).after == {**before, "option-def": [], "shared-networks": [
        {"name": "floor2", "subnet4": [{"id": 2, "subnet": "10.88.0.0/24", "reservations": []}]}
    ]}  # fmt: skip
    assert FOREIGN in change.after["subnet4"][0]["reservations"]
    (phones,) = [each for each in change.after["client-classes"] if each["name"] == CLASS]
    assert phones["test"] == "substring(option[60].hex,0,13) == 'Cisco Systems'"
    assert {each["name"]: each["data"] for each in phones["option-data"]} == {
        "tftp-server-name": "10.77.0.9",
        OPTION: "10.77.0.9",
    }


def test_the_defaults_that_kea_adds_are_no_change_and_other_values_are() -> None:
    kept = merged(CONFIG, SITE, SERVER).after
    for each in own_parts(kept):
        each.part["never-send"] = False
    assert merged(kept, SITE, SERVER).lines == ()
    assert merged(kept, SITE, IPv4Address("10.77.0.10")).lines == (f"~ class {CLASS}",)
    fewer = SITE.model_copy(update={"phones": SITE.phones[1:]})
    assert merged(kept, fewer, SERVER).lines == ("- reservation of 10.88.0.60 for 00:16:46:00:00:00",)
    moved = SITE.phones[1].model_copy(update={"address": IPv4Address("10.77.0.51")})
    assert [line[0] for line in merged(kept, Site(phones=(moved,)), SERVER).lines] == ["-", "-", "+"]


def test_removing_from_a_configuration_without_ringups_parts_changes_nothing() -> None:
    assert removed(CONFIG).lines == ()
    assert removed(CONFIG).after == CONFIG
    assert labels(CONFIG) == []


def test_an_option_150_and_a_reservation_that_exist_already_are_used() -> None:
    own = {"name": "tftp-servers", "code": 150, "type": "ipv4-address", "array": True, "space": "dhcp4"}
    here = {"hw-address": "00:16:46:C0:FF:EE", "ip-address": "10.77.0.50"}
    config = {**CONFIG, "option-def": [own], "reservations": [here]}
    change = merged(config, SITE, SERVER)
    assert "+ definition of option 150" not in change.lines
    assert "+ reservation of 10.77.0.50 for 00:16:46:c0:ff:ee" not in change.lines
    (phones,) = [each for each in change.after["client-classes"] if each["name"] == CLASS]
    assert phones["option-data"][1]["name"] == "tftp-servers"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            {"hw-address": "00:16:46:c0:ff:ee", "ip-address": "10.77.0.8"},
            "reservation of 10.77.0.8 for 00:16",
        ),
        (
            {"hw-address": "02:00:00:00:00:02", "ip-address": "10.77.0.50"},
            "of 10.77.0.50 for 02:00:00:00:00:02",
        ),
        ({"duid": "01:02", "ip-address": "10.77.0.50"}, "conflicts with Kea's reservation of 10.77.0.50"),
    ],
)
def test_a_reservation_of_others_is_never_replaced(other: dict[str, str], said: str) -> None:
    config = deepcopy(CONFIG)
    config["subnet4"][0]["reservations"].append(other)
    assert said in refused(config)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("subnet", "subnet 10.77.0.0/24 sends option 150 with 192.0.2.1"),
        ("pool", "pool 10.77.0.200 - 10.77.0.220 sends option 66 with tftp.example.org"),
        ("shared", "shared network floor2 sends option 150 with 192.0.2.1"),
    ],
)
def test_an_option_that_wins_over_the_class_is_named(place: str, said: str) -> None:
    config = deepcopy(CONFIG)
    wrong = {"code": 150, "data": "192.0.2.1"}
    if place == "subnet":
        config["subnet4"][0]["option-data"] = [wrong]
    elif place == "shared":
        config["shared-networks"][0]["option-data"] = [wrong]
    else:
        by_name = {"name": "tftp-server-name", "data": "tftp.example.org"}
        config["subnet4"][0]["pools"] = [{"pool": "10.77.0.200 - 10.77.0.220", "option-data": [by_name]}]
    assert said in refused(config)


def test_all_problems_are_reported_at_once() -> None:
    config = {
        "option-def": [{"name": "x", "code": 150, "type": "string", "array": False}],
        "client-classes": [{"name": CLASS}],
        "subnet4": [],
    }
    said = refused(config)
    assert len(said.splitlines()) == 4
    for each in ("option 150 (x) as string", "has a class ringup-phones", "Kea has no subnet for it"):
        assert each in said


def test_an_option_with_the_right_server_elsewhere_is_no_problem() -> None:
    config = deepcopy(CONFIG)
    config["subnet4"][0]["option-data"] = [
        {"code": 150, "data": "10.77.0.9"},
        {"code": 3, "data": "10.77.0.1"},
    ]
    assert merged(config, SITE, SERVER).lines


@pytest.mark.parametrize(
    "subnet",
    [{"client-class": CLASS}, {"pools": [{"require-client-classes": [CLASS]}]}],
    ids=["subnet", "pool"],
)
def test_a_class_that_other_parts_name_is_not_removed(subnet: dict[str, Any]) -> None:
    kept = merged(CONFIG, SITE, SERVER).after
    kept["subnet4"][0].update(subnet)
    with pytest.raises(SiteErrors, match="other parts that name the class ringup-phones"):
        removed(kept)
    kept["client-classes"].append({"name": "x", "test": f"not member('{CLASS}')"})
    kept["subnet4"][0] = CONFIG["subnet4"][0]
    with pytest.raises(SiteErrors, match="other parts"):
        removed(kept)


@pytest.mark.parametrize(
    ("of_subnet", "of_all", "said"),
    [
        ({"reservations-in-subnet": False}, {}, "reservations-in-subnet is false"),
        ({}, {"reservations-in-subnet": False}, "reservations-in-subnet is false"),
        (
            {"pools": [{"pool": "10.77.0.40 - 10.77.0.60"}]},
            {"reservations-out-of-pool": True},
            "a pool has this",
        ),
        ({"pools": [{"pool": "10.77.0.48/28"}], "reservations-out-of-pool": True}, {}, "a pool has this"),
    ],
)
def test_a_reservation_that_kea_would_ignore_is_named(
    of_subnet: dict[str, Any], of_all: dict[str, Any], said: str
) -> None:
    config = {**deepcopy(CONFIG), **of_all}
    config["subnet4"][0].update(of_subnet)
    assert said in refused(config)


def test_a_subnet_may_allow_what_the_rest_does_not() -> None:
    config = {**deepcopy(CONFIG), "reservations-in-subnet": False}
    config["subnet4"][0]["reservations-in-subnet"] = True
    config["shared-networks"][0]["reservations-in-subnet"] = True
    config["subnet4"][0]["pools"] = [{"pool": "10.77.0.100 - 10.77.0.110"}]
    config["reservations-out-of-pool"] = True
    assert len(merged(config, SITE, SERVER).lines) == 4
