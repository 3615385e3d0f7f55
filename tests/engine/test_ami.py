"""The conversation with the manager interface in memory: login, replies, lists, events, silence."""

import hashlib

import pytest

from ringup.engine.ami import (
    ANSWER_SECONDS,
    MOST_LISTED,
    PING_SECONDS,
    AmiResult,
    AmiSession,
    Answered,
    Broken,
    Happened,
    LoggedIn,
    LoginRefused,
    UnansweredAction,
)
from ringup.wire.ami import AmiMessage, build, parse

BANNER = b"Asterisk Call Manager/7.0.3\r\n"
NOW = 1000.0


def message(*fields: tuple[str, str]) -> bytes:
    return build(AmiMessage(fields))


def answer(action: bytes, *fields: tuple[str, str], response: str = "Success") -> bytes:
    return message(("Response", response), ("ActionID", parse(action).get("ActionID")), *fields)


def logged_in() -> AmiSession:
    session = AmiSession("ringup", "s3cret")
    (challenge,) = session.receive(BANNER, NOW)
    (login,) = session.receive(answer(challenge, ("Challenge", "4711")), NOW)
    assert session.receive(answer(login), NOW) == []
    assert session.take_results() == [LoggedIn("7.0.3")]
    return session


def only(session: AmiSession) -> AmiResult:
    (result,) = session.take_results()
    return result


def test_the_login_answers_a_challenge_and_never_sends_the_secret() -> None:
    session = AmiSession("ringup", "s3cret")
    (challenge,) = session.receive(BANNER, NOW)
    assert parse(challenge).get("Action") == "Challenge"
    (login,) = session.receive(answer(challenge, ("Challenge", "4711")), NOW)
    assert parse(login).get("Key") == hashlib.md5(b"4711s3cret").hexdigest()
    assert parse(login).get("Username") == "ringup"
    assert b"s3cret" not in challenge + login


def test_a_refused_login_says_why() -> None:
    session = AmiSession("ringup", "wrong")
    (challenge,) = session.receive(BANNER, NOW)
    (login,) = session.receive(answer(challenge, ("Challenge", "1")), NOW)
    session.receive(answer(login, ("Message", "Authentication failed"), response="Error"), NOW)
    assert only(session) == LoginRefused("Authentication failed")


def test_a_refused_challenge_is_a_refused_login() -> None:
    session = AmiSession("ringup", "wrong")
    (challenge,) = session.receive(BANNER, NOW)
    assert session.receive(answer(challenge, response="Error"), NOW) == []
    assert only(session) == LoginRefused("no reason given")


def test_answers_find_their_actions_in_any_order() -> None:
    session = logged_in()
    first, one = session.act("Ping", (), NOW)
    second, two = session.act("CoreSettings", (), NOW)
    session.receive(answer(two, ("AsteriskVersion", "22.10.1")) + answer(one, ("Ping", "Pong")), NOW)
    results = session.take_results()
    assert [result.action_id for result in results if isinstance(result, Answered)] == [second, first]


def test_a_list_is_one_answer() -> None:
    session = logged_in()
    action_id, data = session.act("PJSIPShowEndpoints", (), NOW)
    session.receive(answer(data, ("EventList", "start")), NOW)
    for name in ("201", "202"):
        event = (("Event", "EndpointList"), ("ActionID", action_id), ("ObjectName", name))
        session.receive(message(*event), NOW)
    assert session.take_results() == []
    end = (("Event", "EndpointListComplete"), ("ActionID", action_id), ("EventList", "Complete"))
    session.receive(message(*end), NOW)
    result = only(session)
    assert isinstance(result, Answered)
    assert [event.get("ObjectName") for event in result.listed] == ["201", "202"]


def test_a_list_beyond_all_bounds_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_LISTED > 1
    monkeypatch.setattr("ringup.engine.ami.MOST_LISTED", 1)
    session = logged_in()
    action_id, data = session.act("List", (), NOW)
    session.receive(answer(data, ("EventList", "start")), NOW)
    session.receive(message(("Event", "E"), ("ActionID", action_id)) * 3, NOW)
    session.receive(message(("Event", "E"), ("ActionID", action_id), ("EventList", "Complete")), NOW)
    result = only(session)
    assert isinstance(result, Answered)
    assert len(result.listed) == 1


def test_an_event_with_an_actions_id_is_not_its_answer() -> None:
    session = logged_in()
    action_id, data = session.act("Originate", (), NOW)
    event = message(("Event", "OriginateResponse"), ("Response", "Failure"), ("ActionID", action_id))
    session.receive(event, NOW)
    assert isinstance(only(session), Happened)
    session.receive(answer(data), NOW)
    assert isinstance(only(session), Answered)


def test_an_event_of_nobodys_is_handed_on() -> None:
    session = logged_in()
    session.receive(message(("Event", "FullyBooted"), ("Status", "Fully Booted")), NOW)
    result = only(session)
    assert isinstance(result, Happened)
    assert result.event.get("Event") == "FullyBooted"


def test_an_action_without_answer_is_given_up_and_its_late_answer_ignored() -> None:
    session = logged_in()
    action_id, data = session.act("Ping", (), NOW)
    assert session.wake_at == NOW + ANSWER_SECONDS
    assert session.wake(NOW + ANSWER_SECONDS) == []
    assert only(session) == UnansweredAction(action_id)
    session.receive(answer(data), NOW + 11)
    assert session.take_results() == []


def test_a_quiet_connection_is_pinged_and_lost_when_the_ping_is_unanswered() -> None:
    session = logged_in()
    assert session.wake(NOW + 1) == []
    assert session.wake_at == NOW + PING_SECONDS
    (ping,) = session.wake(NOW + PING_SECONDS)
    session.receive(answer(ping, ("Ping", "Pong")), NOW + PING_SECONDS)
    assert session.take_results() == []
    session.wake(NOW + 2 * PING_SECONDS)
    session.wake(NOW + 2 * PING_SECONDS + ANSWER_SECONDS)
    assert only(session) == Broken("no answer to ping")


def test_a_login_without_answer_is_a_broken_connection() -> None:
    session = AmiSession("ringup", "s3cret")
    assert session.wake_at is None
    session.receive(BANNER, NOW)
    session.wake(NOW + ANSWER_SECONDS)
    assert only(session) == Broken("no answer to challenge")


@pytest.mark.parametrize("data", [b"SSH-2.0\r\n", BANNER + b"nonsense\r\n\r\n"])
def test_something_else_on_the_port_breaks_the_connection(data: bytes) -> None:
    session = AmiSession("ringup", "s3cret")
    session.receive(data, NOW)
    assert isinstance(only(session), Broken)


def test_a_value_with_a_line_end_is_never_sent() -> None:
    with pytest.raises(ValueError, match="line end"):
        logged_in().act("Command", [("Command", "core show channels\r\nAction: Logoff")], NOW)
