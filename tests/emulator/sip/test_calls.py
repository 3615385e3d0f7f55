"""Two phones call each other through a proxy, with and without losses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire import sip
from tests.emulator.sip.world import DELIVER, DOUBLE, LOSE, PROXY, World, answer, config, from_phone

ANNA, BEN, CARL = "192.0.2.11", "192.0.2.12", "192.0.2.13"


def world(*, fates: list[int] | None = None, record_route: bool = True, **bens: object) -> World:
    """Return a world with Anna (201) and Ben (202), who are both registered before anything is lost."""
    made = World(
        config("201", ANNA, display_name="Anna"), config("202", BEN, **bens), record_route=record_route
    )
    made.start()
    made.said.clear()
    made.lose(fates or [])
    return made


def dial(made: World, number: str = "202") -> None:
    made.do(ANNA, "dial", digits=f"{number}#")
    made.run(1.5)


def spoken(made: World, address: str) -> list[str]:
    return [word for who, word in made.said if who == address]


def test_both_register_with_their_passwords() -> None:
    made = World(config("201", ANNA), config("202", BEN))
    made.start()
    assert spoken(made, ANNA) == ["REGISTER", "REGISTER"]
    assert set(made.proxy.contacts) == {"201", "202"}
    assert [detail["state"] for detail in made.of_kind(ANNA, "line")] == ["registering", "registered"]


@pytest.mark.parametrize("record_route", [True, False])
def test_a_call_is_rung_answered_spoken_in_and_ended_by_the_caller(record_route: bool) -> None:
    made = world(record_route=record_route)
    dial(made)
    assert made.calls(ANNA) == ["dialling", "ringback"]
    assert made.of_kind(BEN, "call")[0] == {
        "state": "ringing", "direction": "in", "line": 1, "with": "201", "name": "Anna"
    }  # fmt: skip
    made.do(BEN, "answer")
    made.do(ANNA, "play", frequency=1000)
    made.do(BEN, "play", frequency=1400)
    made.run(2.0)
    assert made.of_kind(BEN, "tone-heard") == [{"frequency": 1000}]
    assert made.of_kind(ANNA, "tone-heard") == [{"frequency": 1400}]
    made.do(ANNA, "stop")
    made.run(0.5)
    assert made.of_kind(BEN, "tone-ended") == [{"frequency": 1000}]
    made.do(BEN, "answer")
    made.do(ANNA, "hangup")
    made.run(60.0)
    assert made.calls(ANNA) == ["dialling", "ringback", "answered", "ended"]
    assert made.calls(BEN) == ["ringing", "answered", "ended"]
    assert spoken(made, ANNA) == ["INVITE", "ACK", "BYE"]
    assert spoken(made, BEN) == ["100", "180", "200", "200"]
    ended = made.of_kind(ANNA, "call")[-1]
    assert ended["by"] == "us"
    assert made.of_kind(BEN, "call")[-1]["by"] == "them"
    assert 120 <= int(str(ended["packets_sent"])) <= 130
    assert 120 <= int(str(ended["packets_received"])) <= 130
    assert 0.02 <= float(str(ended["longest_gap_received"])) < 0.1
    assert 0.02 <= float(str(ended["longest_pause_sent"])) < 0.1
    assert (ended["gaps_received"], ended["packets_lost"]) == (0, 0)


def test_a_call_is_ended_by_the_called() -> None:
    made = world()
    dial(made)
    made.do(BEN, "answer")
    made.run(1.0)
    made.do(BEN, "hangup")
    made.run(60.0)
    assert made.of_kind(ANNA, "call")[-1]["by"] == "them"
    assert made.of_kind(BEN, "call")[-1]["by"] == "us"
    assert spoken(made, BEN) == ["100", "180", "200", "BYE"]
    assert all(phone.idle and phone.media_port is None for phone in made.phones.values())


def test_keys_pressed_in_a_call_are_heard_once_each() -> None:
    made = world()
    dial(made)
    made.do(BEN, "answer")
    made.run(0.5)
    made.do(ANNA, "press", digits="11*#D")
    made.run(2.0)
    assert [detail["key"] for detail in made.of_kind(BEN, "key-heard")] == ["1", "1", "*", "#", "D"]


def test_a_line_that_answers_by_itself_does() -> None:
    made = world(auto_answer=frozenset({1}))
    dial(made)
    made.run(1.0)
    assert made.calls(ANNA) == ["dialling", "ringback", "answered"]


def test_the_timeout_of_a_cancelled_call_ends_no_later_call() -> None:
    lines = config("202", BEN).lines
    made = world(auto_answer=frozenset({2}))
    assert lines[0].index not in made.phones[BEN].config.auto_answer
    made.phones[BEN]._answer_at = made.now + 1.2  # as after a cancelled call on line 2
    dial(made)
    made.run(5.0)
    assert made.calls(BEN) == ["ringing"]


def test_the_caller_changes_its_mind() -> None:
    made = world()
    dial(made)
    made.do(ANNA, "hangup")
    made.run(60.0)
    assert made.calls(ANNA) == ["dialling", "ringback", "ended"]
    assert made.of_kind(BEN, "call")[-1] == {
        "state": "ended", "direction": "in", "line": 1, "with": "201", "name": "Anna", "by": "them",
        "code": 487, "packets_sent": 0, "packets_received": 0,
    }  # fmt: skip
    assert spoken(made, ANNA) == ["INVITE", "CANCEL", "ACK"]
    assert spoken(made, BEN) == ["100", "180", "200", "487"]


def test_a_caller_who_hangs_up_before_any_answer_cancels_once_there_is_one() -> None:
    made = world()
    made.do(ANNA, "dial", digits="202#")
    made.run(0.81)
    assert spoken(made, ANNA) == ["INVITE"]
    made.do(ANNA, "hangup")
    made.run(30.0)
    assert spoken(made, ANNA) == ["INVITE", "CANCEL", "ACK"]
    assert made.calls(BEN) == ["ringing", "ended"]


def test_the_called_turns_the_call_away() -> None:
    made = world()
    dial(made)
    made.do(BEN, "hangup")
    made.run(60.0)
    assert made.of_kind(ANNA, "call")[-1] == {
        "state": "failed", "direction": "out", "line": 1, "with": "202", "code": 486
    }  # fmt: skip
    assert spoken(made, ANNA) == ["INVITE", "ACK"]


def test_a_phone_in_use_is_busy_for_a_third() -> None:
    made = World(config("201", ANNA), config("202", BEN), config("203", CARL))
    made.start()
    dial(made)
    made.do(BEN, "answer")
    made.do(CARL, "dial", digits="202#")
    made.run(5.0)
    assert made.of_kind(CARL, "call")[-1]["code"] == 486
    assert made.calls(ANNA)[-1] == "answered"


def test_nobody_answers() -> None:
    made = world()
    dial(made)
    made.run(200.0)
    assert made.calls(ANNA) == ["dialling", "ringback", "failed"]
    assert made.of_kind(ANNA, "call")[-1]["code"] == 408
    assert made.calls(BEN) == ["ringing", "ended"]
    assert "CANCEL" in spoken(made, ANNA)


def test_a_ringing_phone_whose_caller_vanished_stops_when_the_invite_expires() -> None:
    made = world()
    dial(made)
    made.lose([LOSE] * 1000)
    made.run(170.0)
    assert made.calls(BEN) == ["ringing"]
    made.run(60.0)
    assert made.of_kind(BEN, "call")[-1]["code"] == 487
    assert made.phones[BEN].idle


def test_a_number_nobody_has_fails() -> None:
    made = world()
    dial(made, "299")
    assert made.of_kind(ANNA, "call")[-1]["code"] == 404


def test_nobody_at_all_answers_an_invite_and_it_is_repeated_with_doubling_pauses() -> None:
    made = world(fates=[LOSE] * 1000)
    began = made.now
    made.do(ANNA, "dial", digits="202#")
    made.run(100.0)
    assert spoken(made, ANNA) == ["INVITE"] * 7
    assert made.of_kind(ANNA, "call")[-1]["code"] == 408
    failed = next(report for report in made.reports[ANNA] if report.detail.get("state") == "failed")
    assert failed.at - began == pytest.approx(0.8 + 63.5)


def test_a_bye_that_nobody_answers_does_not_keep_the_phone_awake() -> None:
    """Earlier, the phone requested to be called again at once, from 32 s after a hang-up until it gave up the
    BYE.
    """
    made = world()
    dial(made)
    made.do(BEN, "answer")
    made.run(1.0)
    made.lose([LOSE] * 1000)
    made.do(ANNA, "hangup")
    made.run(100.0)
    assert spoken(made, ANNA) == ["INVITE", "ACK", *["BYE"] * 11]
    assert made.phones[ANNA]._calls == {}


def test_the_called_says_goodbye_only_once_the_answer_is_acknowledged() -> None:
    """RFC 3261 §15: otherwise a BYE might overtake a lost 200, and the caller would continue to ring."""
    made = world()
    dial(made)
    made.lose([LOSE])
    made.do(BEN, "answer")
    made.do(BEN, "hangup")
    made.run(0.1)
    assert spoken(made, BEN) == ["100", "180", "200"]
    made.run(60.0)
    assert spoken(made, BEN) == ["100", "180", "200", "200", "BYE"]
    assert made.calls(ANNA) == ["dialling", "ringback", "answered", "ended"]


def test_an_answer_that_is_never_acknowledged_ends_the_call() -> None:
    made = world()
    dial(made)
    made.lose([LOSE] * 1000)
    made.do(BEN, "answer")
    made.run(100.0)
    assert spoken(made, BEN) == ["100", "180", *["200"] * 11, *["BYE"] * 11]
    assert made.calls(BEN) == ["ringing", "answered", "ended"]


fates = st.lists(st.sampled_from([DELIVER, LOSE, DOUBLE]), max_size=40)
SETTLES = 500.0
"""Seconds until everything is over: an INVITE rings for 180, each end takes at most 36 more, a refused
registration 30.
"""


@pytest.mark.thorough
@given(fates, st.sampled_from(["answer", "hangup", "nothing"]), st.booleans())
def test_every_call_ends_whatever_is_lost_or_doubled(chosen: list[int], bens: str, anna_waits: bool) -> None:
    made = world(fates=chosen)
    made.hears = False
    dial(made)
    if bens != "nothing":
        made.run(3.0)
        made.do(BEN, bens)
    made.run(40.0 if anna_waits else 1.0)
    made.do(ANNA, "hangup")
    made.run(SETTLES)
    made.do(BEN, "hangup")
    made.run(100.0)
    for address in (ANNA, BEN):
        states = made.calls(address)
        assert states == [] or states[-1] in ("ended", "failed")
        assert states.count("ended") + states.count("failed") <= 1
        assert made.phones[address].idle
        assert made.phones[address]._calls == {}
    assert len(made.said) < 120


# --- the words of a call ----------------------------------------------------------------------------------


def invite_of_anna(made: World) -> sip.SipRequest:
    (outgoing,) = made.phones[ANNA].command("dial", made.now, digits="202") or made.dialled(ANNA)
    message = from_phone(outgoing)
    assert isinstance(message, sip.SipRequest)
    return message


OFFER = (
    b"v=0\r\no=x 1 1 IN IP4 192.0.2.99\r\ns=x\r\nc=IN IP4 192.0.2.99\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"
)


def responses(made: World, request: sip.SipRequest, status: int, **further: str) -> list[sip.Message]:
    headers = [(name.replace("_", "-"), value) for name, value in further.items()]
    body = OFFER if status == 200 else b""
    data, _ = answer(request, status, further=headers, body=body)
    return [from_phone(outgoing) for outgoing in made.phones[ANNA].receive(data, made.now, PROXY)]


def test_a_refusal_is_acknowledged_in_the_invites_own_transaction_each_time() -> None:
    made = world()
    invite = invite_of_anna(made)
    (first,) = responses(made, invite, 486)
    assert isinstance(first, sip.SipRequest)
    assert (first.method, first.uri) == ("ACK", invite.uri)
    assert sip.first(first, "Via") == sip.first(invite, "Via")
    assert sip.first(first, "CSeq") == "101 ACK"
    assert sip.first(first, "To").endswith(";tag=far")
    assert responses(made, invite, 486) == [first]


def test_a_challenged_invite_is_sent_again_with_credentials_and_the_next_number() -> None:
    made = world()
    invite = invite_of_anna(made)
    challenge = 'Digest realm="world", nonce="n"'
    acknowledgement, again = responses(made, invite, 401, WWW_Authenticate=challenge)
    assert isinstance(acknowledgement, sip.SipRequest)
    assert isinstance(again, sip.SipRequest)
    assert acknowledgement.method == "ACK"
    assert sip.parse_cseq(again) == (102, "INVITE")
    assert sip.first(again, "To") == sip.first(invite, "To")
    assert sip.first(again, "From") == sip.first(invite, "From")
    assert sip.top_via(again) != sip.top_via(invite)
    assert sip.first(again, "Authorization").startswith("Digest username=")
    (last,) = responses(made, again, 401, WWW_Authenticate=challenge)
    assert isinstance(last, sip.SipRequest)
    assert last.method == "ACK"
    made.collect(ANNA)
    assert made.of_kind(ANNA, "call")[-1]["code"] == 401


def test_an_answer_makes_a_dialog_of_its_contact_and_its_route_backwards() -> None:
    made = world()
    invite = invite_of_anna(made)
    further = {
        "Contact": "<sip:ben@192.0.2.77:5099>",
        "Record_Route": "<sip:192.0.2.5;lr>, <sip:192.0.2.6:5066;lr>",
    }
    (acknowledgement,) = responses(made, invite, 200, **further)
    assert isinstance(acknowledgement, sip.SipRequest)
    assert acknowledgement.uri == "sip:ben@192.0.2.77:5099"
    assert sip.every(acknowledgement, "Route") == ["<sip:192.0.2.6:5066;lr>", "<sip:192.0.2.5;lr>"]
    assert sip.top_via(acknowledgement) != sip.top_via(invite)
    assert sip.first(acknowledgement, "CSeq") == "101 ACK"
    assert responses(made, invite, 200, **further) == [acknowledgement]
    (outgoing,) = made.phones[ANNA].command("hangup", made.now)
    bye = from_phone(outgoing)
    assert outgoing.destination == ("192.0.2.6", 5066)
    assert sip.every(bye, "Route") == sip.every(acknowledgement, "Route")
    assert sip.first(bye, "CSeq") == "102 BYE"
    assert sip.first(bye, "To") == sip.first(acknowledgement, "To")
    assert isinstance(bye, sip.SipRequest)
    (again,) = responses(made, bye, 401, WWW_Authenticate='Digest realm="world", nonce="n"')
    assert sip.first(again, "CSeq") == "103 BYE"
    assert sip.first(again, "Authorization")
    assert responses(made, bye, 401, WWW_Authenticate='Digest realm="world", nonce="n"') == []


def test_a_cancelled_call_that_was_answered_meanwhile_is_ended() -> None:
    made = world()
    invite = invite_of_anna(made)
    responses(made, invite, 180)
    (outgoing,) = made.phones[ANNA].command("hangup", made.now)
    cancel = from_phone(outgoing)
    assert isinstance(cancel, sip.SipRequest)
    assert (cancel.method, sip.first(cancel, "Via")) == ("CANCEL", sip.first(invite, "Via"))
    assert (sip.first(cancel, "To"), sip.first(cancel, "CSeq")) == (sip.first(invite, "To"), "101 CANCEL")
    assert responses(made, cancel, 200) == []
    words = [
        message.method for message in responses(made, invite, 200) if isinstance(message, sip.SipRequest)
    ]
    assert words == ["ACK", "BYE"]


def test_an_answer_without_a_codec_in_common_is_acknowledged_and_ended() -> None:
    made = world()
    invite = invite_of_anna(made)
    data, _ = answer(invite, 200, body=OFFER.replace(b" 8 96", b" 18 96"))
    words = [from_phone(outgoing) for outgoing in made.phones[ANNA].receive(data, made.now, PROXY)]
    assert [word.method for word in words if isinstance(word, sip.SipRequest)] == ["ACK", "BYE"]


def test_the_invite_has_the_phones_words(golden: object) -> None:
    made = world()
    text = sip.build(invite_of_anna(made)).decode("latin-1")
    assert callable(golden)
    golden("sip/invite.txt", text)
