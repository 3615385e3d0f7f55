"""Recorded manager events of three Asterisks, and the events that ringup makes of them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.asterisk.follow import happenings
from ringup.asterisk.register_query import OWN_CALL
from ringup.events import (
    CallAnswered,
    CallEnded,
    CallMissed,
    CallStarted,
    Event,
    LineAuthenticated,
    LineChallenged,
    LineHungUp,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    MessagesWaiting,
    RegistrationRefused,
)
from ringup.wire.ami import AmiMessage
from tests.asterisk.recordings import RECORDINGS, recorded

LARRY, ADA = "001646C0FFEE", "001646000000"
OWNERS = {"201": LARRY, "202": ADA}
PJSIP = [name for name in RECORDINGS if "pjsip" in name]


def told(name: str, step: str, mac_of: Callable[[str], str] = lambda _address: "") -> list[Event]:
    """Return ringup's events for one step of the recording, without the challenges and logins of each
    step.
    """
    found = [
        event for message in recorded(name)[step] for event in happenings(message, OWNERS, 1.0, mac_of=mac_of)
    ]
    return [event for event in found if not isinstance(event, LineAuthenticated | LineChallenged)]


def event(**fields: str) -> AmiMessage:
    return AmiMessage(tuple((name.replace("_", "-"), value) for name, value in fields.items()))


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_registration_names_the_contact_that_calls_will_go_to(name: str) -> None:
    registered, reachable = told(name, "201 registers")
    assert isinstance(registered, LineRegistered)
    assert (registered.mac, registered.extension) == (LARRY, "201")
    assert "127.0.0.11:5060" in registered.contact
    assert isinstance(reachable, LineReachable)


@pytest.mark.parametrize(
    ("status", "events"),
    [
        ("Registered", [LineRegistered(1.0, LARRY, "201", f"sccp:SEP{LARRY}")]),
        ("Unregistered", [LineUnregistered(1.0, LARRY, "201")]),
        ("Rejected", []),
    ],
)
def test_a_phone_that_speaks_sccp_registers_with_all_its_lines(status: str, events: list[Event]) -> None:
    """Recorded with Asterisk 16.28 (P-SCCP-36)."""
    told_by = event(Event="PeerStatus", ChannelType="Skinny", Peer=f"Skinny/SEP{LARRY}", PeerStatus=status)
    assert happenings(told_by, OWNERS, 1.0) == events


def test_a_channel_of_chan_skinny_belongs_to_its_line() -> None:
    dialled = event(
        Event="Newstate", Channel=f"Skinny/201@SEP{LARRY}-1", ChannelState="4", Exten="202",
        Uniqueid="1.0", Linkedid="1.0",
    )  # fmt: skip
    assert happenings(dialled, OWNERS, 1.0) == [CallStarted(1.0, LARRY, "201", "202")]


@pytest.mark.parametrize("name", PJSIP)
def test_pjsip_measures_how_long_the_phone_takes_to_answer(name: str) -> None:
    reachable = told(name, "201 registers")[1]
    assert isinstance(reachable, LineReachable)
    assert 0 < reachable.milliseconds < 100


@pytest.mark.parametrize("name", PJSIP)
def test_pjsip_says_only_that_an_unchanged_contact_logged_in(name: str) -> None:
    events = [
        found
        for message in recorded(name)["201 registers again"]
        for found in happenings(message, OWNERS, 1.0)
    ]
    address = "127.0.0.11"
    assert events == [
        LineChallenged(1.0, LARRY, "201", address),
        LineAuthenticated(1.0, LARRY, "201", address),
    ]


def test_chan_sip_says_each_registration() -> None:
    assert told("16-chan_sip", "201 registers again") == [
        LineRegistered(1.0, LARRY, "201", "127.0.0.11:5060")
    ]


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_wrong_password_is_the_phones_trouble(name: str) -> None:
    assert told(name, "202 wrong password") == [RegistrationRefused(1.0, ADA, "202", "wrong password")]


@pytest.mark.parametrize("name", RECORDINGS)
def test_an_unknown_account_is_laid_to_the_phone_of_that_address(name: str) -> None:
    (refused,) = told(name, "299 unknown account")
    assert refused == RegistrationRefused(1.0, "", "299", "unknown account, tried from 127.0.0.12")
    (refused,) = told(name, "299 unknown account", mac_of={"127.0.0.12": ADA}.__getitem__)
    assert refused.mac == ADA


@pytest.mark.parametrize("name", RECORDINGS)
def test_an_answered_call_begins_once_and_is_told_of_both_sides(name: str) -> None:
    first, *rest = told(name, "201 calls 202, 202 answers, 201 hangs up")
    assert first == CallStarted(1.0, LARRY, "201", "202")
    assert rest[:2] == [CallAnswered(1.0, LARRY, "201", "202"), CallAnswered(1.0, ADA, "202", "201")]
    ended = [(found.mac, found.cause) for found in rest[2:] if isinstance(found, CallEnded)]
    assert sorted(ended) == sorted([(LARRY, "Normal Clearing"), (ADA, "Normal Clearing")])
    assert [found for found in rest if isinstance(found, LineHungUp)] == [LineHungUp(1.0, LARRY, "201")]
    assert len(rest) == 5


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize(
    "step",
    ["201 calls 202, busy, voicemail, 201 hangs up", "201 calls 202, no answer, voicemail, 201 hangs up"],
)
def test_voicemail_is_no_answer_and_the_called_phone_took_no_part(name: str, step: str) -> None:
    started, missed, hung_up, ended = told(name, step)
    assert missed == CallMissed(1.0, ADA, "202", "201")
    assert hung_up == LineHungUp(1.0, LARRY, "201")
    assert started == CallStarted(1.0, LARRY, "201", "202")
    assert isinstance(ended, CallEnded)
    assert ended.mac == LARRY


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_message_lights_the_lamp_of_its_owner(name: str) -> None:
    told_of = told(name, "a message is left for 202")
    assert MessagesWaiting(1.0, ADA, "202", 1, 0) in told_of
    assert {type(each) for each in told_of} <= {MessagesWaiting, CallMissed}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_phone_that_stops_answering_and_comes_back(name: str) -> None:
    assert told(name, "202 stops answering OPTIONS") == [LineUnreachable(1.0, ADA, "202")]
    (back,) = told(name, "202 answers OPTIONS again")
    assert isinstance(back, LineReachable)


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_phone_that_unregisters(name: str) -> None:
    (gone,) = told(name, "201 unregisters")
    assert isinstance(gone, LineUnregistered)
    assert gone.mac == LARRY


def test_a_registration_that_runs_out() -> None:
    registered, gone = told("16-chan_sip", "201 registers for 6 s and its registration runs out")
    assert isinstance(registered, LineRegistered)
    assert gone == LineUnregistered(1.0, LARRY, "201", "Expired")


@pytest.mark.parametrize("name", RECORDINGS)
def test_lines_that_are_not_ours_say_nothing(name: str) -> None:
    events = [message for messages in recorded(name).values() for message in messages]
    found = [event for message in events for event in happenings(message, {}, 1.0)]
    assert all(isinstance(event, RegistrationRefused) and event.mac == "" for event in found)


def test_a_failed_login_to_the_manager_interface_is_no_phones() -> None:
    failed = event(Event="InvalidPassword", Service="AMI", AccountID="201")
    assert happenings(failed, OWNERS, 1.0) == []
    login = event(Event="SuccessfulAuth", Service="AMI", AccountID="201")
    assert happenings(login, OWNERS, 1.0) == []


@pytest.mark.parametrize(
    "kind",
    ["SuccessfulAuth", "ChallengeSent", "InvalidPassword", "ChallengeResponseFailed", "InvalidAccountID"],
)
def test_ringups_own_query_of_a_secret_is_no_login_of_the_phone(kind: str) -> None:
    def seen(session: str) -> list[Event]:
        fields = {"Event": kind, "Service": "PJSIP", "AccountID": "201", "SessionID": session}
        return happenings(AmiMessage(tuple(fields.items())), OWNERS, 1.0)

    assert seen(f"{OWN_CALL}a79c49b597@10.0.0.1") == []
    assert len(seen("a79c49b597@10.0.0.1")) == 1


def test_a_rejected_registration_says_why() -> None:
    rejected = event(Event="PeerStatus", Peer="SIP/201", PeerStatus="Rejected", Cause="AUTH_ACL_FAILED")
    assert happenings(rejected, OWNERS, 1.0) == [RegistrationRefused(1.0, LARRY, "201", "AUTH_ACL_FAILED")]


def test_a_slow_phone_is_reachable_with_its_time() -> None:
    lagged = event(Event="PeerStatus", Peer="SIP/201", PeerStatus="Lagged", Time="2500")
    assert happenings(lagged, OWNERS, 1.0) == [LineReachable(1.0, LARRY, "201", 2500)]


def test_a_call_from_outside_is_told_of_the_phone_that_picks_up() -> None:
    answered = event(
        Event="DialEnd", Channel="PJSIP/trunk-0000000a", DestChannel="PJSIP/201-0000000b",
        CallerIDNum="0301234", Exten="201", DialStatus="ANSWER",
    )  # fmt: skip
    assert happenings(answered, OWNERS, 1.0) == [CallAnswered(1.0, LARRY, "201", "0301234")]


def test_an_extension_with_a_dash_is_found_in_its_channels_name() -> None:
    hangup = event(
        Event="Hangup", Channel="PJSIP/a-b-0000001f", ChannelState="6", Cause_txt="Normal Clearing"
    )
    assert happenings(hangup, {"a-b": LARRY}, 1.0) == [CallEnded(1.0, LARRY, "a-b", "Normal Clearing")]


NAMES = (
    "Event",
    "Channel",
    "Peer",
    "PeerStatus",
    "AOR",
    "ContactStatus",
    "Mailbox",
    "New",
    "Time",
    "AccountID",
)
KINDS = ("ContactStatus", "PeerStatus", "Hangup", "DialEnd", "Newstate", "MessageWaiting", "InvalidPassword")


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_no_event_however_odd_raises(kind: str, fields: dict[str, str]) -> None:
    message = AmiMessage((("Event", kind), *fields.items()))
    assert isinstance(happenings(message, {"": LARRY, **OWNERS}, 1.0), list)
