"""The evaluation of a long call's figures."""

import copy
import os
from collections.abc import Callable
from typing import Any

import pytest

from ringup.demo.long_call import checks, take_precedence


def phone(extension: str) -> dict[str, Any]:
    account = {
        "packets_sent": 135500, "packets_received": 135500, "longest_pause_sent": 0.03,
        "longest_gap_received": 0.1, "gaps_received": 0, "packets_lost": 3,
    }  # fmt: skip
    return {
        "extension": extension, "account": account, "renewed": 49, "qualified": 45, "tones_ended": 0,
        "last_tone": 800, "heard_at_the_end": True,
    }  # fmt: skip


GOOD: dict[str, Any] = {"seconds": 2710.0, "lost_lines": [], "phones": [phone("201"), phone("202")]}


def test_a_call_without_a_fault_meets_every_check() -> None:
    judged = checks(GOOD, 45)
    assert all(check.is_met for check in judged)
    assert len(judged) == 12


def account(found: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = found["phones"][1]["account"]
    return given


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (lambda found: found.update(seconds=2690.0), "the call lasted"),
        (lambda found: found["lost_lines"].append("LineUnreachable 201"), "lines that were lost meanwhile"),
        (
            lambda found: account(found).update(longest_gap_received=0.101),
            "202: longest gap in the received sound",
        ),
        (lambda found: found["phones"][1].update(tones_ended=1), "202: tone interrupted"),
        (lambda found: found["phones"][1].update(heard_at_the_end=False), "202: new tone heard at the end"),
        (lambda found: found["phones"][1].update(renewed=43), "202: registered again"),
        (lambda found: found["phones"][1].update(qualified=43), "202: answered qualify"),
    ],
)
def test_each_fault_is_one_check_that_is_not_met(spoil: Callable[[dict[str, Any]], None], name: str) -> None:
    found = copy.deepcopy(GOOD)
    spoil(found)
    assert [check.name for check in checks(found, 45) if not check.is_met] == [name]


@pytest.mark.parametrize(("pause", "is_excused"), [(0.25, True), (0.28, True), (0.05, False)])
def test_a_gap_that_the_other_phone_made_itself_is_named_and_still_missed(
    pause: float, is_excused: bool
) -> None:
    found = copy.deepcopy(GOOD)
    account(found).update(longest_gap_received=0.27)
    found["phones"][0]["account"].update(longest_pause_sent=pause)
    (missed,) = [check for check in checks(found, 45) if not check.is_met]
    assert ("on a quieter machine" in missed.figure) is is_excused


@pytest.mark.parametrize(
    ("forbidden", "said"),
    [((), "before all"), (("sched_setscheduler",), "before most"),
     (("sched_setscheduler", "setpriority"), "like any other")],
)  # fmt: skip
def test_it_takes_what_precedence_it_may(
    monkeypatch: pytest.MonkeyPatch, forbidden: tuple[str, ...], said: str
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError

    for name in ("sched_setscheduler", "setpriority"):
        monkeypatch.setattr(os, name, refuse if name in forbidden else lambda *_arguments: None)
    assert take_precedence().startswith(said)


def test_a_call_of_seconds_needs_no_registration_or_qualify_in_between() -> None:
    found = copy.deepcopy(GOOD) | {"seconds": 22.0}
    for each in found["phones"]:
        each.update(renewed=0, qualified=0)
    assert all(check.is_met for check in checks(found, 0.2))
