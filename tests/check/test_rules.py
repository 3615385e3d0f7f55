"""Each rule finds its own fault and no other, and finds nothing on a machine without faults."""

from dataclasses import fields, replace
from typing import Any

import pytest

from ringup.check.facts import Facts
from ringup.check.rules import QUICK, RULES, check
from ringup.rule import Unknown
from tests.check.cases import CASES, SOUND_TOO
from tests.check.sound import SOUND


@pytest.mark.parametrize("name", SOUND_TOO)
def test_nothing_is_found_on_a_sound_machine(name: str) -> None:
    results = check(SOUND_TOO[name])
    assert [(result.code, result.found) for result in results if result.found] == []
    assert all(result.note for result in results)


def test_everything_is_looked_at_on_a_sound_machine() -> None:
    assert [result.code for result in check(SOUND) if result.state != "sound"] == []


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_found_by_its_rule_alone(name: str) -> None:
    case = CASES[name]
    results = check(case.facts)
    assert [result.code for result in results if result.found] == [case.code]
    (result,) = (result for result in results if result.found)
    assert result.worst == case.severity
    (told,) = result.found
    assert case.says in str(told[1])


def test_every_rule_has_a_fault_to_find() -> None:
    assert {case.code for case in CASES.values()} == set(RULES)


@pytest.mark.parametrize("name", CASES)
def test_every_finding_tells_a_fact_and_a_cure(name: str) -> None:
    for result in check(CASES[name].facts):
        for _, found in result.found:
            assert found.what.endswith(".")
            assert found.cure.endswith(":" if found.commands else (".", "?"))


def test_a_fact_that_was_not_looked_up_is_neither_sound_nor_wrong() -> None:
    unknown = Unknown("nobody looked")
    given = {"site", "dhcp", "interface_name", "firmware", "refusal"}
    changes: dict[str, Any] = dict.fromkeys({field.name for field in fields(Facts)} - given, unknown)
    results = check(replace(SOUND, **changes))
    judged = {result.code for result in results if result.state not in ("unknown", "waiting")}
    assert judged == {"phones", "passwords"}  # these rules read only the site's records
    assert {result.note for result in results if result.state == "unknown"} == {"nobody looked"}


def test_an_ignored_rule_says_nothing() -> None:
    assert "disk" not in [result.code for result in check(SOUND, ignored=["disk"])]


def test_what_a_finding_explains_waits_for_it() -> None:
    facts = CASES["no network"].facts
    (waiting,) = (result for result in check(facts) if result.code == "addresses")
    assert (waiting.state, waiting.note) == ("waiting", "first: network")


def test_subjects_fit_their_column_and_are_told_apart() -> None:
    subjects = [rule.subject for rule in RULES.values()]
    assert max(map(len, subjects)) <= 20
    assert len(set(subjects)) == len(subjects)


def test_what_a_rule_waits_for_comes_before_it() -> None:
    seen: set[str] = set()
    for rule in RULES.values():
        assert set(rule.after) <= seen, rule.code
        seen.add(rule.code)


def test_the_quick_rules_are_these() -> None:
    assert {rule.code for rule in QUICK} == {
        "clock", "disk", "rights", "interface", "network", "addresses", "server-address", "phones",
        "passwords", "firmware", "firewall-dhcp", "firewall-tftp", "firewall-http", "firewall-sip",
        "firewall-sccp", "firewall-rtp",        "fail2ban",
    }  # fmt: skip


def test_the_quick_rules_ask_nothing_that_takes_time() -> None:
    slow = Unknown("this takes time")
    facts = replace(SOUND, listeners=slow, other_dhcp=slow, pbx=slow, pbx_files=slow, sntp=slow)
    assert [rule.code for rule in QUICK if any(True for _ in rule.find(facts))] == []
