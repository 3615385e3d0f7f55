"""An incoming call, and the requests that the far end may send during a call."""

from collections.abc import Callable

import pytest

from ringup.wire import rtp, sdp, sip
from tests.emulator.sip.caller import OFFER, Caller, words
from tests.emulator.sip.world import from_phone

Golden = Callable[[str, str], None]


# --- an incoming call -------------------------------------------------------------------------------------


def test_the_words_of_an_answer_are_as_reviewed(golden: Golden) -> None:
    caller = Caller()
    route = "<sip:192.0.2.7;lr>"
    said = caller.hear(caller.request("INVITE", 1, OFFER, Record_Route=route))
    said += caller.do("answer")
    golden("sip/invite-answered.txt", "".join(sip.build(message).decode() for message in said))
    assert words(said) == [100, 180, 200]
    tags = {sip.parameter(sip.parse_address(sip.first(each, "To")).parameters, "tag") for each in said[1:]}
    assert len(tags) == 1
    assert [sip.first(each, "Record-Route") for each in said] == ["", route, route]


def test_an_answer_refuses_the_video_and_keeps_the_offers_event_number() -> None:
    caller = Caller()
    caller.hear(caller.request("INVITE", 1, OFFER))
    (ok,) = caller.do("answer")
    answer = sdp.parse(ok.body)
    assert [(medium.kind, medium.port == 0) for medium in answer.media] == [("video", True), ("audio", False)]
    sound = sdp.sound_of(answer)
    assert sound is not None
    assert (sound.codecs, sound.event_payload) == ((0, 8), 96)
    event = rtp.build_event(rtp.TelephoneEvent(5, 160))
    caller.phone.receive_media(rtp.build(rtp.RtpPacket(96, 1, 2, 3, event)), caller.now)
    assert [report.detail["key"] for report in caller.reports("key-heard")] == ["5"]


def test_a_repeated_invite_gets_the_latest_answer() -> None:
    """RFC 3261 §17.2.1: the answer is 180 while the phone rings, but never after the 200 or the refusal."""
    for command, status in (("answer", 200), ("hangup", 486)):
        caller = Caller()
        invite = caller.request("INVITE", 1, OFFER)
        assert words(caller.hear(invite)) == [100, 180]
        assert words(caller.hear(invite)) == [180]
        caller.do(command)
        assert words(caller.hear(invite)) == [status]


def test_a_second_invite_is_busy_and_its_repetition_too() -> None:
    caller = Caller()
    caller.ask("INVITE", 1, OFFER)
    second = caller.request("INVITE", 1, OFFER, Call_ID="second")
    assert words(caller.hear(second)) == [486]
    assert words(caller.hear(second)) == [486]
    assert caller.ask("INVITE", 1, OFFER) == [486]  # a merged request: the same call by another route
    assert words(caller.hear(caller.request("INVITE", 1, OFFER))) == [486]


@pytest.mark.parametrize(
    "body", [b"nonsense", OFFER.replace(b"8 0 96", b"18 96"), OFFER.replace(b"audio", b"image")]
)
def test_an_offer_the_phone_cannot_speak_is_not_acceptable(body: bytes) -> None:
    caller = Caller()
    assert caller.ask("INVITE", 1, body) == [488]
    assert words(caller.wake(2.0)) == [488, 488]
    assert caller.phone.idle


def test_a_number_of_no_line_is_not_found() -> None:
    caller = Caller()
    data = caller.request("INVITE", 1, OFFER).replace(b"INVITE sip:201@", b"INVITE sip:777@")
    assert words(caller.hear(data)) == [404]


def test_cancel_is_answered_and_the_invite_terminated_until_acknowledged() -> None:
    caller = Caller()
    ringing = caller.hear(caller.request("INVITE", 1, OFFER))[-1]
    cancel = caller.request("CANCEL")
    assert words(caller.hear(cancel)) == [200, 487]
    assert words(caller.hear(cancel)) == [200, 487]
    assert words(caller.wake(2.0)) == [487, 487]
    caller.to = sip.first(ringing, "To")
    assert caller.ask("ACK") == []
    assert caller.wake(60.0) == []
    assert caller.phone._calls == {}


