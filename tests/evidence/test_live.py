"""Frames on the phones' network as they pass: CDP, and the SIP messages that matter."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import CdpSeen, Event, SipSeen
from ringup.evidence.live import MOST_HELD, PER_MINUTE, LiveReader
from ringup.wire.ethernet import UdpFrame, build_udp_frame
from tests.wire.captures import CDP_FRAME

MAC, PHONE, PBX = "001646C0FFEE", "10.0.0.11", "10.0.0.1"
ANNOUNCED = CdpSeen(100.0, MAC, f"SIP{MAC}", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", -1, 6300)


def reader() -> LiveReader:
    return LiveReader({PHONE: MAC}.get)  # type: ignore[arg-type]


def datagram(source: tuple[str, int], destination: tuple[str, int], text: str) -> bytes:
    ends = (source[0], destination[0], source[1], destination[1])
    return build_udp_frame(UdpFrame(MAC, "020000000001", *ends, text.encode()))


def message(start: str, *more: str, call: str = "1") -> str:
    lines = (
        start, f"Via: SIP/2.0/UDP {PHONE}:5060", "From: <sip:201@10.0.0.1>;tag=a", "To: <sip:201@10.0.0.1>",
        f"Call-ID: {call}", "CSeq: 1 REGISTER", "Content-Length: 0", *more,
    )  # fmt: skip
    return "\r\n".join([*lines, "", ""])


def register(*more: str, call: str = "1") -> bytes:
    contact = f"Contact: <sip:201@{PHONE}:5060>"
    text = message("REGISTER sip:10.0.0.1 SIP/2.0", contact, *more, call=call)
    return datagram((PHONE, 51_098), (PBX, 5060), text)


def answer(status: int, port: int = 5060, call: str = "1") -> bytes:
    return datagram((PBX, 5060), (PHONE, port), message(f"SIP/2.0 {status} x", call=call))


def told(*frames: bytes, seconds: float = 1.0) -> list[Event]:
    live = reader()
    return [e for n, frame in enumerate(frames) for e in live.read(100.0 + n * seconds, frame)]


def statuses(events: list[Event]) -> list[int]:
    return [event.status for event in events if isinstance(event, SipSeen)]


PASSWORD = "Authorization: Digest username=201"


def test_an_announcement_is_told_once_and_again_after_a_loss_of_power() -> None:
    live = reader()
    assert live.read(100.0, CDP_FRAME) == [ANNOUNCED]
    assert live.read(160.0, CDP_FRAME) == live.read(220.0, CDP_FRAME) == []
    assert [event.at for event in live.read(500.0, CDP_FRAME)] == [500.0]


def test_a_registration_that_succeeds_is_not_told() -> None:
    assert told(register(), answer(401), register(PASSWORD), answer(200)) == []
    live = reader()
    for frame in (register(), answer(401), register(PASSWORD), answer(200)):
        live.read(100.0, frame)
    assert not live.is_waiting
    assert live.due(200.0) == []


def test_an_answer_to_the_port_that_the_phone_sends_from_is_told_with_its_request() -> None:
    events = told(register(), answer(401, port=51_098))
    assert statuses(events) == [0, 401]
    assert [(e.mac, e.destination, e.contact) for e in events if isinstance(e, SipSeen)] == [
        (MAC, f"{PBX}:5060", f"{PHONE}:5060"), (MAC, f"{PHONE}:51098", ""),
    ]  # fmt: skip


def test_a_second_challenge_and_a_refusal_are_told_and_so_is_the_end_of_the_trouble() -> None:
    frames = [register(), answer(401), register(PASSWORD), answer(401)]
    assert statuses(told(*frames)) == [0, 401, 0, 401]
    assert statuses(told(register(), answer(403))) == [0, 403]
    again = (*frames, register(PASSWORD), answer(200), register(PASSWORD), answer(200))
    assert statuses(told(*again)) == [0, 401, 0, 401, 200]


def test_a_registration_without_an_answer_is_told_after_four_seconds() -> None:
    live = reader()
    live.read(100.0, register())
    assert live.is_waiting
    assert live.due(103.0) == []
    assert statuses(live.due(104.0)) == [0]
    assert live.due(110.0) == []


def test_what_is_open_is_not_told_once_nobody_listens() -> None:
    live = reader()
    live.read(100.0, register())
    live.forget_open_registrations()
    assert not live.is_waiting
    assert live.due(200.0) == []


def test_other_hosts_and_other_methods_are_not_told() -> None:
    stranger = datagram(("10.0.0.99", 5060), (PBX, 5060), message("REGISTER sip:x SIP/2.0"))
    options = answer(200, port=9).replace(b"REGISTER", b"OPTIONS ")
    assert told(stranger, options) == []


def test_forged_contacts_are_forgotten_before_they_fill_the_memory() -> None:
    live = reader()
    ports = range(6000, 6000 + MOST_HELD + 1)
    for port in ports:
        contact = f"Contact: <sip:201@{PHONE}:{port}>"
        text = message("REGISTER sip:10.0.0.1 SIP/2.0", contact)
        assert live.read(100.0, datagram((PHONE, 51_098), (PBX, 5060), text)) == []
    assert live.read(101.0, answer(100, ports[-1])) == []
    assert live.read(101.0, answer(100, ports[0])) != []


def test_a_phone_that_goes_on_for_ever_is_told_in_a_bounded_number() -> None:
    frames = [each for n in range(500) for each in (register(call=str(n)), answer(403, call=str(n)))]
    assert len(told(*frames, seconds=0.01)) <= PER_MINUTE * 2
    live = reader()
    for n in range(3 * MOST_HELD):
        live.read(100.0, register(call=str(n)))
    assert len(live.due(200.0)) <= MOST_HELD


@given(st.sampled_from([CDP_FRAME, register(), answer(401)]), st.data())
def test_no_frame_raises(frame: bytes, data: st.DataObject) -> None:
    cut = frame[: data.draw(st.integers(0, len(frame)))]
    place, sign = data.draw(st.integers(0, max(len(cut) - 1, 0))), data.draw(st.binary(max_size=1))
    reader().read(100.0, cut)
    reader().read(100.0, cut[:place] + sign + cut[place + 1 :])
