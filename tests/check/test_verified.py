"""If Asterisk differs from the site in many ways, the differences are counted."""

from ringup.check.rules import check
from ringup.check.verified_rules import MOST_SHOWN
from ringup.finding import ERROR
from tests.check.cases import but, difference


def test_of_many_differences_some_are_shown_and_the_rest_is_counted() -> None:
    differences = tuple(difference("secret", ERROR, f"20{number}") for number in range(MOST_SHOWN + 2))
    [result] = [each for each in check(but(verified=differences)) if each.code == "pbx-verify"]
    assert len(result.found) == MOST_SHOWN + 1
    assert str(result.found[-1][1]) == "2 more differences. See them all: ringup pbx verify"
