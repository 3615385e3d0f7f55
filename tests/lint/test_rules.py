"""Every rule reports its case with the expected text, and reports nothing about the phone beside it."""

from collections.abc import Callable
from functools import cache

import pytest

from ringup.finding import ORDER, Finding
from ringup.firmware.contents import FindingKind, severity_of
from ringup.lint import (
    clock_rules,
    cnf_rules,
    dial_rules,
    firmware_rules,
    list_rules,
    name_rules,
    password_rules,
    phone_rules,
    service_rules,
    skinny_rules,
    tree_rules,
    value_rules,
    xml_rules,
)
from ringup.lint.firmware_rules import CODES
from ringup.lint.rules import RULES, lint
from tests.lint.cases import CASES, SKINNY, WITH_SCCP, changed, sccp
from tests.lint.good_bundle import GOOD, NEIGHBOUR, OWN, bundle_of

MODULES = (
    clock_rules, cnf_rules, dial_rules, firmware_rules, list_rules, name_rules, password_rules, phone_rules,
    service_rules, skinny_rules, tree_rules, value_rules, xml_rules,
)  # fmt: skip
MISSING_DEFAULT = "X407"
"""The rule whose case takes the default file away from every phone."""


@cache
def findings_of(code: str) -> list[Finding]:
    """Return the findings in the case of a rule."""
    return lint(bundle_of(changed(CASES[code])))


def test_a_good_bundle_has_no_findings() -> None:
    assert lint(bundle_of(GOOD)) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_by_itself_has_no_findings(name: str) -> None:
    assert lint(bundle_of({name: GOOD[name]}, is_complete=False)) == []


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(CASES) == set(RULES)


def test_there_are_many_rules_and_no_code_stands_for_two() -> None:
    assert len(RULES) == sum(len(module.RULES) for module in MODULES) >= 60


@pytest.mark.parametrize("code", RULES)
def test_a_rule_fires_on_its_case(code: str, golden: Callable[[str, str], None]) -> None:
    findings = findings_of(code)
    assert code in {finding.code for finding in findings}
    golden(f"lint/{code}.txt", "".join(f"{finding}\n" for finding in findings))


@pytest.mark.parametrize("code", RULES)
def test_no_rule_objects_to_the_good_neighbour(code: str) -> None:
    about = [finding for finding in findings_of(code) if finding.where.file == NEIGHBOUR]
    assert about == [] or code == MISSING_DEFAULT


@pytest.mark.parametrize("code", RULES)
def test_a_finding_says_what_and_what_to_do_in_sentences(code: str) -> None:
    for finding in findings_of(code):
        assert finding.what.endswith("."), finding
        assert finding.cure.endswith((".", "?", '"')), finding
        assert ORDER.index(finding.severity) >= ORDER.index(RULES[finding.code].severity)


def test_a_phone_on_sccp_that_fits_skinny_conf_has_no_findings() -> None:
    assert lint(bundle_of({**GOOD, **WITH_SCCP})) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (
            b"#include ringup/ringup_skinny_devices.conf\n",
            "",
        ),  # the devices of this rule are not in this folder
        (b";#include more.conf\n", "K101"),
        (b";--\n[x]\ndevice=SEP001122334455\n--;\n", "K101"),
        (b"[x](!)\ndevice = SEP001122334455\n", ""),
    ],
)
def test_devices_are_read_as_asterisk_reads_them(more: bytes, code: str) -> None:
    conf = b"[general]\nbindaddr=192.168.1.10\n[lines]\n[devices]\n" + more
    found = lint(bundle_of({**GOOD, **WITH_SCCP, "skinny.conf": conf}))
    assert [each.code for each in found] == ([code] if code else [])


def test_the_devices_of_an_include_count_if_it_is_here() -> None:
    conf = {"skinny.conf": b"[devices]\n#include ringup/ringup_skinny_devices.conf\n"}
    devices = {"ringup/ringup_skinny_devices.conf": b"[SEP001122334455]\ndevice = SEP001122334455\n"}
    assert lint(bundle_of({**GOOD, **WITH_SCCP, **conf, **devices})) == []


@pytest.mark.parametrize(
    "server", [b"pbx.office", b"192.168.1.1</processNodeName><processNodeName>192.168.1.10"]
)
def test_a_server_with_a_name_or_a_second_one_may_be_this_pbx(server: bytes) -> None:
    files = sccp(b"<processNodeName>192.168.1.10<", b"<processNodeName>" + server + b"<")
    assert lint(bundle_of(changed(files))) == []


def test_a_file_that_may_be_elsewhere_is_not_missing() -> None:
    files = {"skinny.conf": SKINNY, "XMLDefault.cnf.xml": GOOD["XMLDefault.cnf.xml"]}
    assert lint(bundle_of(files, is_complete=False)) == []


