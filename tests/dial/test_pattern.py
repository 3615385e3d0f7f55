"""The phone's matcher, by the examples of Cisco's guide and of P-DIAL-6 to P-DIAL-22."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.dial.pattern import START, Class, class_of, ends_in_comma, fit, keys_named, literals, step

matches = st.text("0129.*,\\#+aX", max_size=8)
keys = st.text("0129*#+aX", max_size=9)


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
        ("*.", "12", (False, 0, Class.STAR)),
        ("*.5", "125", (False, 0, Class.STAR)),
        ("*,5", "125", (False, 0, Class.STAR)),
        ("**", "1*2", (True, 0, Class.STAR)),
        ("**", "12", (False, 0, Class.STAR)),
        (r"*\*1", "12*1", (True, 2, Class.STAR)),
        ("*\\", "12", (False, 0, Class.STAR)),
        ("9,", "9", (False, 1, Class.LITERAL)),
        ("9.,", "91", (False, 1, Class.DOTS)),
        ("*,", "91", (False, 0, Class.STAR)),
        ("9,", "91", None),
        (r"9\,", "9,", (True, 2, Class.LITERAL)),
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


def test_the_keys_that_matter_to_a_match_are_its_literals_and_the_ends_of_its_stars() -> None:
    assert keys_named(r"9,*5.\#") == {"9", "5", "#"}
    assert keys_named("**1") == {"*", "1"}


@pytest.mark.parametrize(
    ("match", "ends"),
    [("", False), (",", True), ("9,", True), ("9,,", True), ("9,1", False), (r"9\,", False), ("9,1,", True)],
)
def test_a_comma_at_the_end_is_found(match: str, ends: bool) -> None:
    assert ends_in_comma(match) is ends
