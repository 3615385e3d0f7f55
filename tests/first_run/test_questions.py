"""The questions of `ringup init`: each default comes from what was found, each wrong answer is refused."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface

import pytest

from ringup.change.onboarding import UnknownPhone
from ringup.check.facts import InterfaceFact, OtherDhcp, Transport
from ringup.cli.init import init
from ringup.errors import SiteErrors
from ringup.first_run.here import AsteriskHere, Here, PackageHere, ServiceHere
from ringup.first_run.question import Check, Question, answered, take_default
from ringup.first_run.questions import QUESTIONS
from ringup.site.model import Line, Pbx, Phone, Site, Subnet

ETH0 = InterfaceFact("eth0", (IPv4Interface("192.168.1.10/24"),))
VPN = InterfaceFact("tun0", (IPv4Interface("10.8.0.2/32"),))
NO_ADDRESS = InterfaceFact("eth1")
MACHINE = Here(
    Site(),
    interfaces=(ETH0, NO_ADDRESS),
    routers={"eth0": IPv4Address("192.168.1.1")},
    zone="Europe/London",
    exists=lambda name: name != "absent.zip",
    now=1_800_000_000.0,
)
STOCK_22 = AsteriskHere("/etc/asterisk", "22.10.1", modules=frozenset({"chan_pjsip.so", "res_pjsip.so"}))
STOCK_16 = replace(
    STOCK_22, version="16.28.0", modules=frozenset({"chan_pjsip.so", "chan_sip.so"}), sip_port=5060
)
WITH_TRANSPORTS = replace(
    STOCK_22,
    transports=(
        Transport("ringup-udp", "udp", "0.0.0.0:5060"),
        Transport("tls", "tls", "0.0.0.0:5061"),
        Transport("other", "udp", "0.0.0.0:5160"),
        Transport("mine", "udp", "0.0.0.0:5060"),
    ),
)
SET_UP = Site(
    time_zone="Etc/UTC",
    subnets=(
        Subnet.model_validate(
            {"network": "192.168.1.0/24", "first": "192.168.1.30", "last": "192.168.1.39", "router": None}
        ),
    ),
    phones=(
        Phone(
            mac="001646C0FFEE", model="7940", lines=(Line(extension="202", name="Ada", secret="a-secret"),)
        ),
    ),
    pbx=Pbx(address="192.168.1.20", driver="chan_sip", port=5070, etc="/etc/asterisk"),
)


def defaults(here: Here, **given: str) -> dict[str, str]:
    return answered(QUESTIONS, here, given, take_default)


def test_every_question_has_a_flag() -> None:
    flags = {flag for option in init.params for flag in option.opts}
    assert [each.key for each in QUESTIONS if each.flag not in flags] == []


def test_a_new_machine_gives_every_default() -> None:
    assert defaults(MACHINE) == {
        "interface": "eth0",
        "dhcp": "yes",
        "network": "192.168.1.0/24:192.168.1.100-192.168.1.199:192.168.1.1",
        "time_zone": "Europe/London",
        "sntp": "no",
        "etc": "",
        "pbx_address": "192.168.1.10",
        "driver": "pjsip",
        "transport": "",
        "pbx_port": "5060",
        "account": "no",
        "fix_modules": "no",
        "package": "",
        "auto": "",
        "auto_until": "",
        "phone": "",
        "model": "7960",
        "extension": "",
        "name": "",
        "start": "no",
        "serve": "yes",
    }


def test_a_site_that_is_set_up_keeps_its_values() -> None:
    found = defaults(replace(MACHINE, site=SET_UP, asterisk=WITH_TRANSPORTS))
    assert found["network"] == "192.168.1.0/24:192.168.1.30-192.168.1.39"
    assert (found["time_zone"], found["etc"]) == ("Etc/UTC", "/etc/asterisk")
    kept = (found["pbx_address"], found["driver"], found["transport"], found["pbx_port"])
    assert kept == ("192.168.1.20", "chan_sip", "", "5070")


def test_another_dhcp_server_switches_ours_off() -> None:
    heard = replace(MACHINE, heard_on=lambda name: OtherDhcp(f"the one on {name}", ""))
    assert (defaults(heard)["dhcp"], defaults(heard)["network"]) == ("no", "")
    assert defaults(heard, dhcp="yes")["network"].startswith("192.168.1.0/24")


def test_the_settings_file_says_who_gives_out_addresses_and_on_which_interface() -> None:
    two = (ETH0, InterfaceFact("wlan0", (IPv4Interface("10.1.1.1/24"),)))
    here = replace(
        MACHINE, site=SET_UP, interfaces=two, settings={"interface": "wlan0", "dhcp": False},
        heard_on=pytest.fail,
    )  # fmt: skip
    assert (defaults(here)["interface"], defaults(here)["dhcp"]) == ("wlan0", "no")


def test_phones_get_the_time_from_here_if_no_other_server_has_it() -> None:
    able = replace(MACHINE, can_send_time=True)
    assert defaults(able)["sntp"] == "yes"
    assert defaults(replace(able, settings={"sntp": False}))["sntp"] == "no"
    assert defaults(replace(able, site=Site(ntp_server="192.168.1.1")))["sntp"] == "no"


@pytest.mark.parametrize(
    ("asterisk", "driver", "transport", "port"),
    [
        (STOCK_22, "pjsip", "", "5060"),
        (WITH_TRANSPORTS, "pjsip", "mine", "5060"),
        (replace(WITH_TRANSPORTS, transports=WITH_TRANSPORTS.transports[:3]), "pjsip", "other", "5160"),
        (STOCK_16, "chan_sip", "", "5060"),
        (replace(STOCK_16, sip_port=5160), "pjsip", "", "5060"),
        (replace(STOCK_16, modules=frozenset({"chan_sip.so"}), sip_port=5160), "chan_sip", "", "5160"),
    ],
)
def test_the_driver_is_the_one_with_a_port_for_phones(
    asterisk: AsteriskHere, driver: str, transport: str, port: str
) -> None:
    found = defaults(replace(MACHINE, asterisk=asterisk))
    assert (found["driver"], found["transport"], found["pbx_port"]) == (driver, transport, port)
    assert (found["etc"], found["account"]) == ("/etc/asterisk", "yes")


def test_freepbx_gets_no_account_and_no_changed_modules() -> None:
    found = defaults(
        replace(MACHINE, asterisk=replace(WITH_TRANSPORTS, is_freepbx=True, lacks_voicemail=True))
    )
    assert (found["account"], found["fix_modules"], found["transport"]) == ("no", "no", "")


def test_phones_register_at_the_port_of_freepbx() -> None:
    transports = (Transport("0.0.0.0-udp", "udp", "0.0.0.0:5160"),)
    here = replace(MACHINE, asterisk=replace(STOCK_22, is_freepbx=True, transports=transports))
    assert (defaults(here)["transport"], defaults(here)["pbx_port"]) == ("", "5160")


def test_modules_are_changed_only_on_request() -> None:
    here = replace(MACHINE, asterisk=replace(STOCK_22, lacks_voicemail=True))
    assert defaults(here)["fix_modules"] == "no"
    assert "fix_modules" in asked(here)
    assert "fix_modules" not in asked(replace(MACHINE, asterisk=STOCK_22))


def asked(here: Here, **given: str) -> list[str]:
    found: list[str] = []

    def ask(question: Question, default: str, check: Check) -> str:
        found.append(question.key)
        return check(default)

    answered(QUESTIONS, here, given, ask)
    return found


def test_only_questions_that_matter_are_asked() -> None:
    new = ["interface", "dhcp", "network", "time_zone", "sntp", "etc", "pbx_address", "driver", "pbx_port"]
    assert asked(MACHINE) == [*new, "package", "auto", "phone", "serve"]
    assert asked(MACHINE, interface="eth0", phone="001646C0FFEE") == [
        *new[1:], "package", "auto", "model", "extension", "name", "serve",
    ]  # fmt: skip
    service = replace(MACHINE, service=ServiceHere("ringup", is_active=False))
    assert asked(service)[-1] == "start"
    assert "serve" not in asked(replace(MACHINE, is_served=True))
    assert "auto_until" in asked(MACHINE, auto="301-320")
    assert "transport" in asked(replace(MACHINE, asterisk=WITH_TRANSPORTS))


def test_a_package_is_offered_only_while_the_load_is_missing() -> None:
    here = replace(MACHINE, packages=(PackageHere("new.zip", "P0S3-8-12-00"), PackageHere("old.zip", "P0S3")))
    assert defaults(here)["package"] == "new.zip"
    assert defaults(replace(here, has_load=True))["package"] == ""


def test_the_extension_is_the_lowest_free_one() -> None:
    phone = "001646C0FFE0"
    assert defaults(MACHINE, phone=phone)["extension"] == "201"
    assert defaults(replace(MACHINE, site=SET_UP), phone=phone)["extension"] == "201"
    assert defaults(MACHINE, phone=phone, auto="500-503")["extension"] == "501"
    own = defaults(replace(MACHINE, site=SET_UP), phone="00:16:46:c0:ff:ee")
    assert (own["phone"], own["extension"], own["name"], own["model"]) == (
        "001646C0FFEE", "202", "Ada", "7940",
    )  # fmt: skip


def test_the_only_phone_that_waits_is_the_first_phone() -> None:
    one = UnknownPhone("001646C0FFE1", "7940", "192.168.1.107")
    waiting = replace(MACHINE, unknown=(one,))
    assert (defaults(waiting)["phone"], defaults(waiting)["model"]) == ("001646C0FFE1", "7940")
    assert defaults(replace(waiting, unknown=(one, one._replace(mac="001646C0FFE2"))))["phone"] == ""
    assert defaults(replace(waiting, site=SET_UP))["phone"] == ""


def test_unknown_phones_get_extensions_for_a_day() -> None:
    found = defaults(MACHINE, auto="301-320", time_zone="Etc/UTC")
    assert found["auto_until"] == "2027-01-16T08:00"
    site = Site(auto_extensions="301-320", auto_until="2026-01-01T00:00")
    assert defaults(replace(MACHINE, site=site))["auto_until"] == "2026-01-01T00:00"
    assert defaults(replace(MACHINE, site=site), auto="301-330")["auto_until"] == "2027-01-16T08:00"


@pytest.mark.parametrize(
    ("given", "what", "cure"),
    [
        ({"interface": "eth7"}, "no interface eth7", "It has: eth0 (192.168.1.10/24)."),
        ({"interface": "eth1"}, "eth1 has no IPv4 address.", "ip address add"),
        ({"network": "192.168.1.0/24"}, "is not a network.", "Write it like"),
        ({"network": "192.168.1.0/24:10.0.0.1-10.0.0.2"}, "pool address 10.0.0.1 is not in", "Write one"),
        ({"time_zone": "London"}, "time zone 'London' is unknown.", "Did you mean Europe/London"),
        ({"driver": "skinny"}, "is not a driver.", "pjsip or chan_sip"),
        ({"pbx_port": "0"}, "is not a UDP port.", "1 to 65535"),
        ({"auto": "320-301"}, "is not a range", "301-320"),
        ({"auto": "301-320", "auto_until": "tomorrow"}, "is not a time.", "2026-12-01T18:00"),
        ({"pbx_address": "300.1.1.1"}, "300.1.1.1 is not an IPv4 address.", ""),
        ({"package": "absent.zip"}, "absent.zip does not exist.", "a zip or a folder"),
        ({"phone": "001646C0FFE1", "extension": "#1"}, "extension is '#1'.", "Use digits"),
        ({"phone": "001646C0FFE1", "name": 'A"B'}, "name is 'A\"B'.", "Leave out double quotes"),
        ({"phone": "0016"}, "is not a MAC address", "sticker"),
        ({"model": "7970"}, "is not a model", "7940 or 7960"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_flag(given: dict[str, str], what: str, cure: str) -> None:
    with pytest.raises(SiteErrors) as raised:
        defaults(MACHINE, **given)
    (problem,) = raised.value.problems
    assert problem.where == f"--{list(given)[-1].replace('_', '-')}"
    assert what in problem.what
    assert cure in problem.cure


def test_all_wrong_answers_are_reported_at_once() -> None:
    with pytest.raises(SiteErrors) as raised:
        defaults(MACHINE, time_zone="London", driver="skinny", phone="x")
    assert [each.where for each in raised.value.problems] == ["--time-zone", "--driver", "--phone"]


def test_an_extension_of_another_phone_is_refused() -> None:
    with pytest.raises(
        SiteErrors, match=r"202 is the extension of phone 001646C0FFEE\. Take another, like 201"
    ):
        defaults(replace(MACHINE, site=SET_UP), phone="001646C0FFE1", extension="202")


def test_a_driver_that_asterisk_has_not_loaded_is_refused() -> None:
    with pytest.raises(SiteErrors, match=r"22\.10\.1 has not loaded chan_sip\.so"):
        defaults(replace(MACHINE, asterisk=STOCK_22), driver="chan_sip")


@pytest.mark.parametrize("interfaces", [(), (NO_ADDRESS,), (ETH0, VPN)])
def test_an_interface_that_is_not_clear_must_be_named(interfaces: tuple[InterfaceFact, ...]) -> None:
    with pytest.raises(SiteErrors, match="--interface NAME"):
        defaults(replace(MACHINE, interfaces=interfaces))


def test_the_only_network_card_is_taken_before_bridges_and_tunnels() -> None:
    here = replace(MACHINE, interfaces=(VPN, ETH0), physical=frozenset({"eth0"}))
    assert defaults(here)["interface"] == "eth0"
    with pytest.raises(SiteErrors, match="--interface NAME"):
        defaults(replace(here, physical=frozenset({"eth0", "tun0"})))


def test_a_site_with_only_a_phone_is_not_set_up() -> None:
    site = Site(phones=SET_UP.phones)
    found = defaults(replace(MACHINE, site=site, asterisk=STOCK_16))
    assert (found["time_zone"], found["etc"], found["driver"], found["dhcp"]) == (
        "Europe/London", "/etc/asterisk", "chan_sip", "yes",
    )  # fmt: skip
    set_before = replace(MACHINE, site=site.model_copy(update={"time_zone": "Asia/Tokyo"}))
    assert defaults(set_before)["time_zone"] == "Asia/Tokyo"


def test_a_site_without_a_network_keeps_giving_out_no_addresses() -> None:
    site = SET_UP.model_copy(update={"subnets": ()})
    assert defaults(replace(MACHINE, site=site, heard_on=pytest.fail))["dhcp"] == "no"


def test_none_stands_for_nothing() -> None:
    here = replace(MACHINE, asterisk=WITH_TRANSPORTS)
    assert defaults(here, etc="none")["etc"] == ""
    assert defaults(here, transport="none")["transport"] == ""


def test_of_several_interfaces_the_one_in_the_sites_network_is_taken() -> None:
    assert defaults(replace(MACHINE, interfaces=(VPN, ETH0), site=SET_UP))["interface"] == "eth0"
    unplugged = replace(VPN, is_up=False)
    assert defaults(replace(MACHINE, interfaces=(unplugged, ETH0)))["interface"] == "eth0"
