"""The dial template, rule by rule (P-DIAL-1 to P-DIAL-20), and the keypad that applies it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.behaviour import HashKey
from ringup.emulator.sip import dial_plan
from ringup.emulator.sip.dial_file import DialPlan, TemplateEntry, read
from ringup.emulator.sip.dial_plan import match
from ringup.emulator.sip.keypad import KEY_PAUSE, OFF_HOOK, Dialled, Keypad


def plan(*entries: str) -> DialPlan:
    """Return rules from texts like `2..` or `2.. TIMEOUT="0"`: the MATCH, then further attributes."""
    texts = (entry.partition(" ") for entry in entries)
    templates = "".join(f'<TEMPLATE MATCH="{pattern}" {rest}/>' for pattern, _, rest in texts)
    made = read(f"<DIALTEMPLATE>{templates}</DIALTEMPLATE>".encode())
    assert made.errors == 0
    return made


def chosen(digits: str, *entries: str) -> str | None:
    """Return the MATCH of the rule by which the digits would be dialled."""
    decision = match(plan(*entries), digits)
    return decision.rule.match if decision.rule and decision.complete else None


def rewritten(pattern: str, rewrite: str, digits: str) -> str:
    return match(plan(f'{pattern} REWRITE="{rewrite}"'), digits).number


patterns = st.text("0123.*,\\#+aX", max_size=12)
typed = st.text("0123456789*#+", max_size=12)


@given(st.lists(st.tuples(patterns, st.text("0%s15.x", max_size=8)), max_size=5), typed)
def test_arbitrary_rules_never_raise(rules: list[tuple[str, str]], digits: str) -> None:
    made = DialPlan(tuple(TemplateEntry(pattern, rewrite=rewrite) for pattern, rewrite in rules))
    assert match(made, digits).timeout == 10.0
    dial_plan.is_literal_hash(made, digits)


# --- matching ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "digits", "complete"),
    [
        ("201", "201", True),
        ("201", "20", False),
        ("201", "2011", False),
        ("2..", "2*+", True),
        ("2..", "2#1", False),
        ("*", "1", True),
        ("*", "", False),
        ("*", "1#2", False),
        ("9*", "9", False),
        ("9*", "912345678901234567890", True),
        ("*5", "12345", True),
        ("9,*", "91", True),
        ("9,,,1", "91", True),
        (",", "", False),
        ("9,", "9", False),
        ("9,", "91", False),
        ("2*,", "21", False),
        ("9,1,", "91", False),
        ("8*.", "8123", False),
        ("8*.5", "81235", False),
        ("8*,5", "81235", False),
        ("8*5.", "81256", True),
        ("8**", "812", False),
        ("8**", "81*2", True),
        ("8*\\*2", "81*2", True),
        ("*\\", "12", False),
        ("\\*97", "*97", True),
        ("\\*97", "197", False),
        ("\\.", ".", True),
        ("1\\", "1\\", True),
        ("1#", "1#", True),
        ("2XX", "201", False),
        ("[2-9].", "21", False),
        ("2!", "21", False),
        ("2XX", "2XX", True),
    ],
)
def test_a_pattern_matches_what_the_guide_says(pattern: str, digits: str, complete: bool) -> None:
    assert (chosen(digits, pattern) == pattern) is complete


@pytest.mark.parametrize(
    ("digits", "entries", "winner"),
    [
        ("201", ("2..", "20."), "20."),
        ("201", ("20.", "2.."), "20."),
        ("201", ("2..", "2..", "..."), "2.."),
        ("12", ("1.", ".2"), "1."),
        ("12", (".2", "1."), ".2"),
        ("91", ("9*", "9."), "9."),
        ("91", ("9.", "9*"), "9."),
        ("912", ("9.", "9*"), "9*"),
        ("91", ("*", "9*"), "9*"),
        ("91", ("9*", "*"), "9*"),
        ("12", ("*", ".."), ".."),
        ("12", ("...", "*"), "*"),
        ("12", ("*", "..."), None),
        ("92", ("9..", "9*", "9."), "9."),
        ("12", ("3..", "*"), "*"),
        ("9011", ("9.11", "9011*"), None),
        ("90114", ("9.11", "9011*"), "9011*"),
        ("9111", ("9.11", "9011*"), "9.11"),
    ],
)
def test_more_literals_win_then_the_better_class_then_the_first(
    digits: str, entries: tuple[str, ...], winner: str | None
) -> None:
    assert chosen(digits, *entries) == winner


def test_on_a_tie_the_first_rule_wins() -> None:
    decision = match(plan('2.. REWRITE="first"', '2.. REWRITE="second"'), "201")
    assert decision.number == "first"


def test_a_rule_for_a_line_counts_only_there() -> None:
    made = plan('2.. LINE="2"')
    assert match(made, "201", line=1).rule is None
    assert match(made, "201", line=2).complete
    assert not dial_plan.is_literal_hash(plan('1# LINE="2"'), "1", line=1)


def test_the_timeout_is_the_complete_rules_or_the_default() -> None:
    made = plan('2.. TIMEOUT="0"', '30* TIMEOUT="4"')
    assert [match(made, digits).timeout for digits in ("2", "201", "30", "301")] == [10.0, 0.0, 10.0, 4.0]


@pytest.mark.parametrize(
    ("rewrite", "number"),
    [
        ("XYZ....", "XYZ1234"),
        ("919%1%2%3", "91912345678"),
        ("AB...X%1X..", "AB123X12X45"),
        ("x%4%5", "x"),
        ("%4%5", "ab12cd34ef5678"),
        ("%s", "ab12cd34ef5678"),
        ("%0", "ab12cd34ef5678"),
        ("%%%.%x%", "%.x"),
        ("", "ab12cd34ef5678"),
        (".........", "12345678"),
    ],
)
def test_the_guides_examples_of_rewriting_come_out(rewrite: str, number: str) -> None:
    assert rewritten("ab..cd..ef*", rewrite, "ab12cd34ef5678") == number


@pytest.mark.parametrize(
    ("pattern", "digits", "number"),
    [
        ("0..", "012", "12"),
        ("0.,.", "012", "1/2"),
        ("0..", "0*1", "*1"),
        ("0..", "01*", "1/*"),
        ("0.*", "0123", "1/23"),
        ("0*.", "012", "012"),
        ("00.1.1.1...", "003141516+7", "3/4/5/6/+7"),
        (".0.0.0.0.0..", "103050709012", "1/3/5/7/90"),
        (".0.0.0.0.0*2", "103050709019992", "1/3/5/7/9019"),
    ],
)
def test_a_group_is_a_run_and_past_the_fifth_only_its_length_counts(
    pattern: str, digits: str, number: str
) -> None:
    assert rewritten(pattern, "%1/%2/%3/%4/%5", digits).rstrip("/") == number


@pytest.mark.parametrize(
    ("digits", "number", "user"),
    [("70", "70", None), ("701", "x0", "ip"), ("7013", "7013", None), ("70139", "70139", "")],
)
def test_a_rule_that_lost_its_lead_has_written_the_number(digits: str, number: str, user: str | None) -> None:
    made = plan('7.1 REWRITE="x%1" USER="IP"', "701.9")
    decision = match(made, digits)
    assert (decision.number, decision.rewriter and decision.rewriter.user) == (number, user)


# --- the keypad -------------------------------------------------------------------------------------------


def keyed(
    keys: str, *entries: str, until: float = 60.0, hash_key: HashKey = HashKey.DIALS
) -> tuple[float, Dialled] | None:
    """Return when the phone dials, and which number."""
    keypad = Keypad(plan(*entries), 1, keys, 0.0, hash_key)
    while (due := keypad.wake_at) is not None and due <= until:
        if dialled := keypad.wake(due):
            return round(due, 6), dialled
    return None


def test_a_rule_without_timeout_dials_with_its_last_digit() -> None:
    assert keyed("201", '2.. TIMEOUT="0"') == (0.6, Dialled("201", "2..", "201"))


def test_a_rule_with_a_timeout_waits_for_it_after_each_digit() -> None:
    dialled = Dialled("9123", "9,*", "9123", "ip", "emergency")
    assert keyed("9123", '9,* TIMEOUT="5" USER="IP" ROUTE="emergency"') == (4 * KEY_PAUSE + 5, dialled)


def test_without_a_complete_rule_the_phone_waits_ten_seconds() -> None:
    assert keyed("20", "2..") == (2 * KEY_PAUSE + 10, Dialled("20", "timeout", "20"))
    assert keyed("20") == (2 * KEY_PAUSE + 10, Dialled("20", "timeout", "20"))


def test_the_hash_key_dials_now() -> None:
    assert keyed("20#1", "2..") == (0.6, Dialled("20", "#", "20"))


def test_the_hash_key_of_the_other_guess_leaves_a_complete_rule_its_timeout() -> None:
    rule = '20* TIMEOUT="5"'
    assert keyed("201#", rule) == (0.8, Dialled("201", "#", "201"))
    assert keyed("201#", rule, hash_key=HashKey.WAITS) == (0.8 + 5, Dialled("201", "20*", "201"))


def test_the_hash_key_of_the_other_guess_waits_ten_seconds_for_a_rule_that_is_incomplete() -> None:
    assert keyed("20#", "2..", hash_key=HashKey.WAITS) == (0.6 + 10, Dialled("20", "timeout", "20"))


def test_the_hash_key_of_the_other_guess_dials_where_no_rule_fits() -> None:
    assert keyed("30#", "2..", hash_key=HashKey.WAITS) == (0.6, Dialled("30", "#", "30"))
    assert keyed("30#", hash_key=HashKey.WAITS) == (0.6, Dialled("30", "#", "30"))


def test_a_hash_that_a_rule_names_is_a_digit() -> None:
    assert keyed("1#2", '1#. TIMEOUT="0"') == (0.6, Dialled("1#2", "1#.", "1#2"))


def test_a_star_never_swallows_the_hash() -> None:
    assert keyed("12#", "*") == (0.6, Dialled("12", "#", "12"))


def test_an_empty_match_makes_a_hot_or_a_warm_line() -> None:
    assert keyed("", ' TIMEOUT="0" REWRITE="911"') == (0.0, Dialled("911", "", ""))
    assert keyed("", ' TIMEOUT="4" REWRITE="911"') == (4.0, Dialled("911", "", ""))


def test_the_user_is_that_of_the_rule_that_wrote_the_number() -> None:
    dialled = keyed("701", '7.1 REWRITE="x%1" USER="IP" ROUTE="emergency"', "701.9")
    assert dialled == (3 * KEY_PAUSE + 10, Dialled("x0", "timeout", "701", "ip"))


def test_a_digit_in_time_cools_a_warm_line() -> None:
    found = keyed("20", ' TIMEOUT="4" REWRITE="911"', '20 TIMEOUT="0"')
    assert found == (2 * KEY_PAUSE, Dialled("20", "20", "20"))


@pytest.mark.parametrize(("keys", "at"), [("", OFF_HOOK), ("#", KEY_PAUSE + OFF_HOOK)])
def test_without_a_number_the_phone_goes_on_hook(keys: str, at: float) -> None:
    keypad = Keypad(DialPlan(), 1, keys, 0.0)
    on_hook = []
    for now in (at - 0.01, at):
        assert keypad.wake(now) is None
        on_hook.append(keypad.on_hook)
    assert on_hook == [False, True]
    assert keypad.wake_at is None


@given(st.lists(patterns, max_size=4), typed)
def test_every_number_is_let_go_in_the_end(rules: list[str], keys: str) -> None:
    keypad = Keypad(DialPlan(tuple(TemplateEntry(pattern) for pattern in rules)), 1, keys, 0.0)
    dialled = None
    while dialled is None and (due := keypad.wake_at) is not None:
        dialled = keypad.wake(due)
    assert dialled is not None or keypad.on_hook
