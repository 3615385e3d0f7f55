"""Wireshark's dissectors read every packet of a whole demo run, and find none malformed."""

import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_demo

pytestmark = [pytest.mark.peers, pytest.mark.end_to_end]


def packets(capture: Path, display_filter: str) -> list[str]:
    """The summaries of the packets that match."""
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
    # These phones send and listen on different ports: their requests never leave from 5060.
    assert packets(capture, 'sip.Method == "REGISTER" and udp.srcport == 5060') == []
