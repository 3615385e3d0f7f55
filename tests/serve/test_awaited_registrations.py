"""When the server should listen to SIP: a phone has its own file and is not registered, or its line
failed.
"""

import pytest

from ringup.events import (
    Event,
    FileSent,
    LineAuthenticated,
    LineChallenged,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    RegistrationRefused,
)
from ringup.serve.awaited_registrations import MOST, AwaitedRegistrations

MAC, OTHER = "001646C0FFEE", "001646000000"


def sent(at: float, mac: str = MAC, name: str = "") -> FileSent:
    return FileSent(at, mac, name or f"SIP{mac}.cnf", "10.0.0.2", 1000, 0.1)


def awaited(*events: Event) -> AwaitedRegistrations:
    found = AwaitedRegistrations()
    found.take(events)
    return found


def test_a_phone_is_overdue_ten_seconds_after_its_own_file_and_for_two_minutes() -> None:
    found = awaited(sent(100.0))
    assert [found.are_overdue(at) for at in (105.0, 110.0, 229.0)] == [False, True, True]
    assert not found.are_overdue(231.0)
    assert not found.are_overdue(120.0)


@pytest.mark.parametrize(
    "event",
    [LineRegistered(101.0, MAC, "201", ""), LineAuthenticated(101.0, MAC, "201", ""),
     LineReachable(101.0, MAC, "201", 1.0)],
)  # fmt: skip
def test_a_phone_that_registered_is_not_overdue(event: Event) -> None:
    assert not awaited(sent(100.0), event).are_overdue(120.0)
    assert awaited(sent(100.0), sent(100.0, OTHER), event).are_overdue(120.0)


@pytest.mark.parametrize(
    "event",
    [LineUnreachable(100.0, MAC, "201"), LineUnregistered(100.0, MAC, "201"),
     RegistrationRefused(100.0, MAC, "201", "x"), LineChallenged(100.0, MAC, "201", "")],
)  # fmt: skip
def test_a_line_that_failed_is_worth_listening_to_for_a_minute(event: Event) -> None:
    found = awaited(event)
    assert found.are_overdue(100.0)
    assert found.are_overdue(169.0)
    assert not found.are_overdue(171.0)


def test_other_files_and_unknown_hosts_do_not_count() -> None:
    names = ((MAC, "SIPDefault.cnf"), ("", "SIP.cnf"), (MAC, f"SEP{MAC}.cnf.xml"))
    others = [sent(100.0, mac, name) for mac, name in names]
    assert not awaited(*others).are_overdue(120.0)


def test_the_memory_is_bounded() -> None:
    found = awaited(*(sent(100.0, f"{number:012X}") for number in range(MOST + 5)))
    assert len(found._since) == MOST


def test_a_clock_that_was_set_back_makes_nobody_overdue_for_ever() -> None:
    found = awaited(sent(5000.0))
    assert not found.are_overdue(100.0)
    assert not found.are_overdue(5020.0)
