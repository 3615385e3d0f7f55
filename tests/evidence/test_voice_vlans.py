"""Which phone a switch's CDP announcement answers, in captures and live; the VLANs of DHCP in captures."""

import pytest

from ringup.doctor.foreign import phone_reports
from ringup.events import VoiceVlanAnswered
from ringup.evidence.live import LiveReader
from ringup.wire.captured import ETHERNET, CapturedUdp, captured
from ringup.wire.dhcp import MessageType
from ringup.wire.vlan_tag import VlanTag, tagged
from tests.engine.test_voice_vlan import query, switch
from tests.evidence.logs import MAC, events, pcap, reading
from tests.evidence.test_capture import dhcp_frame

T = 1_795_777_542.0
OTHER = "001646C0FFAA"
BY = "sw1 (cisco WS-C2950-12)"
VENDOR = (60, b"Cisco Systems, Inc. IP Phone CP-7960G\0")
DISCOVER = dhcp_frame(MessageType.DISCOVER, VENDOR)
OFFER = dhcp_frame(MessageType.OFFER, offered="10.0.0.21")


def answered(*frames: tuple[float, bytes]) -> list[VoiceVlanAnswered]:
    """The answers, as the live listener and the reader of captures report them; both must agree."""
    live = LiveReader(lambda _address: "")
    heard = [event for at, frame in frames for event in live.read(T + at, frame)]
    read = events(pcap((T + at, frame) for at, frame in frames))
    found = [event for event in read if isinstance(event, VoiceVlanAnswered)]
    assert [event for event in heard if isinstance(event, VoiceVlanAnswered)] == found
    return found


def test_a_switch_that_answers_at_once_answers_the_phone() -> None:
    assert answered((0, query()), (0.5, switch(vlan=120))) == [VoiceVlanAnswered(T + 0.5, MAC, BY, 120)]


@pytest.mark.parametrize(
    "frames",
    [
        [(0, switch(vlan=120)), (1, query())],
        [(0, query()), (2.5, switch(vlan=120))],
        [(0, query()), (0.5, switch(vlan=-1))],
        [(0, query(vlan_query=b"")), (0.5, switch(vlan=120))],
    ],
    ids=["before the query", "too late", "without a voice VLAN", "nothing was asked"],
)
def test_other_announcements_answer_no_phone(frames: list[tuple[float, bytes]]) -> None:
    assert answered(*frames) == []


def test_an_answer_is_reported_once_until_it_changes_or_the_phone_was_away() -> None:
    minutes = [(60.0 * number, query()) for number in range(3)]
    replies = [(at + 0.1, switch(vlan=120)) for at, _ in minutes]
    later = [(180.0, query()), (180.1, switch(vlan=130)), (900.0, query()), (900.1, switch(vlan=130))]
    found = answered(*sorted([*minutes, *replies, *later]))
    assert [(round(event.at - T, 1), event.vlan) for event in found] == [
        (0.1, 120),
        (180.1, 130),
        (900.1, 130),
    ]


def test_one_announcement_answers_all_phones_that_asked() -> None:
    found = answered((0, query()), (0.1, query(OTHER)), (0.2, switch(vlan=120)))
    assert {event.mac for event in found} == {MAC, OTHER}


def test_the_listener_does_not_report_ringups_own_answers_a_second_time() -> None:
    live = LiveReader(lambda _address: "")
    live.read(T, query())
    assert live.read(T + 0.1, switch(platform=b"ringup", vlan=110)) == []


@pytest.mark.parametrize(
    ("tags", "vlan"), [([], 0), ([VlanTag(0, 5)], 0), ([VlanTag(110)], 110), ([VlanTag(0), VlanTag(7)], 7)]
)
def test_a_captured_datagram_has_its_vlan(tags: list[VlanTag], vlan: int) -> None:
    frame = DISCOVER
    for tag in tags:
        frame = tagged(frame, tag)
    content = captured(ETHERNET, frame)
    assert isinstance(content, CapturedUdp)
    assert content.vlan == vlan


def verdicts(discover: bytes, offer: bytes) -> list[str]:
    """The causes that a capture with these frames shows; the offer is for another client."""
    another = offer.replace(bytes.fromhex(MAC), bytes.fromhex(OTHER))
    packets = [(T + at, discover) for at in (0.0, 4.0, 12.0)]
    capture = pcap(sorted([*packets, (T + 1, another), (T + 60, another)]))
    (report,) = [each for each in phone_reports(reading(capture)) if each.key == MAC]
    return [verdict.code for verdict in report.diagnosis.verdicts]


@pytest.mark.parametrize(("asked", "served"), [(120, 110), (0, 110), (120, 0)])
def test_a_capture_shows_dhcp_only_in_another_vlan(asked: int, served: int) -> None:
    assert verdicts(tagged(DISCOVER, VlanTag(asked)), tagged(OFFER, VlanTag(served))) == ["dhcp-other-vlan"]


def test_a_server_in_the_phones_own_vlan_is_in_no_other() -> None:
    assert verdicts(tagged(DISCOVER, VlanTag(110)), tagged(OFFER, VlanTag(110))) == ["dhcp-no-offer"]
    assert verdicts(DISCOVER, OFFER) == ["dhcp-no-offer"]
