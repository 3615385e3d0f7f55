"""Search the directory by the first letters of a word, by the digits that spell them, or by a number's first
digits.

Strategy: each index is one sorted list of texts, each with the position of its entry. All texts with the same
beginning are therefore one slice of the list. An entry is found if every word of the search is the beginning
of one of the entry's words.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ringup.directory.entry import Entry, joined
from ringup.directory.folding import keys, words

_AFTER = "\x7f"
"""A character that sorts after every character in an index."""


class _Beginnings:
    """An index that finds the positions of entries by the beginning of a text."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        ordered = sorted(set(pairs))
        self._texts = [text for text, _place in ordered]
        self._places = [place for _text, place in ordered]

    def find(self, beginning: str) -> set[int]:
        """Return the positions of the entries that have a text with this beginning."""
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
        """Return the entries that match a search text, in the order of their names; an empty text matches
        all.

        A text of digits is the beginning of a number, or spells a word on the keypad: 2662 finds Anna. The
        words of a search may stand in any order.
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
