"""The meaning of message-summary and check-sync, and when a phone is idle enough to check."""

from dataclasses import replace
from random import Random

import pytest

from ringup.emulator.behaviour import UrgentCounts
from ringup.emulator.sip.notices import Notices, counts_in, event_of, messages_waiting
from ringup.emulator.sip.text import PhoneContext
from ringup.wire import sip
from tests.emulator.sip.world import config


@pytest.mark.parametrize(
    ("body", "waiting"),
    [
        (b"Messages-Waiting: yes\r\nMessage-Account: sip:500@a\r\nVoice-Message: 1/0\r\n", True),
        (b"Message-Account: sip:500@a\nmessages-waiting :  YES \n", True),
        (b"Messages-Waiting: no\r\n", False),
        (b"Voice-Message: 1/0\r\n", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_a_message_summary_is_read(body: bytes, waiting: bool | None) -> None:
    assert messages_waiting(body) is waiting


@pytest.mark.parametrize("text", ["check-sync", "Check-Sync;reboot=true", " check-sync ; x"])
def test_an_event_is_named_before_its_parameters(text: str) -> None:
    assert event_of(sip.SipRequest("NOTIFY", "sip:x", (("o", text),))) == "check-sync"


def test_the_lamp_is_on_while_any_line_has_messages() -> None:
    context = PhoneContext(config(), Random(1))
    lamp = Notices(context)
    for line, waiting in ((1, b"yes"), (2, b"yes"), (1, b"no"), (2, b"no"), (2, b"no")):
        lamp.light(line, b"Messages-Waiting: " + waiting, 0.0)
    assert [report.detail["on"] for report in context.reports] == [True, False]


def test_a_second_check_sync_starts_the_wait_anew_and_is_reported_once() -> None:
    context = PhoneContext(config(), Random(1))
    phone = Notices(context)
    phone.want_sync(0.0)
    phone.want_sync(15.0)
    phone.wake(20.0, idle=True)
    assert context.reports == []
    phone.wake(35.0, idle=True)
    phone.wake(60.0, idle=True)
    assert [report.kind for report in context.reports] == ["check-sync"]
    assert phone.wake_at is None


SUMMARY = b"Messages-Waiting: yes\r\nMessage-Account: sip:500@a\r\nVoice-Message: 2/1%s\r\n"


def test_the_counts_are_reported_when_they_change() -> None:
    context = PhoneContext(config(), Random(1))
    lamp = Notices(context)
    for urgent in (b" (0/0)", b" (0/0)", b""):
        assert lamp.light(1, SUMMARY % urgent, 0.0)
    told = [(report.kind, report.detail) for report in context.reports if report.kind == "messages"]
    assert told == [("messages", {"line": 1, "new": 2, "old": 1})] * 2
    assert counts_in(b"Voice-Message: many/0") is None


def test_a_phone_may_refuse_the_counts_of_urgent_messages() -> None:
    context = PhoneContext(replace(config(), urgent_counts=UrgentCounts.REFUSES), Random(1))
    lamp = Notices(context)
    assert not lamp.light(1, SUMMARY % b" (0/0)", 0.0)
    assert context.reports == []
    assert lamp.light(1, SUMMARY % b"", 0.0)
    assert [report.kind for report in context.reports] == ["messages", "lamp"]
