"""Registrations by SCCP in a capture: a phone that is in service, and RegisterRejects as events."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.doctor.foreign import phone_reports
from ringup.events import Event, LineRegistered, RegistrationRefused
from ringup.wire.captured import ETHERNET, CapturedTcp, captured
from ringup.wire.ipv4 import packed
from ringup.wire.sccp import messages, of_phone, of_server
from ringup.wire.sccp.frame import build
from tests.evidence.logs import MAC, events, pcap, reading

PHONE, PBX = "10.0.0.21", "10.0.0.1"
T = 1_795_777_542.0
"""When the first packet was captured."""
REGISTER = of_phone.Register(device=f"SEP{MAC}", address=PHONE, device_type=7)


def segment(message: object, *, is_of_phone: bool, port: int = 51_000) -> bytes:
    """A message in a TCP segment of its own, with the lengths that a reader of captures looks at."""
    payload = build(messages.to_frame(message))
    ends = ((PHONE, port), (PBX, 2000)) if is_of_phone else ((PBX, 2000), (PHONE, port))
    tcp = struct.pack("!HHIIBBHHH", ends[0][1], ends[1][1], 1, 1, 0x50, 0x18, 1000, 0, 0) + payload
    addresses = packed(ends[0][0]) + packed(ends[1][0])
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses
    macs = bytes.fromhex("020000000001" + MAC if is_of_phone else MAC + "020000000001")
    return macs + b"\x08\x00" + ip + tcp


def told(*frames: bytes) -> list[Event]:
    return events(pcap((T + number, frame) for number, frame in enumerate(frames)))


FIRST = segment(REGISTER, is_of_phone=True)


def answer(message: object) -> bytes:
    return segment(message, is_of_phone=False)


def rejected(reason: str) -> list[bytes]:
    return [FIRST, answer(of_server.RegisterReject(reason))]


def test_a_register_reject_is_a_refused_registration() -> None:
    assert told(*rejected("No Authority: ")) == [RegistrationRefused(T + 1, MAC, f"SEP{MAC}", "No Authority")]


def test_a_phone_that_gets_its_line_is_registered() -> None:
    frames = [
        segment(REGISTER, is_of_phone=True),
        segment(of_server.LineStat(1, "201", "Anna"), is_of_phone=False),
    ]
    assert told(*frames) == [LineRegistered(T + 1, MAC, "201", f"sccp:{PHONE}")]


@pytest.mark.parametrize(
    "frames",
    [
        [answer(of_server.RegisterReject("x"))],
        [
            segment(REGISTER, is_of_phone=True, port=1),
            answer(of_server.RegisterReject("x")),
        ],
        [rejected("x")[0], rejected("x")[1][:60]],
        [segment(of_phone.Register(device="ATA001646C0FFEE"), is_of_phone=True), rejected("x")[1]],
        [FIRST, answer(of_server.LineStat(1))],
    ],
    ids=["no Register", "another connection", "cut off", "another device", "an empty line"],
)
def test_other_messages_are_no_registration(frames: list[bytes]) -> None:
    assert told(*frames) == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [("No Authority: ", "skinny-device-unknown"), ("Device already registered.", "skinny-still-registered")],
)
def test_a_capture_of_a_reject_names_its_cause(reason: str, code: str) -> None:
    frames = [
        (T + 30 * number + at, frame) for number in range(3) for at, frame in enumerate(rejected(reason))
    ]
    (report,) = [each for each in phone_reports(reading(pcap(frames))) if each.key == MAC]
    assert [verdict.code for verdict in report.diagnosis.verdicts][:1] == [code]


@given(st.binary(max_size=120))
def test_no_bytes_after_the_ip_header_raise(data: bytes) -> None:
    frame = segment(REGISTER, is_of_phone=True)
    told(frame[:34] + data, frame[:46] + data, frame[:54] + data)


def test_a_segment_without_data_or_with_a_wrong_header_is_not_captured() -> None:
    frame = segment(REGISTER, is_of_phone=True)
    assert isinstance(captured(ETHERNET, frame), CapturedTcp)
    for header in (0x00, 0x40, 0xF0):
        short = frame[:46] + bytes([header]) + frame[47:]
        assert captured(ETHERNET, short if header != 0xF0 else short[:90]) is None
    empty = frame[:16] + (40).to_bytes(2, "big") + frame[18:54]
    assert captured(ETHERNET, empty) is None
    assert captured(ETHERNET, frame[:50]) is None