def test_a_cancel_that_comes_too_late_changes_nothing() -> None:
    caller = Caller()
    caller.call()
    assert caller.ask("CANCEL") == [200]
    assert not caller.phone.idle


def test_a_bye_before_the_answer_ends_the_ringing() -> None:
    caller = Caller()
    ringing = caller.hear(caller.request("INVITE", 1, OFFER))[-1]
    caller.to = sip.first(ringing, "To")
    assert caller.ask("INFO", 2) == [481]
    assert caller.ask("BYE", 3) == [200, 487]
    assert caller.ask("BYE", 4) == [481]
    assert caller.phone.idle


def test_an_invite_without_an_offer_gets_ours_and_the_ack_brings_the_answer() -> None:
    caller = Caller()
    ringing = caller.hear(caller.request("INVITE"))[-1]
    caller.to = sip.first(ringing, "To")
    (ok,) = caller.do("answer")
    assert sdp.sound_of(sdp.parse(ok.body)) is not None
    assert caller.phone._call is not None
    assert caller.phone._call.media.wake_at is None
    caller.ask("ACK", 1, OFFER)
    (packet,) = [outgoing for outgoing in caller.phone.wake(caller.now) if outgoing.media]
    assert packet.destination == ("192.0.2.99", 4000)


# --- inside a call ----------------------------------------------------------------------------------------


def reinvite(caller: Caller, cseq: int, body: bytes, method: str = "INVITE") -> sip.Response:
    (reply,) = caller.hear(caller.request(method, cseq, body, Contact="<sip:299@192.0.2.98:5072>"))
    assert isinstance(reply, sip.Response)
    return reply


def test_a_reinvite_moves_the_sound_and_the_dialogs_target() -> None:
    caller = Caller()
    caller.call()
    reply = reinvite(caller, 2, OFFER.replace(b"IP4 192.0.2.99", b"IP4 192.0.2.98"))
    assert reply.status == 200
    assert caller.ask("ACK", 2) == []
    packet = next(outgoing for outgoing in caller.phone.wake(caller.now) if outgoing.media)
    assert packet.destination == ("192.0.2.98", 4000)
    (bye,) = caller.phone.command("hangup", caller.now)
    message = from_phone(bye)
    assert isinstance(message, sip.SipRequest)
    assert (message.uri, bye.destination) == ("sip:299@192.0.2.98:5072", ("192.0.2.98", 5072))


@pytest.mark.parametrize(
    ("line", "answered"),
    [(b"a=sendonly", "recvonly"), (b"a=inactive", "inactive"), (b"c=IN IP4 0.0.0.0", "sendrecv")],
)
def test_a_call_on_hold_hears_nothing_from_us(line: bytes, answered: str) -> None:
    caller = Caller()
    caller.call()
    reply = reinvite(caller, 2, OFFER + line + b"\r\n")
    sound = sdp.sound_of(sdp.parse(reply.body))
    assert sound is not None
    assert sound.direction == answered
    assert caller.phone._call is not None
    assert caller.phone._call.media.wake_at is None
    assert reinvite(caller, 3, OFFER).status == 200
    assert caller.phone._call.media.wake_at is not None


def test_what_a_reinvite_refuses_stays_refused() -> None:
    caller = Caller()
    caller.call()
    reply = reinvite(caller, 2, OFFER.replace(b"audio 4000", b"audio 0"))
    assert [medium.port for medium in sdp.parse(reply.body).media] == [0, 0]


def test_the_answer_to_a_reinvite_is_repeated_until_its_own_ack() -> None:
    caller = Caller()
    caller.call()
    reinvite(caller, 2, OFFER)
    caller.ask("ACK", 1)
    assert words(caller.wake(0.6)) == [200]
    caller.ask("ACK", 2)
    assert caller.wake(10.0) == []


