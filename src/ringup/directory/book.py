"""Search the directory: by the beginnings of words, by the keys that spell them, or by a number's beginning.

Strategy: each index is one sorted list of texts with the places of their entries, so a beginning is a slice.
An entry is found if every word of the search begins one of its words.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ringup.directory.entry import Entry, joined
from ringup.directory.folding import keys, words

_AFTER = "\x7f"
"""Sorts after every text of an index."""


class _Beginnings:
    """The places of entries by the beginnings of their texts."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        ordered = sorted(set(pairs))
        self._texts = [text for text, _place in ordered]
        self._places = [place for _text, place in ordered]

    def find(self, beginning: str) -> set[int]:
        """Return the places of the entries of which a text begins so."""
        first = bisect_left(self._texts, beginning)
        last = bisect_left(self._texts, beginning + _AFTER)
        return set(self._places[first:last])


class Book:
    """All entries, and their indexes."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: Sequence[Entry] = joined(entries)
        spelt = [(word, place) for place, entry in enumerate(self.entries) for word in words(entry.name)]
        self._words = _Beginnings(spelt)
        self._keys = _Beginnings((keys(word), place) for word, place in spelt)
        self._numbers = _Beginnings((entry.number, place) for place, entry in enumerate(self.entries))

    def search(self, text: str) -> list[Entry]:
        """Return the entries that a text finds, by name; all of them for an empty text.

        Digits are a number's beginning, or the keys of a word: 2662 finds Anna. Several words may stand in
        any order.
        """
        if text.strip().isdigit():
            digits = text.strip()
            return self._at(self._keys.find(digits) | self._numbers.find(digits))
        wanted = words(text)
        if not wanted:
            return list(self.entries) if not text.strip() else []
        return self._at(set.intersection(*(self._words.find(word) for word in wanted)))

    def _at(self, places: set[int]) -> list[Entry]:
        return [self.entries[place] for place in sorted(places)]
