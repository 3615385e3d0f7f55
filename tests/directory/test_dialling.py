"""Outside numbers: the prefix, the country, and numbers that stay unchanged."""

import pytest

from ringup.directory.entry import Entry
from ringup.directory.numbers import MOST, dialled, from_country

ADA, BOB = Entry("Ada", "201"), Entry("Bob", "+49301234567")


def numbers(country: str, prefix: str = "9") -> list[str]:
    found = dialled([ADA, BOB], prefix, frozenset({"201"}), country)
    return [entry.number for entry in found]


@pytest.mark.parametrize(
    ("country", "outside"), [("", "9+49301234567"), ("DE", "90301234567"), ("FR", "90049301234567"),
                             ("US", "901149301234567")],
)  # fmt: skip
def test_an_extension_stays_and_an_outside_number_is_dialled_from_the_country(
    country: str, outside: str
) -> None:
    assert numbers(country) == ["201", outside]


def test_without_a_prefix_every_number_is_dialled_alone() -> None:
    assert numbers("DE", "") == ["201", "0301234567"]


@pytest.mark.parametrize("number", ["*21", "12", "#", "0" * 30, "+"])
def test_what_is_no_public_number_stays(number: str) -> None:
    assert from_country(number, "DE") == number


def test_a_number_that_does_not_fit_is_left_out() -> None:
    too_long = Entry("Far", "1" * MOST)
    assert list(dialled([too_long], "9", frozenset())) == []
    assert len(list(dialled([too_long], "", frozenset()))) == 1
