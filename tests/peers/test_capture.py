"""Wireshark's dissectors read every packet of a complete run of the demo, and report no malformed packet."""

import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_demo

pytestmark = [pytest.mark.peers, pytest.mark.end_to_end]


def packets(capture: Path, display_filter: str) -> list[str]:
    """Return the summaries of the packets that match."""
    done = subprocess.run(
        ["tshark", "-r", str(capture), "-Y", display_filter],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_tshark_finds_no_malformed_packet_in_a_whole_demo(tmp_path: Path) -> None:
    capture = tmp_path / "demo.pcap"
    result = run_demo("--capture", str(capture))

    assert result["ok"], result["reason"]
    assert packets(capture, "_ws.malformed or _ws.expert.severity == error") == []
    for protocol, least in {"dhcp": 16, "tftp": 3000, "sip": 40, "rtp": 400, "rtpevent": 4}.items():
        assert len(packets(capture, protocol)) >= least, protocol
    # These phones send and listen on different ports. Their requests never come from 5060.
    assert packets(capture, 'sip.Method == "REGISTER" and udp.srcport == 5060') == []


def test_tshark_finds_no_malformed_packet_of_phones_that_speak_sccp(tmp_path: Path) -> None:
    """A SIP phone and an SCCP phone call each other, and each plays a message with its own keys."""
    capture = tmp_path / "demo.pcap"
    result = run_demo("--asterisk", "16", "--protocol", "mixed", "--capture", str(capture))

    assert result["ok"], result["reason"]
    assert packets(capture, "_ws.malformed or _ws.expert.severity == error") == []
    assert len(packets(capture, "skinny")) >= 60
    for number, kind in SENT_BY_A_PHONE.items():
        assert packets(capture, f"skinny.messageId == {number}"), kind
    heard = [each["heard"] for each in result["calls"]]
    assert heard == [[600, 1000], [600, 1000]]
    assert [phone["boots"][-1] for phone in result["phones"]] == ["P0S3-8-12-00", "P00308010200"]
    assert result["contacts"]["202"] == "sccp:SEP001646000000"
    assert result["phones"][1]["lamp"][-2:] == [True, False]


SENT_BY_A_PHONE = {
    0x0001: "Register", 0x0003: "KeypadButton", 0x0005: "Stimulus", 0x000B: "LineStatReq",
    0x000D: "TimeDateReq", 0x000E: "ButtonTemplateReq", 0x000F: "VersionReq", 0x0010: "CapabilitiesRes",
    0x0020: "Alarm", 0x0022: "OpenReceiveChannelAck", 0x0025: "SoftKeySetReq", 0x0026: "SoftKeyEvent",
    0x0028: "SoftKeyTemplateReq", 0x002D: "RegisterAvailableLines",
}  # fmt: skip
"""The messages that the phone sends from its registration to the end of its last call."""
