"""Each fault shows itself as it does on a real desk (docs/reference/phones/problems.md)."""

from pathlib import Path

import pytest

from ringup.demo.faults import FAULTS
from tests.end_to_end.demo_runs import run_demo

pytestmark = pytest.mark.end_to_end


def test_with_force_rport_the_challenge_is_lost_at_the_sending_port() -> None:
    result = run_demo("--fault", "force-rport")

    assert result["ok"], result["reason"]
    assert result["doctor"]["code"] == "pbx-forces-rport"
    assert all("401" in line for line in result["dropped"])


def test_with_chan_sip_nat_force_rport_comedia_the_challenge_is_lost_at_the_sending_port() -> None:
    result = run_demo("--asterisk", "16", "--driver", "chan_sip", "--fault", "nat-comedia")

    assert result["ok"], result["reason"]
    assert result["doctor"]["code"] == "pbx-forces-rport"
    assert all("401" in line for line in result["dropped"])


def test_with_rewrite_contact_calls_out_work_and_calls_in_do_not() -> None:
    result = run_demo("--fault", "rewrite-contact")

    assert result["ok"], result["reason"]
    assert result["doctor"]["code"] == "contact-rewritten"
    assert result["outgoing"] == "answered"
    assert result["incoming"] == "never rang"
    assert not any(":5060" in contact for contact in result["contacts"].values())


@pytest.mark.parametrize(("asterisk", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_a_secret_of_32_characters_never_registers(asterisk: str, driver: str) -> None:
    result = run_demo("--asterisk", asterisk, "--driver", driver, "--fault", "long-secret")

    assert result["ok"], result["reason"]
    # The demo changes only the file. In the site, which the diagnosis reads, the secret is short enough.
    assert result["doctor"]["code"] == "secret-differs"
    assert "31 characters" in result["doctor"]["cause"]
    assert result["rejected"]["key"] == "line1_password"


def test_a_missing_sb2_leaves_the_phone_in_the_loader() -> None:
    result = run_demo("--fault", "missing-application")

    assert result["ok"], result["reason"]
    assert result["doctor"]["code"] == "load-absent"
    for phone in result["phones"]:
        assert "P0S3-8-12-00.sb2" in phone["requests"]
        assert "P0S3-8-12-00.sb2" not in phone["sent"]
        assert "SIPDefault.cnf" not in phone["requests"]


def test_without_its_file_a_phone_asks_every_31_seconds_and_for_nothing_else() -> None:
    result = run_demo("--fault", "missing-phone-file")

    assert result["ok"], result["reason"]
    assert result["doctor"]["code"] == "file-unprovisioned"
    assert result["seconds_between"] == pytest.approx([31, 31], abs=1.5)
    for phone in result["phones"]:
        mac = phone["mac"]
        hunt = [f"CTLSEP{mac}.tlv", f"SEP{mac}.cnf.xml", f"SIP{mac}.cnf", f"MGC{mac}.cnf"]
        hunt += ["XMLDefault.cnf.xml", "P0S3-8-12-00.loads"]
        assert phone["requests"][:18] == [
            *(f"CTLSEP{mac}.tlv", f"SEP{mac}.cnf.xml", "XMLDefault.cnf.xml"),
            *hunt,
            "P003-8-12-00.sbn",
            *hunt,
            "P0S3-8-12-00.sb2",
            "SIPDefault.cnf",
        ]
        assert set(phone["requests"][18:]) == {f"SIP{mac}.cnf"}
        assert len(phone["requests"]) >= 20


def test_every_fault_has_a_test_here() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in FAULTS if f'"--fault", "{name}"' not in tests] == []
