"""Rules and a PBX's patterns are merged into one template, and sample numbers check it."""

from collections.abc import Iterator
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.asterisk_pattern import parse
from ringup.dial.merge import SAMPLES, RequiredPattern, disagreements, merge
from ringup.dial.pattern import Template

CATCH_ALL = Template("*", 5)


def wanted(*texts: str) -> list[RequiredPattern]:
    """Return extensions of line 1, 2, ... of a file."""
    found = []
    for line, text in enumerate(texts, 1):
        pattern = parse(text)
        assert pattern is not None
        found.append(RequiredPattern(pattern, f"extensions.conf:{line}"))
    return found


def merged(*texts: str, base: tuple[Template, ...] = (CATCH_ALL,)) -> list[tuple[str, int]]:
    """Return MATCH and TIMEOUT of each rule."""
    return [(rule.match, rule.timeout) for rule in merge(base, wanted(*texts), 5).templates]


def numbers() -> Iterator[int]:
    """Yield integers that look random enough."""
    return (index * 48_271 % 2_147_483_647 for index in count(1))


def test_what_nothing_can_follow_dials_at_once() -> None:
    assert merged("_2XX", "_9X.") == [("2..", 0), ("9.*", 5), ("*", 5)]


def test_what_could_go_on_waits() -> None:
    assert merged("_2XX", "_2XXX") == [("2..", 5), ("2...", 0), ("*", 5)]


def test_the_operators_own_rule_waits_too_and_it_is_said() -> None:
    made = merge((Template("2..", 0), CATCH_ALL), wanted("_2XXX"), 5)
    assert [(rule.match, rule.timeout) for rule in made.templates] == [("2..", 5), ("2...", 0), ("*", 5)]
    assert made.remarks == ("2.. waits 5 s: 2000 could follow",)


def test_an_emergency_rule_is_left_as_it_is() -> None:
    base = (Template("112", 0, route="emergency"), CATCH_ALL)
    assert merged("_1XXX", base=base) == [("112", 0), ("1...", 0), ("*", 5)]


def test_what_a_rule_dials_already_is_not_added() -> None:
    base = (Template("2..", 0), Template("9,*", 5), CATCH_ALL)
    assert merged("201", "_2XX", "_9.", base=base) == [("2..", 0), ("9,*", 5), ("*", 5)]


def test_a_pattern_that_a_rule_of_ours_dials_after_the_same_wait_adds_nothing() -> None:
    base = (Template("9,*", 5), CATCH_ALL)
    made = merge(base, wanted("_9NXXNXXXXXX"), 5)
    assert (made.templates, made.remarks) == (base, ())


def test_what_the_operators_rule_rewrites_stays_so_and_is_told() -> None:
    base = (Template("2..", 0, rewrite="9%s"), CATCH_ALL)
    takes = wanted("201", "_20X")
    assert merge(base, takes, 5).templates == base
    assert len(disagreements(base, takes, numbers())[1]) == SAMPLES


def test_many_extensions_that_begin_alike_become_one_template() -> None:
    made = merge((), wanted("401", "402", "403", "501", "*97"), 5)
    assert [rule.match for rule in made.templates] == ["4..", "501", r"\*97"]
    assert made.remarks == ("3 extensions such as 401 put together as 4..",)


def test_what_is_widened_or_spelt_out_is_said_with_its_line() -> None:
    assert merge((), wanted("_[23]XX"), 5).remarks == (
        "extensions.conf:1: _[23]XX: [23] spelt out, 2 templates",
    )


def test_a_template_that_cuts_a_number_short_is_proved_wrong() -> None:
    one = wanted("_2XXX")
    tried, wrong = disagreements((Template("2..", 0),), one, numbers())
    assert tried == len(wrong) == SAMPLES
    assert wrong[0].dialling.unused
    assert str(wrong[0]).startswith(f"_2XXX (extensions.conf:1) takes {wrong[0].number}; the phone dials 2")


def test_a_template_that_rewrites_a_number_is_proved_wrong() -> None:
    tried, wrong = disagreements((Template("2..", 0, rewrite="9%s"),), wanted("201"), numbers())
    assert (tried, len(wrong)) == (SAMPLES, SAMPLES)
    assert str(wrong[0]) == "201 (extensions.conf:1) takes 201; the phone dials 9201"


def test_without_patterns_nothing_is_tried() -> None:
    assert disagreements((), [], numbers()) == (0, [])


@given(
    st.lists(
        st.from_regex(r"_([XNZ0-9*]|\[[0-9]{1,3}\]){1,6}[.!]?", fullmatch=True)
        | st.text("0123456789*", min_size=1, max_size=5),
        max_size=8,
    )
)
def test_whatever_a_pbx_takes_is_dialled_as_it_is(texts: list[str]) -> None:
    takes = wanted(*texts)
    tried, wrong = disagreements(merge((CATCH_ALL,), takes, 5).templates, takes, numbers())
    assert wrong == []
    assert tried >= SAMPLES or not takes
