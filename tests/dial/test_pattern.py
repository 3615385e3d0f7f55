"""The phone's matcher, by the examples of Cisco's guide and of P-DIAL-1 to P-DIAL-20."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.pattern import (
    DEFAULT_TIMEOUT,
    KEYS,
    LONGEST_NUMBER,
    START,
    Class,
    Decision,
    Template,
    class_of,
    decide,
    fit,
    literals,
    number_of_groups,
    rewritten,
    step,
    takes_hash,
    with_user,
)

matches = st.text("0129.*,\\#+aX", max_size=8)
keys = st.text("0129*#+aX", max_size=9)


def plain(*texts: str) -> tuple[Template, ...]:
    """Rules of nothing but a MATCH."""
    return tuple(Template(text) for text in texts)


@pytest.mark.parametrize(
    ("match", "typed", "said"),
    [
        ("201", "201", (True, 3, Class.LITERAL)),
        ("201", "20", (False, 2, Class.LITERAL)),
        ("201", "2011", None),
        ("2..", "2*+", (True, 1, Class.DOTS)),
        ("2..", "2#1", None),
        ("2..", "2a1", None),
        ("*", "1", (True, 0, Class.STAR)),
        ("*", "", (False, 0, Class.LITERAL)),
        ("*", "1#2", None),
        ("9*", "9", (False, 1, Class.LITERAL)),
        ("9*", "912345678901234567890", (True, 1, Class.STAR)),
        ("*5", "12345", (True, 1, Class.STAR)),
        ("*5", "5", (False, 0, Class.STAR)),
        ("*5", "55", (True, 1, Class.STAR)),
        ("*#", "123#", (True, 1, Class.STAR)),
        ("9*.", "9123", (False, 1, Class.STAR)),
        ("9,,,1", "91", (True, 2, Class.LITERAL)),
        (r"\*97", "*97", (True, 3, Class.LITERAL)),
        (r"\*97", "197", None),
        (r"1\.", "1.", (True, 2, Class.LITERAL)),
        ("1\\", "1\\", (True, 2, Class.LITERAL)),
        ("1#", "1#", (True, 2, Class.LITERAL)),
        ("2XX", "201", None),
        ("[2-9].", "21", None),
        ("2!", "21", None),
    ],
)
def test_a_rule_fits_as_the_guide_says(match: str, typed: str, said: tuple[bool, int, Class] | None) -> None:
    one = fit(match, typed)
    assert (None if one is None else (one.complete, one.score, one.kind)) == said


@pytest.mark.parametrize(
    ("typed", "rules", "best_rule", "complete"),
    [
        ("201", ("2..", "20."), "20.", True),
        ("201", ("20.", "2.."), "20.", True),
        ("12", ("1.", ".2"), "1.", True),
        ("12", (".2", "1."), ".2", True),
        ("91", ("9*", "9."), "9.", True),
        ("91", ("9.", "9*"), "9.", True),
        ("912", ("9.", "9*"), "9*", True),
        ("12", ("*", ".."), "..", True),
        # A star is taken over an incomplete dot rule before it, and not over one behind it.
        ("12", ("...", "*"), "*", True),
        ("12", ("*", "..."), "...", False),
        ("92", ("9..", "9*", "9."), "9.", True),
        ("12", ("3..", "*"), "*", True),
        ("91", ("*", "9*"), "9*", True),
        ("9011", ("9.11", "9011*"), "9011*", False),
        ("9011", ("9011*", "9.11"), "9011*", False),
        ("90114", ("9.11", "9011*"), "9011*", True),
        ("9111", ("9.11", "9011*"), "9.11", True),
        ("94694210", ("*", "9......."), "9.......", True),
        ("9469421", ("*", "9......."), "9.......", False),
        ("2", ("2.", "2.."), "2.", False),
        ("25", ("2..", "2."), "2.", True),
        ("5", ("2.", "3."), None, False),
    ],
)
def test_more_literals_lead_then_the_better_class_then_the_first(
    typed: str, rules: tuple[str, ...], best_rule: str | None, complete: bool
) -> None:
    decision = decide(plain(*rules), typed)
    assert (decision.best_rule, decision.complete) == (best_rule and rules.index(best_rule), complete)


def test_on_a_tie_the_first_wins() -> None:
    assert decide(plain("2..", "2.."), "201").best_rule == 0


def test_a_rule_for_a_line_counts_only_there() -> None:
    rules = (Template("2..", line=2),)
    assert decide(rules, "201", line=1) == Decision(None, False, 0, DEFAULT_TIMEOUT, "201")
    assert decide(rules, "201", line=2).complete


def test_the_wait_is_the_complete_rules_and_ten_seconds_otherwise() -> None:
    rules = (Template("2..", 0), Template("30*", 4))
    assert [decide(rules, typed).timeout for typed in ("2", "201", "30", "301", "9")] == [10, 0, 10, 4, 10]


def test_an_incomplete_leader_dials_what_was_typed() -> None:
    rules = (Template("9.11", rewrite="1"), Template("9011*"))
    assert decide(rules, "9011").number == "9011"


@pytest.mark.parametrize(
    ("rewrite", "number"),
    [
        ("XYZ....", "XYZ1234"),
        ("919%1%2%3", "91912345678"),
        ("AB...X%1X..", "AB123X12X45"),
        ("%4%5", ""),
        ("%s", "ab12cd34ef5678"),
        ("%0", "ab12cd34ef5678"),
        ("%%%.%x%", "%.x%"),
        ("%6", "6"),
        ("", "ab12cd34ef5678"),
        (".........", "12345678"),
    ],
)
def test_the_guides_examples_of_rewriting_come_out(rewrite: str, number: str) -> None:
    assert rewritten(Template("ab..cd..ef*", rewrite=rewrite), "ab12cd34ef5678") == number


def test_the_fifth_group_swallows_the_rest() -> None:
    assert rewritten(Template(".1.2.3.4.5.6.", rewrite="%1-%5"), "0102030405060") == "0-000"
    assert (number_of_groups(".1.2.3.4.5.6."), number_of_groups("1..*."), number_of_groups("911")) == (
        7,
        3,
        0,
    )


def test_a_dial_string_ends_after_255_characters() -> None:
    assert len(rewritten(Template("*", rewrite="%s%s"), "1" * 200)) == LONGEST_NUMBER


@pytest.mark.parametrize(
    ("number", "user", "whole"),
    [
        ("201", "", "201"),
        ("201", "phone", "201;user=phone"),
        ("<sip:201@pbx>", "ip", "<sip:201@pbx;user=ip>"),
    ],
)
def test_the_user_goes_inside_a_final_bracket(number: str, user: str, whole: str) -> None:
    assert with_user(number, user) == whole


@pytest.mark.parametrize(
    ("match", "typed", "taken"),
    [("1#", "1", True), ("1#", "2", False), ("1.", "1", False), ("*", "12", False), ("*#5", "12", True)],
)
def test_a_hash_is_a_key_only_where_a_rule_names_it(match: str, typed: str, taken: bool) -> None:
    assert takes_hash(plain(match), typed) is taken
    assert not takes_hash((Template(match, line=2),), typed, line=1)


def test_the_literals_and_the_class_of_a_match() -> None:
    assert literals(r"9,\*1.*") == "9*1"
    assert [class_of(match) for match in ("", "1", "1.", ".*")] == [
        Class.LITERAL,
        Class.LITERAL,
        Class.DOTS,
        Class.STAR,
    ]


@given(matches, keys)
def test_a_rule_that_fits_a_number_fits_its_beginnings(match: str, typed: str) -> None:
    if fit(match, typed) is not None:
        assert all(fit(match, typed[:length]) for length in range(len(typed)))
    elif typed and fit(match, typed[:-1]) is None:
        assert fit(match, typed) is None


@given(st.text("0129.,", max_size=8), st.text("0129*+", min_size=8, max_size=8))
def test_a_rule_without_star_takes_its_own_digits_and_any_key_for_a_dot(match: str, fill: str) -> None:
    plain_match = match.replace(",", "")
    typed = "".join(key if want == "." else want for want, key in zip(plain_match, fill, strict=False))
    assert fit(match, typed) is not None
    assert fit(match, f"{typed}1") is None
    state = START
    for key in typed:
        after = step(match, state, key)
        assert after is not None
        state = after
    assert state.taken == len(plain_match)


@given(st.lists(st.tuples(matches, st.text("%s0156.x", max_size=6)), max_size=5), keys)
def test_arbitrary_rules_and_keys_never_raise(rules: list[tuple[str, str]], typed: str) -> None:
    made = tuple(Template(match, rewrite=rewrite) for match, rewrite in rules)
    decision = decide(made, typed)
    assert decision.timeout == DEFAULT_TIMEOUT
    assert (decision.best_rule is None) == all(fit(rule.match, typed) is None for rule in made)


@given(st.text(KEYS, min_size=1, max_size=12))
def test_a_star_alone_takes_every_number_without_a_hash(typed: str) -> None:
    assert decide(plain("*"), typed).complete
