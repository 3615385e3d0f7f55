"""Phones that request a voice VLAN, and switches that answer them, in memory."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine import voice_vlan
from ringup.engine.voice_vlan import CdpIdentity, OtherSpeaker, VoiceVlan
from ringup.events import VoiceVlanAnswered
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from tests.wire.captures import CDP_FRAME

PHONE, OTHER_PHONE, SWITCH, OURS = "001646C0FFEE", "001646C0FFAA", "000DBD000001", "020000000001"
IDENTITY = CdpIdentity(OURS, "eth0", "pbx", "ringup 1.0", "10.0.110.1")
STATION = bytes.fromhex("20020001")
BEGIN = 61.0


def query(mac: str = PHONE, **changes: bytes) -> bytes:
    """Return a phone's query with some of its records changed; an empty value leaves the record out."""
    records = {
        cdp.DEVICE: changes.get("device", b"SIP" + mac.encode()),
        cdp.PLATFORM: changes.get("platform", b"Cisco IP Phone 7960"),
        cdp.VLAN_QUERY: changes.get("vlan_query", STATION),
    }
    return cdp.frame(mac, cdp.build((kind, value) for kind, value in records.items() if value))


def switch(mac: str = SWITCH, platform: bytes = b"cisco WS-C2950-12", vlan: int = 10) -> bytes:
    records = [(cdp.DEVICE, b"sw1"), (cdp.PLATFORM, platform)]
    if vlan >= 0:
        records.append((cdp.VOICE_VLAN, cdp.voice_vlan(vlan)))
    return cdp.frame(mac, cdp.build(records))


def engine(vlan: int = 110) -> VoiceVlan:
    """Return an engine that has listened long enough at 61 s."""
    built = VoiceVlan(vlan, IDENTITY)
    built.start(0.0)
    return built


def read(frame: bytes) -> cdp.Announcement:
    content = captured(ETHERNET, frame)
    assert isinstance(content, CapturedCdp)
    assert content.mac == OURS
    assert cdp.checksum(content.data) == 0
    return cdp.parse(content.data)


def answer(vlan: int = 110) -> cdp.Announcement:
    return cdp.Announcement("pbx", "ringup", "ringup 1.0", "eth0", vlan, 0)


@pytest.mark.parametrize("vlan", [0, 1, 110, 4094, 4095])
def test_a_query_is_answered_at_once(vlan: int) -> None:
    (sent,) = engine(vlan).receive(query(), 70.0)
    assert read(sent) == answer(vlan)


def test_the_answer_has_the_records_that_a_switch_sends() -> None:
    (sent,) = engine().receive(query(), 70.0)
    for record in (
        "000400080000 0028",
        "000a00060001",
        "000b000501",
        "000e000701006e",
        "0012000500",
        "0013000500",
    ):
        assert bytes.fromhex(record) in sent
    assert sent[-1] != 0x80
    assert len(sent) == int.from_bytes(sent[12:14], "big") + 14


def test_a_host_without_an_address_answers_without_one() -> None:
    bare = VoiceVlan(110, IDENTITY._replace(address=""))
    bare.start(0.0)
    (sent,) = bare.receive(query(), 70.0)
    assert bytes.fromhex("0002000800000000") in sent


def test_the_real_frame_of_a_7960_is_a_query() -> None:
    data = CDP_FRAME[22:]
    real = CDP_FRAME[:24] + cdp.checksum(data).to_bytes(2, "big") + CDP_FRAME[26:]
    assert len(engine().receive(real, 70.0)) == 1


@pytest.mark.parametrize(
    "frame",
    [
        query(device=b"SIP" + OTHER_PHONE.encode()),
        query(vlan_query=b""),
        query()[:-1] + b"\x55",
        query()[:30],
        CDP_FRAME[:22] + b"\x09" + CDP_FRAME[23:],
        query()[:12] + b"\x08\x00" + query()[14:],
        query(OURS),
        b"",
    ],
    ids=["another phone's", "no query", "wrong checksum", "cut off", "version 9", "IPv4", "our own", "empty"],
)
def test_other_frames_get_no_answer(frame: bytes) -> None:
    quiet = engine()
    assert quiet.receive(frame, 70.0) == []
    assert quiet.wake_at is None
    assert quiet.other is None


def test_nothing_is_sent_before_a_switch_had_the_time_to_announce_itself() -> None:
    early = engine()
    assert early.receive(query(), 5.0) == []
    assert early.wake_at == BEGIN
    assert early.wake(60.9) == []
    assert read(early.wake(BEGIN)[0]).voice_vlan == 110


