"""Sound that is sent every 20 ms, keys as events, and what is heard in received sound."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator import tones
from ringup.emulator.report import Report
from ringup.emulator.sip.config import OutgoingDatagram
from ringup.emulator.sip.media import MediaStream
from ringup.emulator.sip.text import PhoneContext
from ringup.wire import rtp
from ringup.wire.sdp import MediaDescription
from tests.emulator.sip.world import config

PLACE = ("192.0.2.99", 4000)


class Line:
    """A media stream whose packets are read."""

    def __init__(self, events: int | None = 101, codecs: tuple[int, ...] = (0,), **changes: Any) -> None:
        self.context = PhoneContext(config(**changes), Random(1))
        self.media = MediaStream(self.context, 16384)
        self.now = 50.0
        self.media.set_remote(MediaDescription(*PLACE, codecs, events), self.now)

    def talk(self, seconds: float) -> list[rtp.RtpPacket]:
        packets: list[rtp.RtpPacket] = []
        until = self.now + seconds - 1e-6
        while (due := self.media.wake_at) is not None and due <= until:
            packets += [self._packet(outgoing) for outgoing in self.media.wake(due)]
        self.now += seconds
        return packets

    def _packet(self, outgoing: OutgoingDatagram) -> rtp.RtpPacket:
        assert (outgoing.destination, outgoing.media) == (PLACE, True)
        return rtp.parse(outgoing.data)

    def hear(self, packet: rtp.RtpPacket) -> list[Report]:
        self.media.receive(rtp.build(packet), self.now)
        reports, self.context.reports = self.context.reports, []
        return reports


def events_of(packets: list[rtp.RtpPacket], payload_type: int = 101) -> list[rtp.RtpPacket]:
    return [packet for packet in packets if packet.payload_type == payload_type]


def test_a_packet_of_160_samples_goes_out_every_20_ms() -> None:
    packets = Line().talk(1.0)
    assert len(packets) == 50
    assert [packet.marker for packet in packets] == [True] + [False] * 49
    first = packets[0]
    for index, packet in enumerate(packets):
        assert packet.sequence == first.sequence + index & 0xFFFF
        assert packet.timestamp == first.timestamp + 160 * index & 0xFFFFFFFF
        assert (packet.payload_type, packet.source) == (0, first.source)
        assert packet.payload == b"\xff" * 160


def test_after_a_short_standstill_it_catches_up_and_marks_one_packet() -> None:
    line = Line()
    packets = [rtp.parse(outgoing.data) for outgoing in line.media.wake(line.now + 0.1)]
    assert 5 <= len(packets) <= 6
    assert [packet.marker for packet in packets].count(True) == 1


def test_after_a_long_standstill_it_goes_on_from_now() -> None:
    line = Line()
    line.talk(0.1)
    assert len(line.media.wake(line.now + 3600)) == 1


def test_a_tone_is_one_sine_without_a_seam() -> None:
    line = Line()
    line.media.play(1000)
    heard = [sample for packet in line.talk(2.0) for sample in tones.decode(0, packet.payload)]
    assert len(heard) == 16000
    assert tones.amplitude(heard[8000 - 400 : 8000 + 400], 1000) == pytest.approx(tones.LEVEL, rel=0.02)
    line.media.silence()
    assert all(packet.payload == b"\xff" * 160 for packet in line.talk(0.1))


def test_the_first_codec_both_know_is_spoken() -> None:
    line = Line(codecs=(18, 8, 0))
    assert {(packet.payload_type, packet.payload) for packet in line.talk(0.1)} == {(8, b"\xd5" * 160)}


def test_a_key_is_an_event_of_100_ms_whose_end_comes_three_times() -> None:
    line = Line()
    before = line.talk(0.1)
    line.media.press("7")
    packets = line.talk(0.3)
    events = events_of(packets)
    read = [rtp.parse_event(packet.payload) for packet in events]
    assert [(event.event, event.duration, event.end) for event in read] == [
        (7, 160, False), (7, 320, False), (7, 480, False), (7, 640, False),
        (7, 800, True), (7, 800, True), (7, 800, True),
    ]  # fmt: skip
    assert {packet.timestamp for packet in events} == {before[-1].timestamp + 160}
    assert [packet.marker for packet in events] == [True] + [False] * 6
    sequences = [packet.sequence for packet in before + packets]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_keys_follow_each_other_after_a_pause() -> None:
    line = Line()
    line.media.press("1#")
    packets = line.talk(0.5)
    starts = sorted({packet.timestamp for packet in events_of(packets)})
    assert starts[1] - starts[0] == 10 * 160
    silent = [
        packet for packet in packets if packet.payload_type == 0 and starts[0] < packet.timestamp < starts[1]
    ]
    assert len(silent) == 5


@pytest.mark.parametrize(
    ("outofband", "offered", "sent_as"),
    [("avt", 101, 101), ("avt", 96, 96), ("avt", None, None), ("avt_always", None, 97), ("none", 101, None)],
)
def test_keys_go_out_of_band_only_as_configured_and_offered(
    outofband: str, offered: int | None, sent_as: int | None
) -> None:
    line = Line(offered, dtmf_outofband=outofband, dtmf_avt_payload=97)
    line.media.press("5")
    packets = line.talk(0.2)
    if sent_as is not None:
        assert len(events_of(packets, sent_as)) == 7
        return
    heard = [sample for packet in packets[:5] for sample in tones.decode(0, packet.payload)]
    assert {packet.payload_type for packet in packets} == {0}
    assert all(tones.amplitude(heard, frequency) > 3000 for frequency in tones.DTMF["5"])


@pytest.mark.parametrize(
    "sound",
    [
        MediaDescription("192.0.2.99", 4000, (0,), None, "sendonly"),
        MediaDescription("192.0.2.99", 4000, (0,), None, "inactive"),
        MediaDescription("0.0.0.0", 4000, (0,)),
        MediaDescription("192.0.2.99", 0, (0,)),
    ],
)
def test_on_hold_nothing_is_sent_and_nobody_is_woken(sound: MediaDescription) -> None:
    line = Line()
    line.media.set_remote(sound, line.now)
    assert line.media.wake_at is None
    assert line.media.wake(line.now + 1.0) == []


def tone_packets(frequency: int, count: int, codec: int = 0) -> list[rtp.RtpPacket]:
    return [
        rtp.RtpPacket(codec, index, 160 * index, 1, tones.frame((frequency,), codec, index))
        for index in range(count)
    ]


@pytest.mark.parametrize("codec", [0, 8])
def test_a_tone_is_heard_and_its_end_when_the_packets_stop(codec: int) -> None:
    line = Line(listen_for=(400, 1000))
    reports = [report for packet in tone_packets(400, 40, codec) for report in line.hear(packet)]
    assert [(report.kind, dict(report.detail)) for report in reports] == [("tone-heard", {"frequency": 400})]
    assert line.media.received == 40
    line.media.set_remote(MediaDescription("0.0.0.0", 0, (0,)), line.now)
    assert line.media.wake_at == pytest.approx(line.now + 0.2)
    line.media.wake(line.now + 0.2)
    assert [report.kind for report in line.context.reports] == ["tone-ended"]
    assert line.media.wake_at is None


def test_a_key_is_heard_once_however_often_its_packets_come() -> None:
    line = Line()
    reports: list[Report] = []
    for timestamp, key in ((100, 1), (900, 1), (1700, 10), (2500, 99)):
        for duration in (160, 320, 320, 320):
            payload = rtp.build_event(rtp.TelephoneEvent(key, duration, duration == 320))
            reports += line.hear(rtp.RtpPacket(101, 1, timestamp, 1, payload))
    assert [report.detail["key"] for report in reports] == ["1", "1", "*"]


@given(st.binary(max_size=60))
def test_arbitrary_datagrams_are_no_sound(data: bytes) -> None:
    line = Line()
    line.media.receive(data, line.now)
    line.media.receive(b"\x80\x65" + data, line.now)
    line.media.receive(b"\x80\x00" + bytes(10) + data, line.now)


def test_a_codec_nobody_asked_for_is_counted_but_not_heard() -> None:
    line = Line()
    assert line.hear(rtp.RtpPacket(18, 1, 1, 1, b"x" * 20)) == []
    assert line.media.received == 1
