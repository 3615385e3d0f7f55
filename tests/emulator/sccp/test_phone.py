"""The SCCP part of the phone with a scripted server: registration, keys, calls, lamps, and every kind of
end.
"""

from dataclasses import replace

import pytest

from ringup.emulator.behaviour import StimulusLength
from ringup.wire.sccp import of_phone, of_server
from ringup.wire.sccp.frame import Frame
from tests.emulator.sccp.server import CONFIG, Talk

RINGING = (
    of_server.CallState(4, 1, 6),
    of_server.CallInfo("Bob", "602", "Anna", "601", 1, 6, 1),
    of_server.SetRinger(2),
)
CONNECTED = (
    of_server.CallState(5, 1, 6),
    of_server.OpenReceiveChannel(6, 9, 20, 4),
    of_server.StartMediaTransmission(6, 9, "10.0.0.1", 17000, 20, 4),
)


def test_a_phone_asks_in_the_documented_order_and_is_then_in_service() -> None:
    talk = Talk().begin()
    assert [type(message).__name__ for message in talk.sent] == [
        "Alarm", "Register", "CapabilitiesRes", "VersionReq", "ButtonTemplateReq", "SoftKeyTemplateReq",
        "SoftKeySetReq", "LineStatReq", "RegisterAvailableLines", "SpeedDialStatReq", "TimeDateReq", "IpPort",
    ]  # fmt: skip
    (registered,) = talk.told("sccp-registered")
    assert registered["lines"] == ["601"]
    assert registered["speed_dials"] == ["602"]
    assert registered["soft_keys"] == ["Redial"]
    assert registered["clock"] == "2026-11-27 09:05:01"
    assert talk.told("line") == [{"line": 1, "state": "registered"}]


def test_a_phone_that_misses_one_answer_does_not_call_itself_registered() -> None:
    talk = Talk()
    talk.answers[of_phone.SoftKeyTemplateReq] = []
    talk.begin()
    assert talk.told("line") == []
    assert not talk.phone.registration.is_registered


def test_a_rejected_phone_says_why() -> None:
    talk = Talk()
    talk.answers[of_phone.Register] = [of_server.RegisterReject("No Authority: SEP")]
    talk.begin()
    assert talk.phone.registration.rejected == "No Authority: SEP"
    assert talk.told("sccp-rejected") == [{"reason": "No Authority: SEP"}]
    assert talk.told("line") == []


def test_keep_alives_go_out_at_the_servers_pace_and_silence_ends_the_connection() -> None:
    talk = Talk().begin()
    talk.wait(95)
    assert len(talk.sent_of(of_phone.KeepAlive)) == 3
    assert not talk.phone.is_lost
    talk.answers[of_phone.KeepAlive] = []
    talk.wait(90)
    assert not talk.phone.is_lost
    talk.wait(31)
    assert talk.phone.is_lost


def test_digits_are_pressed_one_by_one_after_the_dial_tone() -> None:
    talk = Talk().begin()
    talk.do("dial", digits="6*#")
    assert talk.sent_of(of_phone.SoftKeyEvent) == [of_phone.SoftKeyEvent(2, 1)]
    assert talk.sent_of(of_phone.KeypadButton) == []
    talk.say(of_server.CallState(1, 1, 5), of_server.StartTone(0x21, 0, 1, 5))
    talk.wait(1)
    buttons = [6, 14, 15]
    assert talk.sent_of(of_phone.KeypadButton) == [of_phone.KeypadButton(each, 1, 5) for each in buttons]


def test_a_call_to_another_phone_rings_answers_and_ends_here() -> None:
    talk = Talk().begin()
    talk.do("dial", digits="602")
    talk.say(
        of_server.CallState(1, 1, 5), of_server.DialedNumber("602", 1, 5), of_server.CallState(3, 1, 5),
        of_server.CallState(5, 1, 5), of_server.OpenReceiveChannel(5, 5, 20, 4),
        of_server.StartMediaTransmission(5, 5, "10.0.0.1", 17000, 20, 4),
    )  # fmt: skip
    port = talk.phone.media_port or 0
    (ready,) = talk.sent_of(of_phone.OpenReceiveChannelAck)
    assert ready == of_phone.OpenReceiveChannelAck(0, "10.0.0.7", port, 5)
    talk.wait(0.1)
    assert {packet.destination for packet in talk.sound} == {("10.0.0.1", 17000)}
    talk.do("hangup")
    assert talk.sent_of(of_phone.SoftKeyEvent)[-1] == of_phone.SoftKeyEvent(9, 1, 5)
    talk.say(of_server.CloseReceiveChannel(5, 5), of_server.CallState(2, 1, 5))
    states = [(call["state"], call["with"]) for call in talk.told("call")]
    assert states == [("ringback", "602"), ("answered", "602"), ("ended", "602")]
    assert talk.told("call")[-1]["by"] == "us"
    assert talk.phone.media_port is None


def test_a_call_that_comes_in_rings_once_and_is_answered_by_its_key() -> None:
    talk = Talk().begin()
    talk.say(*RINGING, of_server.SetRinger(2))
    talk.do("answer")
    assert talk.sent_of(of_phone.SoftKeyEvent) == [of_phone.SoftKeyEvent(11, 1, 6)]
    talk.say(*CONNECTED, of_server.CallState(2, 1, 6))
    told = [(call["state"], call["direction"], call["with"]) for call in talk.told("call")]
    assert told == [(state, "in", "602") for state in ("ringing", "answered", "ended")]
    assert talk.told("call")[-1]["by"] == "them"


