"""Numbers dialled digit by digit: when the phone dials, and which number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.dialling import Reason, dial
from ringup.dial.pattern import Template

OFFICE = (
    Template("2..", 0, user="phone"),
    Template("9,*", 5, rewrite="00%1"),
    Template("112", 0, route="emergency"),
    Template("1#.", 0),
)


@pytest.mark.parametrize(
    ("keys", "number", "reason", "rule", "seconds", "unused"),
    [
        ("201", "201", "rule", 0, 0, ""),
        ("2012", "201", "rule", 0, 0, "2"),
        ("20", "20", "timeout", None, 10, ""),
        ("20#", "20", "#", None, 0, ""),
        ("20#1", "20", "#", None, 0, "1"),
        ("9123", "00123", "rule", 1, 5, ""),
        ("9123#", "00123", "#", 1, 0, ""),
        ("112", "112", "rule", 2, 0, ""),
        ("1#2", "1#2", "rule", 3, 0, ""),
        ("5", "5", "timeout", None, 10, ""),
        ("", "", "nothing", None, 10, ""),
        ("#", "", "nothing", None, 0, ""),
    ],
)
def test_each_number_ends_as_the_rules_say(
    keys: str, number: str, reason: Reason, rule: int | None, seconds: int, unused: str
) -> None:
    done = dial(OFFICE, keys)
    assert (done.number, done.reason, done.rule, done.seconds, done.unused) == (
        number,
        reason,
        rule,
        seconds,
        unused,
    )


def test_the_request_has_the_user_and_the_route_of_its_rule() -> None:
    assert dial(OFFICE, "201").request == "201;user=phone"
    assert dial(OFFICE, "112").route == "emergency"


def test_the_user_is_that_of_the_rule_that_wrote_the_number() -> None:
    rules = (Template("9.11", rewrite="1%1", user="ip", route="emergency"), Template("9011*"))
    done = dial(rules, "9011")
    assert (done.request, done.rule, done.rewriter, done.route) == ("10;user=ip", None, 0, "default")


def test_every_key_is_told_with_who_leads() -> None:
    told = [(one.typed, one.decision.best_rule, one.decision.complete) for one in dial(OFFICE, "201").keyed]
    assert told == [("", 0, False), ("2", 0, False), ("20", 0, False), ("201", 0, True)]


def test_an_empty_match_makes_a_hot_line_on_its_line_only() -> None:
    rules = (Template("2..", 0), Template("", 0, line=2, rewrite="911"))
    hot = dial(rules, "201", line=2)
    assert (hot.number, hot.rule, hot.unused, hot.typed) == ("911", 1, "201", "")
    assert dial(rules, "201", line=1).number == "201"


def test_an_empty_match_with_a_timeout_makes_a_warm_line_that_a_key_cools() -> None:
    rules = (Template("", 4, rewrite="911"), Template("20", 0))
    assert (dial(rules, "").number, dial(rules, "").seconds) == ("911", 4)
    assert dial(rules, "20").number == "20"


def test_an_empty_match_without_a_rewrite_dials_nothing() -> None:
    assert dial((Template("", 0),), "").reason == "nothing"


def test_without_rules_the_phone_waits_ten_seconds() -> None:
    assert (dial((), "201").number, dial((), "201").seconds) == ("201", 10)


@given(
    st.lists(st.builds(Template, match=st.text("12.*,#", max_size=4), timeout=st.integers(0, 1)), max_size=4),
    st.text("12*#+", max_size=8),
)
def test_every_key_is_either_told_or_too_late_or_the_hash_that_dials(
    rules: list[Template], keys: str
) -> None:
    done = dial(rules, keys)
    rest = keys.removeprefix(done.typed)
    assert rest in (done.unused, f"#{done.unused}")
    assert [one.typed for one in done.keyed] == [done.typed[:length] for length in range(len(done.typed) + 1)]