def test_nothing_is_sent_before_the_start_nor_if_no_phone_is_heard() -> None:
    idle = VoiceVlan(110, IDENTITY)
    assert idle.receive(query(), 5.0) == []
    assert idle.wake_at is None
    assert engine().wake(100.0) == []


def test_it_repeats_every_minute_while_a_phone_is_heard() -> None:
    talking = engine()
    assert len(talking.receive(query(), 100.0)) == 1
    sent_at = []
    while (at := talking.wake_at) is not None:
        assert len(talking.wake(at)) == 1
        sent_at.append(at)
    assert sent_at == [160.0, 220.0, 280.0]
    assert talking.wake(341.0) == []


def test_queries_in_a_burst_share_one_answer_after_a_pause() -> None:
    busy = engine()
    first = [busy.receive(query(f"0016{number:08X}"), 100.0) for number in range(1_000)]
    assert sum(map(len, first)) == 1
    assert busy.wake_at == 100.0 + voice_vlan.LEAST_PAUSE
    assert len(busy.wake(busy.wake_at)) == 1
    assert len(busy.take_events(9.0)) == 1_000


def test_a_phone_is_reported_once_until_it_was_silent() -> None:
    telling = engine()
    telling.receive(query(), 100.0)
    assert telling.take_events(9.0) == [VoiceVlanAnswered(9.0, PHONE, "ringup on eth0", 110)]
    for at in (160.0, 220.0, 400.0):
        telling.receive(query(), at)
    assert telling.take_events(9.0) == []
    telling.receive(query(), 581.0)
    assert len(telling.take_events(9.0)) == 1


def test_a_phone_is_reported_only_when_its_answer_is_sent() -> None:
    early = engine()
    early.receive(query(), 5.0)
    assert early.take_events(9.0) == []
    early.wake(BEGIN)
    assert len(early.take_events(9.0)) == 1


@pytest.mark.parametrize("vlan", [cdp.NO_VLAN, 10, 110])
def test_beside_a_switch_nothing_is_sent(vlan: int) -> None:
    refusing = engine()
    refusing.receive(query(), 5.0)
    assert refusing.receive(switch(vlan=vlan), 20.0) == []
    assert refusing.other == OtherSpeaker(SWITCH, "sw1", "cisco WS-C2950-12", vlan)
    assert refusing.wake_at == 200.0
    assert refusing.receive(query(), 100.0) == []
    assert refusing.wake(199.0) == []


def test_a_switch_that_comes_later_ends_the_answers_and_one_that_goes_lets_them_begin_again() -> None:
    refusing = engine()
    assert len(refusing.receive(query(), 100.0)) == 1
    refusing.receive(switch(), 110.0)
    assert refusing.receive(query(), 160.0) == []
    refusing.receive(switch(OTHER_PHONE), 170.0)
    assert refusing.other is not None
    assert refusing.other.mac == SWITCH
    assert refusing.wake_at == 350.0
    assert refusing.receive(query(), 340.0) == []
    assert len(refusing.wake(350.0)) == 1
    assert refusing.other is None


def test_another_ringup_with_the_same_voice_vlan_is_no_switch() -> None:
    beside = engine()
    beside.receive(switch(platform=b"ringup", vlan=110), 20.0)
    assert beside.other is None
    beside.receive(switch(platform=b"ringup", vlan=111), 20.0)
    assert beside.other is not None


def test_what_another_device_calls_itself_is_cut() -> None:
    refusing = engine()
    refusing.receive(switch(platform=b"x" * 500), 20.0)
    assert refusing.other is not None
    assert len(refusing.other.platform) == voice_vlan.LONGEST_TEXT


def test_forged_phones_use_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_vlan, "MOST_PHONES", 10)
    flooded = engine()
    for number in range(100):
        flooded.receive(query(f"0016{number:08X}"), 100.0 + number // 50)
    flooded.wake(110.0)
    assert len(flooded._phones) <= 10
    assert len(flooded._asking) <= 10


@given(st.binary(max_size=200), st.floats(0, 1e6))
def test_no_frame_raises(data: bytes, at: float) -> None:
    engine().receive(CDP_FRAME[:22] + data, at)
    engine().receive(data, at)


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from("pqs")), max_size=60))
def test_there_are_never_more_answers_than_pauses(steps: list[tuple[float, str]]) -> None:
    bounded, now, sent = engine(), BEGIN, []
    frames = {"p": query(), "q": query(OTHER_PHONE), "s": b""}
    for seconds, kind in steps:
        now += seconds
        sent += [now for _ in bounded.receive(frames[kind], now)]
    assert all(later - earlier >= voice_vlan.LEAST_PAUSE - 1e-6 for earlier, later in pairwise(sent))
