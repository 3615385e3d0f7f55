"""The common form of faults in a file."""

import pytest

from ringup.finding import ERROR, NOTE, ORDER, WARNING, Finding, Location, Severity

FINDING = Finding("C101", WARNING, Location("a/SIPDefault.cnf", 7), "This is wrong.", "Write that.")


def test_a_line_says_where_how_bad_which_rule_what_and_what_to_do() -> None:
    assert str(FINDING) == "a/SIPDefault.cnf:7: warning C101 This is wrong. Write that."


def test_as_a_problem_it_has_its_place_its_fact_and_its_cure() -> None:
    problem = FINDING.problem
    assert (problem.where, problem.what, problem.cure) == (
        "a/SIPDefault.cnf:7",
        "This is wrong.",
        "Write that.",
    )


def test_the_file_may_be_told_later_than_the_line() -> None:
    found = Finding("D101", ERROR, Location(line=3), "x", "y").in_file("-")
    assert (found.where.file, found.where.line, found.code, found.severity) == ("-", 3, "D101", ERROR)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Location("x.cnf", 12), "x.cnf:12"),
        (Location("x.cnf"), "x.cnf"),
    ],
)
def test_a_file_as_a_whole_has_no_line(where: Location, text: str) -> None:
    assert str(where) == text


def test_places_are_in_the_order_of_the_files_then_of_the_lines() -> None:
    places = [Location("b", 1), Location("a", 20), Location("a", 3)]
    assert [str(place) for place in sorted(places)] == ["a:3", "a:20", "b:1"]


def test_severities_go_from_the_worst_and_every_one_has_its_rank() -> None:
    assert [str(severity) for severity in ORDER] == ["error", "warning", "note"]
    assert set(ORDER) == set(Severity)
    assert NOTE is Severity("note")
