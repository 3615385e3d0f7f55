"""Lists are searched, filtered, sorted and paged by the parameters of their address."""

import csv
from io import StringIO
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.web.listing import ListColumn, listing


class Person(NamedTuple):
    name: str
    age: int
    tags: tuple[str, ...] = ()


PEOPLE = [
    Person("Anna", 31, ("cook", "pilot")),
    Person("bert", 201),
    Person("Carl", 99, ("cook",)),
    Person("=1+1", 5),
]
COLUMNS = (
    ListColumn[Person]("name", "Name", lambda person: person.name),
    ListColumn[Person]("age", "Age", lambda person: str(person.age)),
    ListColumn[Person]("tags", "Tags", lambda person: person.tags, is_filter=True),
)


def names(*query: tuple[str, str]) -> list[str]:
    return [person.name for person in listing(PEOPLE, COLUMNS, "/people", query).rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ((), ["Anna", "bert", "Carl", "=1+1"]),
        ((("search", "AN"),), ["Anna"]),
        ((("search", "cook carl"),), ["Carl"]),
        ((("tags", "cook"),), ["Anna", "Carl"]),
        ((("tags", "coo"),), []),
        ((("sort", "age"),), ["=1+1", "Anna", "Carl", "bert"]),
        ((("sort", "-name"),), ["Carl", "bert", "Anna", "=1+1"]),
        ((("sort", "unknown"),), ["Anna", "bert", "Carl", "=1+1"]),
        ((("size", "2"), ("page", "2")), ["Carl", "=1+1"]),
        ((("size", "2"), ("page", "77")), ["Carl", "=1+1"]),
        ((("page", "-1"), ("size", "x")), ["Anna", "bert", "Carl", "=1+1"]),
    ],
)
def test_parameters_choose_the_rows(query: tuple[tuple[str, str], ...], expected: list[str]) -> None:
    assert names(*query) == expected


def test_a_filter_counts_the_rows_that_each_value_would_show() -> None:
    found = listing(PEOPLE, COLUMNS, "/people", [("search", "a")])
    assert [(each.value, each.rows) for each in found.choices["tags"]] == [("cook", 2), ("pilot", 1)]


def test_addresses_keep_the_other_parameters_and_leave_the_page() -> None:
    found = listing(PEOPLE, COLUMNS, "/people", [("search", "a b"), ("page", "2"), ("sort", "name")])
    assert found.sorted_by("name") == "/people?search=a+b&sort=-name"
    assert found.sorted_by("age") == "/people?search=a+b&sort=age"
    assert found.with_parameters(".csv") == "/people.csv?search=a+b&sort=name"
    assert listing(PEOPLE, COLUMNS, "/", []).with_parameters(".json") == "/index.json"


def test_csv_has_all_pages_and_no_formulas() -> None:
    text = listing(PEOPLE, COLUMNS, "/people", [("size", "1")]).csv()
    assert list(csv.reader(StringIO(text)))[1:] == [
        ["Anna", "31", "cook pilot"], ["bert", "201", ""], ["Carl", "99", "cook"], ["'=1+1", "5", ""],
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["search", "sort", "page", "size", "tags", "?"]), st.text())))
def test_no_parameters_raise_or_invent_rows(query: list[tuple[str, str]]) -> None:
    found = listing(PEOPLE, COLUMNS, "/people", query)
    assert set(found.rows) <= set(PEOPLE)
    assert 1 <= found.page <= found.pages
    assert found.with_parameters(sort="name").startswith("/people")
