"""The decision of all rules together, by P-DIAL-10 to P-DIAL-22."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.decision import Decision, decide, takes_hash
from ringup.dial.pattern import DEFAULT_TIMEOUT, KEYS, Template, fit

matches = st.text("0129.*,\\#+aX", max_size=8)
keys = st.text("0129*#+aX", max_size=9)


def plain(*texts: str) -> tuple[Template, ...]:
    """Return rules that consist of a MATCH only."""
    return tuple(Template(text) for text in texts)


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
        # A star wins over an incomplete dot rule before it, but not over one after it.
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


def test_an_incomplete_best_rule_dials_what_was_typed() -> None:
    rules = (Template("9011*", rewrite="2"), Template("9.11", rewrite="1"))
    assert (decide(rules, "9011").number, decide(rules, "9011").rewriter) == ("9011", None)


@pytest.mark.parametrize(
    ("typed", "rewriter", "number"),
    [("9011", 0, "10"), ("90115", 1, "25"), ("9211", 0, "12"), ("901", None, "901")],
)
def test_a_rule_that_was_complete_before_the_best_rule_writes_the_number(
    typed: str, rewriter: int | None, number: str
) -> None:
    rules = (Template("9.11", rewrite="1%1"), Template("9011*", rewrite="2%1"))
    assert (decide(rules, typed).rewriter, decide(rules, typed).number) == (rewriter, number)


@pytest.mark.parametrize(
    ("typed", "tone"),
    [
        ("8", "Bellcore-Stutter"),
        ("81", "Cisco-Zip"),
        ("812", ""),
        ("9", "Bellcore-Outside"),
        ("91", "Bellcore-Outside"),
        ("912", ""),
        ("7", ""),
        ("6", "Bellcore-Outside"),
        ("5", "Bellcore-Outside"),
        ("4", ""),
    ],
)
def test_a_comma_gives_the_tone_of_its_place(typed: str, tone: str) -> None:
    rules = (
        Template("8,1,2", tones=("Bellcore-Stutter", "Cisco-Zip")),
        Template("9,,1,2", tones=("",)),
        Template("7"),
        Template("7,1"),
        Template("6,"),
        Template("5,1"),
        Template("*"),
        Template("4,1"),
        Template("4"),
    )
    assert decide(rules, typed).tone == tone


@pytest.mark.parametrize(
    ("match", "typed", "taken"),
    [("1#", "1", True), ("1#", "2", False), ("1.", "1", False), ("*", "12", False), ("*#5", "12", True)],
)
def test_a_hash_is_a_key_only_where_a_rule_names_it(match: str, typed: str, taken: bool) -> None:
    assert takes_hash(plain(match), typed) is taken
    assert not takes_hash((Template(match, line=2),), typed, line=1)


@given(st.lists(st.tuples(matches, st.text("%s0156.x", max_size=6)), max_size=5), keys)
def test_arbitrary_rules_and_keys_never_raise(rules: list[tuple[str, str]], typed: str) -> None:
    made = tuple(Template(match, rewrite=rewrite) for match, rewrite in rules)
    decision = decide(made, typed)
    assert decision.timeout == DEFAULT_TIMEOUT
    assert (decision.best_rule is None) == all(fit(rule.match, typed) is None for rule in made)


@given(st.text(KEYS, min_size=1, max_size=12))
def test_a_star_alone_takes_every_number_without_a_hash(typed: str) -> None:
    assert decide(plain("*"), typed).complete
