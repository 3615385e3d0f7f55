"""Every rule: what it objects to, word by word, and that it leaves the good neighbour alone."""

from collections.abc import Callable

import pytest

from ringup.lint import (
    clock_rules,
    cnf_rules,
    dial_rules,
    firmware_rules,
    list_rules,
    name_rules,
    phone_rules,
    tree_rules,
    value_rules,
    xml_rules,
)
from ringup.lint.rules import RULES, lint
from tests.lint.cases import CASES, changed
from tests.lint.good_bundle import GOOD, NEIGHBOUR, OWN, bundle_of

MODULES = (
    clock_rules, cnf_rules, dial_rules, firmware_rules, list_rules, name_rules, phone_rules, tree_rules,
    value_rules, xml_rules,
)  # fmt: skip
MISSING_DEFAULT = "X407"
"""Its case takes the default file away from every phone."""


def test_a_good_bundle_has_no_findings() -> None:
    assert lint(bundle_of(GOOD)) == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_by_itself_has_no_findings(name: str) -> None:
    assert lint(bundle_of({name: GOOD[name]}, is_whole=False)) == []


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(CASES) == set(RULES)


def test_there_are_many_rules_and_no_code_stands_for_two() -> None:
    assert len(RULES) == sum(len(module.RULES) for module in MODULES) >= 60


@pytest.mark.parametrize("code", RULES)
def test_a_rule_fires_on_its_case(code: str, golden: Callable[[str, str], None]) -> None:
    findings = lint(bundle_of(changed(CASES[code])))
    assert code in {finding.code for finding in findings}
    golden(f"lint/{code}.txt", "".join(f"{finding}\n" for finding in findings))


@pytest.mark.parametrize("code", RULES)
def test_no_rule_objects_to_the_good_neighbour(code: str) -> None:
    findings = lint(bundle_of(changed(CASES[code])))
    about = [finding for finding in findings if finding.file == NEIGHBOUR]
    assert about == [] or code == MISSING_DEFAULT


@pytest.mark.parametrize("code", RULES)
def test_a_finding_says_what_and_what_to_do_in_sentences(code: str) -> None:
    for finding in lint(bundle_of(changed(CASES[code]))):
        assert finding.message.endswith("."), finding
        assert finding.cure.endswith((".", "?", '"')), finding
        assert finding.severity == RULES[finding.code].severity


def test_what_a_thousand_phones_share_is_told_once() -> None:
    files = changed(CASES["C307"])
    phones = {f"SIP0016460000{n:02X}.cnf": b"line1_name: 3%02d\nline1_password: x\n" % n for n in range(99)}
    findings = lint(bundle_of(files | phones))
    assert [finding.code for finding in findings] == ["C307"]


def test_passwords_are_in_no_message() -> None:
    secrets = b'line1_password: "h\x01dden"\nphone_password: hidden-hidden-hidden-hidden-hidden-hidden\n'
    findings = lint(bundle_of({**GOOD, OWN: GOOD[OWN] + secrets}))
    assert {"C213", "C214"} <= {finding.code for finding in findings}
    assert not any("dden" in finding.message for finding in findings)


@pytest.mark.parametrize(
    "load", ["P0S3-8-12-00", "P0S3-08-11-00", "P00308010200", "P0S30202", "UNPROVISIONED"]
)
def test_right_names_of_loads_are_let_through(load: str) -> None:
    text = f"image_version: {load}\n".encode()
    assert lint(bundle_of({"SIPDefault.cnf": text}, is_whole=False)) == []


def test_a_tree_without_firmware_is_not_blamed_for_each_load() -> None:
    files = {name: data for name, data in GOOD.items() if not name.startswith("P0")}
    assert lint(bundle_of(files)) == []


def test_phones_in_a_folder_take_the_default_file_above_it() -> None:
    files = {**GOOD, f"phones/{OWN}": GOOD[OWN], "SIPDefault.cnf": GOOD["SIPDefault.cnf"]}
    del files[OWN]
    assert lint(bundle_of(files)) == []


def test_of_a_phone_whose_default_file_is_unknown_nothing_is_missing() -> None:
    assert lint(bundle_of({OWN: b"line1_name: 201\ntelnet_level: 1\ntime_zone: CET\n"}, is_whole=False)) == []
