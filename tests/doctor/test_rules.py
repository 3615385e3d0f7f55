"""Every rule finds its own cause, finds nothing on a phone without faults, and has a page."""

import re
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import pytest

from ringup.doctor.diagnose import diagnose
from ringup.doctor.evidence import Evidence, Expected
from ringup.doctor.rules.table import MODULES, RULES
from ringup.doctor.text import MOST_LINES, WIDTH, diagnosis_lines, verdict_lines
from ringup.doctor.verdict import LIKELY, POSSIBLE
from ringup.events import Event, FileEvent, LineUnreachable
from ringup.rule import Found, Unknown
from tests.doctor.cases import (
    CASES,
    EXPECTED,
    HAS_ITS_FILE,
    HEALTHY,
    HUNT,
    LOADS,
    LOG,
    MAC,
    ON_SCCP,
    REGISTERED,
    absent,
    clock,
    evidence,
    failed,
    leased,
    offered,
    refused,
    requested,
    sent,
    starts,
)

PAGES = Path(str(files("ringup.doctor.rules")))
SECTION = re.compile(r"^## (\S+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
HEADS = ("**Symptom.**", "**Evidence.**", "**Confidence.**", "**Checked against.**")


def codes(evidence: Evidence) -> list[str]:
    return [verdict.code for verdict in diagnose(evidence).verdicts]


def test_every_rule_has_a_case() -> None:
    assert list(CASES) == list(RULES)


@pytest.mark.parametrize("code", CASES)
def test_the_first_verdict_of_each_case_is_its_rules(code: str) -> None:
    assert codes(CASES[code])[0] == code


@pytest.mark.parametrize("code", CASES)
def test_a_verdict_quotes_events_of_the_evidence_in_their_order(code: str) -> None:
    evidence = CASES[code]
    (verdict,) = [each for each in diagnose(evidence).verdicts if each.code == code]
    assert set(verdict.evidence) <= set(evidence.events)
    assert [event.at for event in verdict.evidence] == sorted(event.at for event in verdict.evidence)


@pytest.mark.parametrize("code", CASES)
def test_no_sentence_of_a_verdict_has_an_open_place(code: str) -> None:
    verdict = diagnose(CASES[code]).verdicts[0]
    texts = (verdict.what, verdict.shared, verdict.cause, verdict.cure, verdict.apart, *verdict.commands)
    assert not [text for text in texts if re.search(r"[{}]|  ", text)]
    assert verdict.what.endswith(".")
    assert verdict.cause.endswith(".")
    assert verdict.cure.endswith((".", ":"))
    assert verdict.cure.endswith(":") <= bool(verdict.commands)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_phone_that_nothing_ails_has_no_cause(name: str) -> None:
    diagnosis = diagnose(HEALTHY[name])
    assert diagnosis.verdicts == ()
    assert diagnosis.state in ("in_service", "on_the_way")


@pytest.mark.parametrize("code", CASES)
def test_a_diagnosis_fits_a_screen(code: str) -> None:
    evidence = CASES[code]
    lines = diagnosis_lines(diagnose(evidence), MAC, evidence.now, clock)
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("code", CASES)
def test_facts_that_nobody_looked_up_stop_no_rule(code: str) -> None:
    evidence = CASES[code]
    unknown = replace(evidence, expected=Unknown("not read"), pbx=Unknown("not asked"))
    assert diagnose(unknown).state in ("stuck", "never_heard", "on_the_way", "too_early")


@pytest.mark.parametrize("code", CASES)
def test_half_of_the_events_stop_no_rule(code: str) -> None:
    evidence = CASES[code]
    for count in range(len(evidence.events)):
        assert diagnose(replace(evidence, events=evidence.events[:count])).mac == MAC


def test_a_phone_that_did_not_request_the_ring_list_after_its_file_fell_silent() -> None:
    """This happens if a cable is cut between the file and the first REGISTER (seed 78 of the street)."""
    stopped = evidence(HAS_ITS_FILE, after=100)
    assert [(each.code, each.confidence) for each in diagnose(stopped).verdicts] == [
        ("fell-silent", LIKELY), ("register-silent", POSSIBLE)
    ]  # fmt: skip
    assert codes(evidence([*HAS_ITS_FILE, absent(26, "RINGLIST.DAT")], after=100)) == ["register-silent"]


def test_a_request_without_a_mac_is_missed_only_from_an_address_that_ringup_leased() -> None:
    """Behind a NAT or with another DHCP server, nothing shows which phone requested the ring list."""
    elsewhere = [replace(each, address="192.0.2.254") for each in HAS_ITS_FILE if isinstance(each, FileEvent)]
    assert codes(evidence(elsewhere, after=100)) == ["register-silent"]


def test_a_transfer_that_ends_after_a_new_lease_is_no_request_of_the_phone() -> None:
    """This happens if the power goes off during a transfer, and the phone then uses another TFTP server."""
    cut = [*HUNT, sent(0.6, LOADS), requested(1, "P0S3-8-12-00.sb2")]
    given_up = failed(25, "P0S3-8-12-00.sb2", 653_312, 756_524)
    assert codes(evidence([*cut, leased(20), given_up], after=300))[0] == "tftp-silent"
    again = requested(24, "P0S3-8-12-00.sb2")
    assert "tftp-silent" not in codes(evidence([*cut, leased(20), again, given_up], after=300))
    assert "tftp-silent" not in codes(evidence([leased(20), given_up], after=300))


def test_a_phone_without_a_known_cause_gets_what_to_collect() -> None:
    evidence = replace(CASES["register-silent"], source=replace(CASES["register-silent"].source, kind="log"))
    diagnosis = diagnose(evidence)
    assert diagnosis.verdicts == ()
    assert diagnosis.summary.startswith("No known cause.")
    assert any("tcpdump" in step for step in diagnosis.collect)


def test_a_phone_that_asks_for_an_address_after_its_list_did_not_stop_at_it() -> None:
    events = [*HUNT, sent(1, LOADS), offered(70), offered(74)]
    assert codes(evidence(events, after=25)) == []


def test_a_phone_that_restarted_with_its_old_lease_and_requests_no_file_has_another_server() -> None:
    restarted: list[Event] = [REGISTERED, leased(40), LineUnreachable(REGISTERED.at + 63, MAC, "201")]
    assert codes(evidence(restarted, after=240)) == ["tftp-silent"]
    renewed: list[Event] = [REGISTERED, replace(leased(40), renewed=True), restarted[-1]]
    assert codes(evidence(renewed, after=240)) == ["line-unreachable"]


def test_an_sccp_phone_of_another_server_that_begins_again_reached_no_call_manager() -> None:
    log = evidence(starts(3), source=LOG, expected=Unknown("not read"))
    (verdict,) = diagnose(log).verdicts
    assert (verdict.code, verdict.confidence) == ("callmanager-unreached", LIKELY)
    assert "the processNodeName of its file" in verdict.what


def test_two_starts_an_hour_apart_are_those_of_a_person() -> None:
    later = [replace(event, at=event.at + 3_600) for event in starts(1)]
    assert codes(evidence([*starts(1), *later], source=LOG, expected=Unknown("not read"))) == []


def test_a_person_may_have_restarted_a_phone_that_started_twice() -> None:
    log = evidence(starts(2), source=LOG, expected=Unknown("not read"))
    assert [(each.code, each.confidence) for each in diagnose(log).verdicts] == [
        ("callmanager-unreached", POSSIBLE)
    ]


def test_one_start_counts_if_the_registration_is_overdue() -> None:
    once = evidence(starts(1), after=40, expected=ON_SCCP, pbx=CASES["skinny-device-unknown"].pbx)
    assert codes(once) == ["skinny-device-unknown"]


def test_a_firewall_explains_why_the_call_manager_is_not_reached() -> None:
    drops = {"firewall-sccp": Found("nftables drops a phone's connection.", "Let it through:", ("nft x",))}
    assert codes(evidence(starts(2), expected=ON_SCCP, blocked=drops)) == ["machine-drops"]


@pytest.mark.parametrize("expected", [EXPECTED, Expected(False)])
def test_chan_skinny_is_not_the_cause_for_a_phone_that_is_not_to_speak_sccp(expected: Expected) -> None:
    found = codes(evidence(starts(2), expected=expected, pbx=CASES["skinny-not-loaded"].pbx))
    assert found == (["runs-sccp"] if expected.is_known else ["callmanager-unreached"])


def test_a_sip_phone_that_is_to_speak_sccp_gets_no_cure_for_its_sip_account() -> None:
    refusals = [*HAS_ITS_FILE, *(refused(28 + 30 * n, "unknown account") for n in range(3))]
    assert codes(evidence(refusals, expected=ON_SCCP)) == ["runs-sip"]
    assert codes(evidence(refusals[:-2], expected=ON_SCCP)) == ["runs-sip"]


def test_a_rule_waits_for_rules_that_exist() -> None:
    assert {code for rule in RULES.values() for code in rule.after} <= set(RULES)


# --- pages ------------------------------------------------------------------------------------------------


def example(code: str) -> str:
    verdict = next(each for each in diagnose(CASES[code]).verdicts if each.code == code)
    return "".join(f"    {line}\n" for line in verdict_lines(verdict, clock))


def with_example(section: str, code: str) -> str:
    """Return the section, in which the rule's output replaces the block of indented lines."""
    return re.sub(r"(?:^ {4}.*\n)+", lambda _: example(code), section, count=1, flags=re.MULTILINE)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_rule_has_a_section_on_its_subjects_page_whose_example_is_what_it_prints(
    module: object, request: pytest.FixtureRequest
) -> None:
    page = PAGES / f"{module.__name__.rpartition('.')[2]}.md"  # type: ignore[attr-defined]
    text = page.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        text = SECTION.sub(lambda each: f"## {each[1]}\n{with_example(each[2], each[1])}", text)
        page.write_text(text, encoding="utf-8")
    assert text.startswith(f"# {module.TITLE}\n")  # type: ignore[attr-defined]
    sections = dict(SECTION.findall(text))
    rules = {rule.code: rule for rule in module.RULES}  # type: ignore[attr-defined]
    assert list(sections) == list(rules)
    for code, section in sections.items():
        assert [head for head in HEADS if head not in section] == []
        assert example(code) in section, f"{page.name}, {code}: run pytest --update-golden"
        assert rules[code].source in section.replace("\n", " ")


def test_no_field_of_the_evidence_is_a_secret() -> None:
    assert not [field.name for field in fields(Evidence) if "secret" in field.name]
