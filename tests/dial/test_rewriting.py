"""REWRITE and USER, by the examples of Cisco's guide and of P-DIAL-16 to P-DIAL-18."""

import pytest

from ringup.dial.pattern import Template
from ringup.dial.rewriting import LONGEST_NUMBER, groups, number_of_groups, rewritten, with_user


@pytest.mark.parametrize(
    ("rewrite", "number"),
    [
        ("XYZ....", "XYZ1234"),
        ("919%1%2%3", "91912345678"),
        ("AB...X%1X..", "AB123X12X45"),
        ("x%4%5", "x"),
        ("%s", "ab12cd34ef5678"),
        ("%0", "ab12cd34ef5678"),
        ("%%%.%x%", "%.x"),
        ("%6", "6"),
        ("", "ab12cd34ef5678"),
        (".........", "12345678"),
    ],
)
def test_the_guides_examples_of_rewriting_come_out(rewrite: str, number: str) -> None:
    assert rewritten(Template("ab..cd..ef*", rewrite=rewrite), "ab12cd34ef5678") == number


@pytest.mark.parametrize(
    ("match", "typed", "found"),
    [
        ("9...", "9123", ["123"]),
        ("9.,..", "9123", ["1", "23"]),
        ("9...", "91*3", ["1", "*3"]),
        ("9..*", "9+12345", ["+1", "2345"]),
        ("9..*", "9++2345", ["+", "+", "2345"]),
        (r"9.\..", "91.2", ["1", "2"]),
        ("**", "12*34", ["12", "*34"]),
        # All digits of a sixth group but the first lengthen the fifth group, which then contains the digits
        # that follow it.
        (".1.2.3.4.5.", "01020304050", ["0", "0", "0", "0", "0"]),
        (".1.2.3.4.5...", "0102030405678", ["0", "0", "0", "0", "056"]),
        (".1.2.3.4.5*", "0102030405678", ["0", "0", "0", "0", "056"]),
    ],
)
def test_a_group_is_a_run_of_digits_or_a_star(match: str, typed: str, found: list[str]) -> None:
    assert groups(match, typed) == found


@pytest.mark.parametrize(("match", "number"), [("911", 0), (".1.2.3.4.5.6.", 7), ("1..*.", 3), ("1.,.", 2)])
def test_groups_are_counted_by_the_match(match: str, number: int) -> None:
    assert number_of_groups(match) == number


@pytest.mark.parametrize("rewrite", ["%", ".", "%1"])
def test_a_rewrite_that_writes_nothing_dials_as_entered(rewrite: str) -> None:
    assert rewritten(Template("911", rewrite=rewrite), "911") == "911"


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
