"""All steps of the demo with real Asterisks, three times each."""

from typing import Any

import pytest

from tests.end_to_end.demo_runs import run_demo

pytestmark = pytest.mark.end_to_end

PBXES = [("22", "pjsip"), ("16", "chan_sip"), ("16", "pjsip")]
LOAD, LOADER = "P0S3-8-12-00", "P003-8-12-00"


def hunt(mac: str) -> list[str]:
    """Return the names that the universal application loader requests, in order (P-BOOT-7).

    It requests MGC<MAC>.cnf only if there is no SIP<MAC>.cnf; `test_faults` has this case.
    """
    return [
        f"CTLSEP{mac}.tlv",
        f"SEP{mac}.cnf.xml",
        f"SIP{mac}.cnf",
        "XMLDefault.cnf.xml",
        f"{LOAD}.loads",
    ]


def whole_road(mac: str) -> list[str]:
    """Return all requests from the SCCP application through two flashings to the SIP application (P-BOOT-6 to
    P-BOOT-8).
    """
    return [
        f"CTLSEP{mac}.tlv",
        f"SEP{mac}.cnf.xml",
        "XMLDefault.cnf.xml",
        *hunt(mac),
        f"{LOADER}.sbn",
        *hunt(mac),
        f"{LOAD}.sb2",
        "SIPDefault.cnf",
        f"SIP{mac}.cnf",
        "RINGLIST.DAT",
        "dialplan.xml",
    ]


def assert_phone_took_the_road(phone: dict[str, Any]) -> None:
    expected = whole_road(phone["mac"])
    # The last two transfers are parallel, so the server may see either of them first.
    for asked in (phone["requests"], phone["seen_by_server"]):
        assert asked[:-2] == expected[:-2]
        assert sorted(asked[-2:]) == sorted(expected[-2:])
    assert phone["sent"].count(f"{LOADER}.sbn") == 1
    assert phone["sent"].count(f"{LOAD}.sb2") == 1
    assert phone["boots"][0].startswith("P00305")
    assert phone["boots"][-1] == LOAD


@pytest.mark.parametrize("run", [1, 2, 3])
@pytest.mark.parametrize(("asterisk", "driver"), PBXES)
def test_two_phones_go_from_the_box_to_a_call_and_a_message(asterisk: str, driver: str, run: int) -> None:
    result = run_demo("--asterisk", asterisk, "--driver", driver)

    assert result["ok"], f"run {run}: {result['failed_step']}: {result['reason']}"
    assert result["exit_status"] == 0
    assert [factory["application"][:4] for factory in result["factory"]] == ["P003", "P003"]
    for phone in result["phones"]:
        assert_phone_took_the_road(phone)
    assert set(result["contacts"]) == {"201", "202"}
    assert all(":5060" in contact for contact in result["contacts"].values())
    assert [call["heard"] for call in result["calls"]] == [[600, 1000], [600, 1000]]
    assert result["message_heard"] == 1000
    assert result["phones"][1]["lamp"][-2:] == [True, False]
    assert result["logos"] == [[90, 56], [90, 56]]
    assert result["found"] == [["Ada Lovelace", "202"]]
    assert result["forward"] == ["202 forward: 600", "202 forward: off"]
    assert result["rings"] == ["Bellcore-dr2", ""]


def test_two_phones_stay_on_sccp_and_call_each_other() -> None:
    result = run_demo("--asterisk", "16", "--protocol", "sccp")

    assert result["ok"], f"{result['failed_step']}: {result['reason']}"
    assert [phone["boots"][-1] for phone in result["phones"]] == ["P00308010200"] * 2
    assert result["contacts"] == {phone["extension"]: f"sccp:SEP{phone['mac']}" for phone in result["phones"]}
    assert [call["heard"] for call in result["calls"]] == [[600, 1000], [600, 1000]]
    assert result["message_heard"] == 1000
    assert result["phones"][1]["lamp"][-2:] == [True, False]