def test_chan_skinny_serves_no_later_models() -> None:
    later = b"<device><deviceProtocol>SCCP</deviceProtocol><phoneServices/></device>"
    assert lint(bundle_of({**GOOD, **WITH_SCCP, "SEP0011223344FF.cnf.xml": later})) == []


def _phone(n: int) -> bytes:
    return b"line1_name: 3%02d\nline1_password: a-l0ng-%02d\n" % (n, n)


def test_what_a_thousand_phones_share_is_told_once() -> None:
    files = changed(CASES["C307"])
    phones = {
        f"SIP0016460000{n:02X}.cnf": b"line1_name: 3%02d\nline1_password: a-l0ng-%02d\n" % (n, n)
        for n in range(99)
    }
    findings = lint(bundle_of(files | phones))
    assert [finding.code for finding in findings] == ["C307"]


def test_passwords_are_in_no_message() -> None:
    secrets = b'line1_password: "h\x01dden"\nphone_password: hidden-hidden-hidden-hidden-hidden-hidden\n'
    findings = lint(bundle_of({**GOOD, OWN: GOOD[OWN] + secrets}))
    assert {"C213", "C214"} <= {finding.code for finding in findings}
    assert not any("dden" in finding.what for finding in findings)


@pytest.mark.parametrize(
    "load", ["P0S3-8-12-00", "P0S3-08-11-00", "P00308010200", "P0S30202", "UNPROVISIONED"]
)
def test_right_names_of_loads_are_let_through(load: str) -> None:
    text = f"image_version: {load}\n".encode()
    assert lint(bundle_of({"SIPDefault.cnf": text}, is_complete=False)) == []


def test_a_tree_without_firmware_is_told_once_of_each_load() -> None:
    files = {name: data for name, data in GOOD.items() if not name.startswith("P0")}
    findings = lint(bundle_of(files))
    assert [(each.code, each.severity, each.where.file) for each in findings] == [
        ("X401", "warning", "SIPDefault.cnf"),
        ("M509", "warning", "XMLDefault.cnf.xml"),
    ]
    assert "no P0S3-8-12-00.loads" in findings[0].what


def test_phones_in_a_folder_take_the_default_file_above_it() -> None:
    files = {**GOOD, f"phones/{OWN}": GOOD[OWN], "SIPDefault.cnf": GOOD["SIPDefault.cnf"]}
    del files[OWN]
    assert lint(bundle_of(files)) == []


def test_of_a_phone_whose_default_file_is_unknown_nothing_is_missing() -> None:
    assert (
        lint(bundle_of({OWN: b"line1_name: 201\ntelnet_level: 1\ntime_zone: CET\n"}, is_complete=False)) == []
    )


def test_a_placeholder_hides_what_follows_from_it() -> None:
    lines = (
        b"proxy1_address: {$server.ip}\nimage_version: [== LOAD ==]\n{$row.line}_name: {$row.name|*97}\n"
        b"time_zone: #TIMEZONE\n{% if vlan %}\ntelnet_level: {{ level|default(0) }} # {{ remark }}\n"
    )
    found = lint(bundle_of({**GOOD, "SIPDefault.cnf": lines}))
    assert [(each.code, each.severity) for each in found] == [("C110", "error")] * 7
    assert "{$row.line}" in found[2].what


def test_a_template_that_no_phone_asks_for_has_notes_only() -> None:
    found = lint(bundle_of({**GOOD, "SIP_template.cnf": b"line1_name: ###EXT###\ntelnet_level: 9\n"}))
    assert {each.code for each in found} == {"F104", "C110", "C202"}
    assert {each.severity for each in found} == {"note"}


def test_a_name_that_misses_one_digit_is_no_template() -> None:
    found = lint(bundle_of({**GOOD, "SIP001646C0FFE.cnf": b"line1_name: 205\n"}))
    assert ("F104", "error") in {(each.code, each.severity) for each in found}


def test_files_of_ciscos_own_products_have_no_findings() -> None:
    manager = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<device  xsi:type="axl:XIPPhone" ctiid="1">\n'
        b"<deviceProtocol>SIP</deviceProtocol><loadInformation>P0S3-8-12-00</loadInformation></device>"
    )
    express = (
        b'proxy2_address: "";\nproxy2_port: "";\nlanguage: English_United_States;\ntime_format_24hr: 2;\n'
        b"network_port2_type: PC;\ndate_format: D.M.Y;\ndst_stop_week_of_month: 8;\n"
    )
    files = {**GOOD, "SEP001646C0FFEE.cnf.xml": manager, "SIPDefault.cnf": GOOD["SIPDefault.cnf"] + express}
    assert [each for each in lint(bundle_of(files)) if each.code != "C108"] == []
    xml = GOOD["XMLDefault.cnf.xml"].replace(b"loadInformation8", b"loadInformation08")
    assert lint(bundle_of({**GOOD, "XMLDefault.cnf.xml": xml})) == []
    pointer = GOOD["OS79XX.TXT"].rstrip() + b" \r\n"
    assert {each.severity for each in lint(bundle_of({**GOOD, "OS79XX.TXT": pointer}))} == {"warning"}


