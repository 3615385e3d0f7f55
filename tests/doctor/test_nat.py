"""Addresses that are rewritten on the way, and what CDP shows about a phone."""

from dataclasses import replace

from ringup.doctor.diagnose import diagnose
from ringup.doctor.verdict import Confidence
from ringup.events import CdpSeen
from ringup.journey.describe import describe
from tests.doctor.cases import CASES, MAC, T, evidence, sip


def test_a_register_that_was_seen_with_two_contacts_was_rewritten_for_certain() -> None:
    case = CASES["sip-alg"]
    seen = [sip(0), replace(sip(0.01), contact="203.0.113.9:40312")]
    (verdict, *_) = diagnose(evidence(seen, source=case.source)).verdicts
    assert (verdict.code, verdict.confidence) == ("sip-alg", Confidence.CERTAIN)
    assert verdict.what.startswith(
        "The REGISTER of 201 left 192.0.2.21, but its Contact names 203.0.113.9:40312"
    )


def test_a_contact_that_is_the_phones_own_or_none_was_not_rewritten() -> None:
    source = CASES["sip-alg"].source
    for contact in ("192.0.2.21:5060", ""):
        seen = [replace(sip(n), contact=contact, call_id="1-ffee0002@192.0.2.21") for n in (0, 30)]
        assert "sip-alg" not in [each.code for each in diagnose(evidence(seen, source=source)).verdicts]


def cdp(version: str, milliwatts: int = 6300) -> CdpSeen:
    return CdpSeen(T - 5, MAC, f"SIP{MAC}", "Cisco IP Phone 7960", version, "Port 1", -1, milliwatts)


def test_the_upgrade_path_begins_at_the_load_that_cdp_announces() -> None:
    case = CASES["pointer-absent"]
    plain = diagnose(case).verdicts[0]
    assert plain.commands == ("ringup firmware path FROM P0S3-8-12-00",)
    announced = diagnose(replace(case, events=(cdp("P003-06-3-00"), *case.events))).verdicts[0]
    assert announced.commands == ("ringup firmware path P0S3-06-3-00 P0S3-8-12-00",)


def test_an_announcement_shows_the_class_of_power() -> None:
    assert describe(cdp("P003-08-2-00")).endswith("P003-08-2-00, takes 6.3 W (PoE class 2)")
    assert describe(cdp("P003-08-2-00", 0)).endswith("P003-08-2-00")
    assert "class 3" in describe(cdp("P003-08-2-00", 12_000))
