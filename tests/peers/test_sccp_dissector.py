"""Wireshark's dissector reads every SCCP message of a phone that ringup writes, under ringup's number for it.

Messages of a server are those of a real chan_skinny, in `test_capture.py`: ringup writes none.
"""

import subprocess
from pathlib import Path

import pytest

from ringup.wire.sccp import messages
from ringup.wire.sccp.of_phone import OF_PHONE
from tests.evidence.logs import pcap
from tests.evidence.test_sccp_messages import segment
from tests.wire.sccp.test_messages import BODIES

pytestmark = pytest.mark.peers


def fields(capture: Path, display_filter: str, *names: str) -> list[str]:
    options = [word for name in names for word in ("-e", name)]
    command = ["tshark", "-r", str(capture), "-Y", display_filter, "-T", "fields", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_tshark_reads_every_message_of_a_phone_without_complaint(tmp_path: Path) -> None:
    written = [message for message in BODIES if type(message) in OF_PHONE.values()]
    assert {type(message) for message in written} == set(OF_PHONE.values())
    frames = [segment(message, is_of_phone=True, port=50_000 + each) for each, message in enumerate(written)]
    capture = tmp_path / "messages.pcap"
    capture.write_bytes(pcap((1_795_777_542.0 + number, frame) for number, frame in enumerate(frames)))

    numbers = [int(number, 0) for number in fields(capture, "skinny", "skinny.messageId")]
    assert numbers == [messages.to_frame(message).message for message in written]
    complaints = "_ws.malformed or _ws.expert.severity >= warning"
    assert fields(capture, complaints, "frame.number", "_ws.col.Info") == []