def test_what_is_in_neither_file_is_told_without_a_default_file_too() -> None:
    files = {name: data for name, data in GOOD.items() if name != "SIPDefault.cnf"}
    codes = {each.code for each in lint(bundle_of({**files, OWN: GOOD[OWN] + b"telnet_level: 1\r\n"}))}
    assert {"X407", "C304", "C308", "C334"} <= codes


def test_a_sep_file_of_a_later_model_needs_no_load() -> None:
    later = b"<device><sipProfile><phoneLabel>Larry</phoneLabel></sipProfile></device>"
    assert lint(bundle_of({**GOOD, "SEP001122334455.cnf.xml": later})) == []


def test_a_number_of_another_model_is_told() -> None:
    xml = GOOD["XMLDefault.cnf.xml"].replace(
        b"</Default>", b"<loadInformation115>P0S3-8-12-00</loadInformation115></Default>"
    )
    (found,) = lint(bundle_of({**GOOD, "XMLDefault.cnf.xml": xml}))
    assert (found.code, "7941" in found.what) == ("M510", True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dst_start_week_of_month: 8", "dst_start_week_of_month: 1"),
        ("dst_stop_day_of_week: Sun", "dst_stop_day_of_week: Mon"),
        ('dst_stop_day: ""', "dst_stop_day: 31"),
        ("dst_stop_month: Oct", "dst_stop_month: Nov"),
        ("time_zone: CET", "time_zone: EST"),
    ],
)
def test_a_summer_time_that_is_not_the_zones_is_told(old: str, new: str) -> None:
    default = GOOD["SIPDefault.cnf"].replace(old.encode(), new.encode())
    assert "C332" in {each.code for each in lint(bundle_of({**GOOD, "SIPDefault.cnf": default}))}


def test_the_seventh_line_has_no_key() -> None:
    (found,) = lint(bundle_of({**GOOD, OWN: GOOD[OWN] + b"line7_name: 207\r\n"}))
    assert (found.code, found.where.line) == ("C313", 9)


def test_a_load_that_many_files_name_is_told_once() -> None:
    load = b"image_version: P0S3-08-11-00\n"
    phones = {f"SIP0016460000{n:02X}.cnf": load + _phone(n) for n in range(3)}
    found = [each for each in lint(bundle_of({**GOOD, **phones})) if each.code == "X401"]
    (one,) = found
    assert one.what.endswith("So do 2 other files.")


@pytest.mark.parametrize(
    ("proxy", "is_private"),
    [
        ("10.0.0.0", True),
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("172.15.255.255", False),
        ("172.16.0.0", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("192.167.255.255", False),
        ("192.168.0.0", True),
        ("192.168.255.255", True),
        ("192.169.0.0", False),
    ],
)
def test_nat_is_objected_to_where_the_proxy_is_in_a_private_network(proxy: str, is_private: bool) -> None:
    default = GOOD["SIPDefault.cnf"].replace(b"192.168.1.10", proxy.encode())
    default = default.replace(b"nat_enable: UNPROVISIONED", b"nat_enable: 1")
    findings = lint(bundle_of({**GOOD, "SIPDefault.cnf": default}))
    assert ("C321" in {finding.code for finding in findings}) is is_private


@pytest.mark.parametrize(
    ("url", "is_named"),
    [
        ("http://192.168.1.10/logo.bmp", False),
        ("http://192.168.1.10:6970/logo.bmp", False),
        ("HTTP://files.office", True),
        ("http://192.168.1/logo.bmp", True),
        ("http:///logo.bmp", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("name", ["logo_url", "services_url", "directory_url"])
def test_a_url_is_objected_to_where_its_server_has_a_name(name: str, url: str, is_named: bool) -> None:
    default = GOOD["SIPDefault.cnf"] + f'{name}: "{url}"\n'.encode()
    findings = lint(bundle_of({**GOOD, "SIPDefault.cnf": default}))
    assert ("C322" in {finding.code for finding in findings}) is is_named


@pytest.mark.parametrize("kind", [kind for kind in FindingKind if kind in CODES])
def test_firmware_is_as_bad_for_lint_as_for_firmware_check(kind: FindingKind) -> None:
    assert RULES[CODES[kind]].severity is severity_of(kind)
