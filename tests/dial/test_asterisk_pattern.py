"""Asterisk's patterns: matching, sample numbers, and the phone's templates for them."""

from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ringup.dial.asterisk_pattern import (
    MOST_TEMPLATES,
    is_dialled,
    matches,
    parse,
    sample,
    to_templates,
)
from ringup.dial.pattern import KEYS, fit

patterns = st.from_regex(r"_([XNZxnz0-9*#+-]|\[[0-9]{1,3}\]|\[[1-4]-[5-8]\]){1,6}[.!]?", fullmatch=True)
integers = st.lists(st.integers(0, 2**31), min_size=20, max_size=20)


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        ("201", ["201"], ["20", "2011", "202"]),
        ("_NXXNXXXXXX", ["2125551212"], ["1125551212", "212555121", "21255512123"]),
        ("_9X.", ["912", "9123456", "91*"], ["91", "9", "812"]),
        ("_[2-5]XX", ["201", "599"], ["199", "601", "20"]),
        ("_2!", ["2", "23", "2345"], ["", "3"]),
        ("_.", ["1", "s"], [""]),
        ("_Z", ["1", "9"], ["0"]),
        ("_[15-7]1", ["11", "51", "61", "71"], ["21", "41", "81"]),
        ("_[*#]1", ["*1", "#1"], ["11"]),
        ("_nxx-xxxx", ["555-0100".replace("-", "")], ["1550100"]),
        ("_2.ignored", ["21"], ["2"]),
        ("*97", ["*97"], ["197"]),
    ],
)
def test_a_pattern_takes_what_asterisk_takes(text: str, taken: list[str], refused: list[str]) -> None:
    pattern = parse(text)
    assert pattern is not None
    assert [matches(pattern, number) for number in taken] == [True] * len(taken)
    assert [matches(pattern, number) for number in refused] == [False] * len(refused)


@pytest.mark.parametrize("text", ["", "_", "_-", "_[", "_[1", "_[]", "_[5-2]"])
def test_what_asterisk_cannot_read_is_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "templates", "note"),
    [
        ("201", ("201",), ""),
        ("*97", (r"\*97",), ""),
        ("_2XX", ("2..",), ""),
        ("_9X.", ("9.*",), ""),
        ("_*8X!", (r"\*8.", r"\*8.*"), ""),
        ("_.", ("*",), ""),
        ("_!", ("*",), ""),
        ("_[2-5]XX", ("2..", "3..", "4..", "5.."), "[2345] spelt out, 4 templates"),
        ("_NXXN", tuple(f"{digit}..." for digit in "23456789"),
         "N spelt out, 8 templates; N further on widened to any digit"),
        ("_[34]![12]", ("3", "3*", "4", "4*"), "[34] spelt out, 4 templates"),
        ("_9[#1]", ("9#", "91"), "[#1] spelt out, 2 templates"),
        ("s", (), "a phone cannot dial it"),
        ("_[ab]1", (), "a phone cannot dial it"),
        ("1" * 64, (), "a MATCH has 63 characters at most"),
    ],
)  # fmt: skip
def test_a_pattern_becomes_these_templates(text: str, templates: tuple[str, ...], note: str) -> None:
    pattern = parse(text)
    assert pattern is not None
    converted = to_templates(pattern)
    assert (converted.matches, converted.note) == (templates, note)


def test_without_room_a_class_is_widened() -> None:
    pattern = parse("_N1")
    assert pattern is not None
    assert to_templates(pattern, most=7).matches == (".1",)
    assert to_templates(pattern, most=7).note == "N widened to any digit"


def test_a_sample_of_what_no_key_gives_is_refused() -> None:
    pattern = parse("fax")
    assert pattern is not None
    assert not is_dialled(pattern)
    with pytest.raises(ValueError, match="no key gives"):
        sample(pattern, count())


@given(patterns, integers)
def test_every_sample_is_matched_by_the_pattern_and_by_a_template(text: str, numbers: list[int]) -> None:
    pattern = parse(text)
    assume(pattern is not None)
    assert pattern is not None
    number = sample(pattern, iter(numbers))
    assert matches(pattern, number)
    fits = [fit(match, number) for match in to_templates(pattern).matches]
    assert any(one is not None and one.complete for one in fits)


@given(patterns, st.text(KEYS, max_size=8))
def test_templates_that_were_not_widened_take_no_more_than_the_pattern(text: str, number: str) -> None:
    pattern = parse(text)
    assume(pattern is not None)
    assert pattern is not None
    converted = to_templates(pattern)
    # A dot accepts a star and a plus too, but X is only a digit. No pattern of digits needs more.
    if "widened" not in converted.note and number.isdecimal():
        taken = any(one is not None and one.complete for one in (fit(m, number) for m in converted.matches))
        assert taken == matches(pattern, number)


@given(patterns)
def test_a_pattern_is_not_spelt_out_into_more_than_it_may_be(text: str) -> None:
    pattern = parse(text)
    assume(pattern is not None)
    assert pattern is not None
    assert len(to_templates(pattern).matches) <= MOST_TEMPLATES


@given(st.text(max_size=20) | st.text("_XNZ[]-.!129*#", max_size=12).map(lambda text: f"_{text}"))
def test_arbitrary_text_never_raises(text: str) -> None:
    if (pattern := parse(text)) is not None:
        matches(pattern, "201")
        if is_dialled(pattern):
            assert matches(pattern, sample(pattern, count()))
        assert to_templates(pattern).matches or to_templates(pattern).note
