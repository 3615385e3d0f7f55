"""Listing: a list that can be searched, filtered, sorted and paged by the parameters of its address.

``?search=text&COLUMN=value&sort=-COLUMN&page=2`` names the same rows at any time, for a bookmark.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

Row = TypeVar("Row")

PAGE_SIZE = 100
"""Number of rows on one page."""
MOST_PAGE_SIZE = 1000
"""Largest page that `size` may ask for."""


@dataclass(frozen=True)
class ListColumn(Generic[Row]):
    """One column of a list."""

    key: str
    """The name in addresses, JSON and CSV."""
    title: str
    """The heading; empty: the page does not show the column."""
    value: Callable[[Row], Any]
    """Return the value of a row: text, a number, a tuple of texts, or None."""
    is_filter: bool = False
    """Whether ``?key=value`` shows only the rows with this value."""
    is_searched: bool = True
    """Whether `search` looks at it."""
    order: Callable[[Row], Any] | None = None
    """Return the value by which rows are sorted, if it is another one."""


class FilterValue(NamedTuple):
    """One value of a filter."""

    value: str
    rows: int
    """The number of rows that have it, after the search and all other filters."""


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """The rows that match the parameters, and what the page needs to change the parameters."""

    columns: Sequence[ListColumn[Row]]
    path: str
    query: Sequence[tuple[str, str]]
    matching: Sequence[Row]
    """All rows that match, in their order."""
    page: int
    size: int
    total: int
    """The number of rows before the search and the filters."""
    choices: Mapping[str, Sequence[FilterValue]]
    """For each filter its values."""

    @property
    def rows(self) -> Sequence[Row]:
        """Return the rows of this page."""
        return self.matching[(self.page - 1) * self.size : self.page * self.size]

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-len(self.matching) // self.size))

    @property
    def search(self) -> str:
        """Return the searched text."""
        return self.parameter("search")

    @property
    def sort(self) -> str:
        """Return the column that orders the rows, with ``-`` in front if the largest value is first."""
        return self.parameter("sort")

    def parameter(self, name: str) -> str:
        """Return the value of a parameter; empty if it is not given."""
        return next((value for key, value in self.query if key == name), "")

    def with_parameters(self, suffix: str = "", **changed: str) -> str:
        """Return this list's address with other parameters; an empty value removes the parameter.

        The suffix ``.csv`` or ``.json`` asks for the rows in that form.
        """
        removed = {*changed, "page"}
        query = [(key, value) for key, value in self.query if key not in removed]
        query += [(key, value) for key, value in changed.items() if value]
        path = f"/index{suffix}" if suffix and self.path == "/" else f"{self.path}{suffix}"
        return f"{path}?{urlencode(query)}" if query else path

    def sorted_by(self, key: str) -> str:
        """Return the address that sorts by this column, or turns the order round."""
        return self.with_parameters(sort=f"-{key}" if self.sort == key else key)

    def records(self, rows: Iterable[Row] | None = None) -> list[dict[str, Any]]:
        """Return the rows of this page, or the given rows, as JSON objects."""
        chosen = self.rows if rows is None else rows
        return [{column.key: column.value(row) for column in self.columns} for row in chosen]

    def csv(self) -> str:
        """Return all matching rows as CSV, with the keys in the first line.

        A text that a spreadsheet would take for a formula begins with an apostrophe.
        """
        written = StringIO()
        writer = csv.writer(written)
        writer.writerow([column.key for column in self.columns])
        writer.writerows([_cell(column.value(row)) for column in self.columns] for row in self.matching)
        return written.getvalue()


def listing(
    rows: Iterable[Row],
    columns: Sequence[ListColumn[Row]],
    path: str,
    query: Sequence[tuple[str, str]],
    *,
    size: int = PAGE_SIZE,
) -> Listing[Row]:
    """Search, filter, sort and page the rows as the parameters in `query` say; unknown ones have no effect.

    A parameter that is no number, or a column that does not exist, counts as not given.
    """
    everything = list(rows)
    given = dict(reversed(query))
    found = _searched(everything, columns, given.get("search", ""))
    filters = [column for column in columns if column.is_filter]
    choices = {column.key: _choices(found, column, filters, given) for column in filters}
    matching = [row for row in found if all(_fits(row, column, given) for column in filters)]
    _sort(matching, columns, given.get("sort", ""))
    size = min(_number(given.get("size", ""), size), MOST_PAGE_SIZE)
    last = max(1, -(-len(matching) // size))
    page = min(_number(given.get("page", ""), 1), last)
    return Listing(columns, path, query, matching, page, size, len(everything), choices)


def _searched(rows: list[Row], columns: Sequence[ListColumn[Row]], text: str) -> list[Row]:
    words = text.casefold().split()
    if not words:
        return rows
    searched = [column for column in columns if column.is_searched]
    return [row for row in rows if _contains(row, searched, words)]


def _contains(row: Row, columns: Sequence[ListColumn[Row]], words: Sequence[str]) -> bool:
    text = "\n".join(_cell(column.value(row)) for column in columns).casefold()
    return all(word in text for word in words)


def _choices(
    rows: Iterable[Row], column: ListColumn[Row], filters: Sequence[ListColumn[Row]], given: Mapping[str, str]
) -> list[FilterValue]:
    others = [each for each in filters if each is not column]
    counted = Counter(
        value for row in rows if all(_fits(row, each, given) for each in others)
        for value in _texts(column.value(row))
    )  # fmt: skip
    return [FilterValue(value, counted[value]) for value in sorted(counted)]


def _fits(row: Row, column: ListColumn[Row], given: Mapping[str, str]) -> bool:
    wanted = given.get(column.key, "")
    return not wanted or wanted in _texts(column.value(row))


def _sort(rows: list[Row], columns: Sequence[ListColumn[Row]], sort: str) -> None:
    for column in columns:
        if sort.removeprefix("-") == column.key:
            order = column.order or column.value
            rows.sort(key=lambda row: _sortable(order(row)), reverse=sort.startswith("-"))


def _sortable(value: Any) -> tuple[bool, float, str]:
    """Return a key that orders numbers before texts, and 99 before 201."""
    text = _cell(value)
    if isinstance(value, int | float):
        return False, float(value), ""
    if text.isascii() and text.isdecimal():
        return False, float(text[:300]), text
    return True, 0.0, text.casefold()


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, tuple | list) else [_cell(value)]


def _cell(value: Any) -> str:
    text = " ".join(_texts(value)) if isinstance(value, tuple | list) else "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "@", "\t") else text


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 9 and int(text) else default