def test_the_version_of_our_description_goes_up_only_with_its_text() -> None:
    caller = Caller()
    caller.call()
    origins = []
    for cseq, body in enumerate(
        (OFFER, OFFER, OFFER + b"a=sendonly\r\n", OFFER + b"a=sendonly\r\n"), start=2
    ):
        lines = dict(sdp.parse(reinvite(caller, cseq, body).body).lines)
        origins.append(int(lines["o"].split()[2]))
    assert origins == [0, 0, 1, 1]


def test_an_unspeakable_reinvite_changes_nothing() -> None:
    caller = Caller()
    caller.call()
    assert reinvite(caller, 2, b"nonsense").status == 488
    (bye,) = caller.do("hangup")
    assert isinstance(bye, sip.SipRequest)
    assert bye.uri == "sip:299@192.0.2.99:5071"


def test_update_options_info_and_others_inside_a_call() -> None:
    caller = Caller()
    caller.call()
    assert reinvite(caller, 2, OFFER, "UPDATE").body
    assert reinvite(caller, 3, b"", "UPDATE").body == b""
    assert caller.ask("OPTIONS", 4) == [200]
    assert caller.ask("INFO", 5) == [200]
    assert caller.ask("REFER", 6) == [501]
    assert caller.wake(5.0) == []


def test_a_request_overtaken_by_a_later_one_is_refused() -> None:
    """RFC 3261 §12.2.2: an old re-INVITE must not undo a newer one."""
    caller = Caller()
    caller.call()
    assert caller.ask("OPTIONS", 5) == [200]
    assert reinvite(caller, 4, OFFER).status == 500


def test_a_reinvite_after_the_goodbye_revives_nothing() -> None:
    caller = Caller()
    caller.call()
    caller.do("hangup")
    assert caller.ask("INVITE", 2, OFFER) == [481]
    assert caller.ask("BYE", 3) == [200]
    assert set(words(caller.wake(60.0))) == {"BYE"}


def test_a_bye_of_the_caller_that_crosses_ours_is_answered() -> None:
    caller = Caller()
    ringing = caller.hear(caller.request("INVITE", 1, OFFER))[-1]
    caller.to = sip.first(ringing, "To")
    caller.do("answer")
    assert caller.do("hangup") == []
    assert caller.ask("BYE", 2) == [200]
    assert caller.wake(60.0) == []


def test_the_goodbye_follows_the_route_forwards() -> None:
    caller = Caller()
    route = "<sip:192.0.2.7;lr>, <sip:192.0.2.8:5068;lr>"
    ringing = caller.hear(caller.request("INVITE", 1, OFFER, Record_Route=route))[-1]
    caller.to = sip.first(ringing, "To")
    caller.do("answer")
    caller.ask("ACK")
    (outgoing,) = caller.phone.command("hangup", caller.now)
    bye = from_phone(outgoing)
    assert outgoing.destination == ("192.0.2.7", 5060)
    assert sip.every(bye, "Route") == ["<sip:192.0.2.7;lr>", "<sip:192.0.2.8:5068;lr>"]
    assert sip.first(bye, "From") == caller.to
    assert sip.first(bye, "To") == '"Zoë" <sip:299@192.0.2.99>;tag=z'


def test_a_call_is_answered_once() -> None:
    caller = Caller()
    caller.call()
    assert caller.do("answer") == []
    assert caller.ask("ACK") == []


def test_a_refusal_that_nobody_acknowledges_is_given_up() -> None:
    caller = Caller()
    caller.ask("INVITE", 1, OFFER)
    assert words(caller.do("hangup")) == [486]
    assert caller.do("hangup") == []
    assert words(caller.wake(100.0)) == [486] * 10
    assert caller.phone._calls == {}


def test_an_ack_before_the_answer_means_nothing() -> None:
    caller = Caller()
    ringing = caller.hear(caller.request("INVITE", 1, OFFER))[-1]
    caller.to = sip.first(ringing, "To")
    assert caller.ask("ACK") == []
    assert words(caller.do("answer")) == [200]
