"""A challenge becomes an event only if the phone does not answer it, and at most once a minute."""

from collections.abc import Callable

import pytest

from ringup.asterisk.challenges import HOLD_SECONDS, OpenChallenges
from ringup.asterisk.follow import happenings
from ringup.events import Event, LineChallenged, RegistrationRefused
from tests.asterisk.recordings import RECORDINGS, recorded

OWNERS = {"201": "001646C0FFEE", "202": "001646000000"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        self.due.append((self.now + seconds, call))

    def pass_to(self, now: float) -> None:
        self.now = now
        due, self.due = self.due, [each for each in self.due if each[0] > now]
        for at, call in due:
            if at <= now:
                call()


def challenged(at: float, address: str = "192.0.2.21") -> LineChallenged:
    return LineChallenged(at, OWNERS["201"], "201", address)


@pytest.mark.parametrize("name", RECORDINGS)
def test_phones_that_answer_their_challenges_leave_none(name: str) -> None:
    clock, emitted = Clock(), list[Event]()
    challenges = OpenChallenges(emitted.append, clock.call_later)
    seen = 0
    for number, messages in enumerate(recorded(name).values()):
        for message in messages:
            for event in happenings(message, OWNERS, clock.now):
                seen += isinstance(event, LineChallenged)
                challenges.take(event)
        clock.pass_to(10.0 * number)
    assert seen >= 5
    assert not [event for event in emitted if isinstance(event, LineChallenged)]
    assert any(isinstance(event, RegistrationRefused) for event in emitted)


def test_an_open_challenge_is_an_event_once_a_minute() -> None:
    clock, emitted = Clock(), list[Event]()
    challenges = OpenChallenges(emitted.append, clock.call_later)
    for at in (0, 1, 30, 65, 70):
        clock.pass_to(at)
        challenges.take(challenged(at))
    clock.pass_to(70 + HOLD_SECONDS)
    assert [event.at for event in emitted] == [0, 65]


def test_after_the_clock_was_set_back_a_challenge_is_an_event_again() -> None:
    clock, emitted = Clock(), list[Event]()
    challenges = OpenChallenges(emitted.append, clock.call_later)
    for passed, at in ((0, 5000), (10, 40)):
        clock.pass_to(passed)
        challenges.take(challenged(at))
    clock.pass_to(20)
    assert [event.at for event in emitted] == [5000, 40]