def test_digits_in_a_call_are_keys_and_no_sound() -> None:
    talk = Talk().begin()
    talk.say(*RINGING, *CONNECTED)
    talk.do("press", digits="5")
    talk.wait(0.5)
    assert talk.sent_of(of_phone.KeypadButton) == [of_phone.KeypadButton(5, 1, 6)]


@pytest.mark.parametrize(("state", "code"), [(6, 486), (7, 503)])
def test_a_call_that_fails_is_told_with_its_code(state: int, code: int) -> None:
    talk = Talk().begin()
    talk.say(of_server.CallState(1, 1, 5), of_server.CallState(state, 1, 5))
    (call,) = talk.told("call")
    assert (call["state"], call["code"]) == ("failed", code)


def test_the_lamp_follows_the_message_stimulus_only() -> None:
    talk = Talk().begin()
    talk.say(of_server.SetLamp(9, 1, 2), of_server.SetLamp(15, 0, 2), of_server.SetLamp(15, 0, 2))
    talk.say(of_server.SetLamp(15, 0, 1))
    assert talk.told("lamp") == [{"on": True}, {"on": False}]


def test_codes_on_the_display_become_the_phones_words() -> None:
    talk = Talk().begin()
    talk.say(of_server.DisplayPromptStatus(0, "\x80\x17602", 1, 6), of_server.DisplayNotify(5, "\x80\x7f!"))
    assert talk.told("prompt") == [{"text": "From602"}, {"text": "?!"}]


@pytest.mark.parametrize(("kind", "extent"), [(1, "full"), (2, "restart")])
def test_a_reset_is_taken_down_for_the_phone(kind: int, extent: str) -> None:
    talk = Talk().begin()
    talk.say(of_server.Reset(kind))
    assert talk.phone.reset == kind
    assert talk.told("reset") == [{"extent": extent}]


def test_messages_that_belong_to_no_call_are_ignored() -> None:
    talk = Talk().begin()
    talk.say(
        of_server.StartMediaTransmission(5, 5, "10.0.0.1", 17000, 20, 4), of_server.OpenReceiveChannel(),
        of_server.CallInfo(call=9), of_server.CallState(2, 1, 9), of_server.CloseReceiveChannel(),
        of_server.ClearDisplay(), of_server.ForwardStat(),
    )  # fmt: skip
    assert talk.told("call") == []
    assert talk.phone.media_port is None


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("answer", {}),
        ("hangup", {}),
        ("press", {"digits": "1"}),
        ("play", {"frequency": 440}),
        ("stop", {}),
        ("hold", {}),
        ("resume", {}),
        ("transfer", {"digits": "603"}),
        ("transfer", {}),
    ],
)
def test_what_needs_a_call_is_refused_without_one(command: str, arguments: dict[str, object]) -> None:
    talk = Talk().begin()
    talk.do(command, **arguments)
    assert talk.told("refused") == [{"command": command, "reason": "there is no call"}]


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        ("dial", {"digits": "60x"}, "cannot be pressed"),
        ("dial", {"digits": "602", "line": 2}, "line 2 is not registered"),
        ("fly", {}, "is not a command"),
        ("dial", {}, "missing a required argument"),
        ("soft-key", {"label": "Fly"}, "is not a soft key"),
        ("play", {"frequency": 4000}, "is not a frequency"),
    ],
)
def test_what_nobody_can_do_is_an_error(command: str, arguments: dict[str, object], said: str) -> None:
    talk = Talk().begin()
    with pytest.raises(ValueError, match=said):
        talk.do(command, **arguments)


def test_the_messages_button_is_a_stimulus() -> None:
    talk = Talk().begin()
    talk.do("messages")
    assert talk.sent_of(Frame) == [Frame(0x0005, bytes.fromhex("0f000000 01000000 00000000 00000000"))]


def test_the_length_of_a_stimulus_can_be_chosen() -> None:
    talk = Talk(replace(CONFIG, stimulus=StimulusLength.EIGHT)).begin()
    talk.do("messages")
    assert talk.sent_of(Frame) == [Frame(0x0005, bytes.fromhex("0f000000 01000000"))]


def test_a_call_is_held_and_resumed_by_the_keys_of_the_screen() -> None:
    talk = Talk().begin()
    talk.say(*RINGING, *CONNECTED)
    talk.do("hold")
    talk.say(of_server.CallState(8, 1, 6), of_server.CloseReceiveChannel(6, 9))
    assert not talk.phone.media_port
    talk.do("resume")
    talk.say(*CONNECTED)
    assert talk.phone.media_port is not None
    assert talk.sent_of(of_phone.SoftKeyEvent) == [
        of_phone.SoftKeyEvent(3, 1, 6), of_phone.SoftKeyEvent(10, 1, 6)
    ]  # fmt: skip
    assert [call["state"] for call in talk.told("call")] == ["ringing", "answered", "held", "resumed"]


def test_a_transfer_dials_the_new_number_and_connects_both_ends() -> None:
    talk = Talk().begin()
    talk.say(*RINGING, *CONNECTED)
    talk.do("transfer", digits="603")
    talk.say(of_server.CallState(8, 1, 6), of_server.CallState(1, 1, 7), of_server.StartTone(0x21, 0, 1, 7))
    talk.wait(1)
    pressed = talk.sent_of(of_phone.KeypadButton)
    assert pressed == [of_phone.KeypadButton(each, 1, 7) for each in (6, 0, 3)]
    talk.do("transfer")
    assert talk.sent_of(of_phone.SoftKeyEvent) == [
        of_phone.SoftKeyEvent(4, 1, 6), of_phone.SoftKeyEvent(4, 1, 7)
    ]  # fmt: skip
