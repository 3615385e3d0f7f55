"""Make the company directory from the present site and its address books; it is made again when one of them
has changed.
"""

import threading
from collections.abc import Sequence

from ringup.books.shelf import Shelf
from ringup.directory.book import Book
from ringup.directory.entry import Entry, joined
from ringup.directory.numbers import dialled
from ringup.directory.site_entries import entries_of
from ringup.site.model import Phone, Site


class DirectoryBooks:
    """Returns the directory of a site; any thread may call it."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf or Shelf()
        self._made: tuple[Site, int, Book] | None = None
        self._making = threading.Lock()

    def of(self, site: Site) -> Book:
        """Return the directory of this site.

        While another thread makes a new one, the last one of the same site is returned.
        """
        made = self._made
        if made is not None and made[0] is site and (made[1] == self._shelf.version or self._making.locked()):
            return made[2]
        with self._making:
            if self._made is None or self._made[0] is not site or self._made[1] != self._shelf.version:
                version = self._shelf.version
                self._made = site, version, self._make(site)
            return self._made[2]

    def own(self, site: Site, phone: Phone) -> Sequence[Entry]:
        """Return the personal numbers of a phone's lines, as the site dials them, by name."""
        personal = (Entry(each.name, each.number) for line in phone.lines for each in line.numbers)
        inside = frozenset(line.extension for _phone, line in site.lines())
        return joined(dialled(personal, site.pbx.outside_prefix, inside, site.country))

    def search(self, site: Site, phone: Phone, text: str) -> Sequence[Entry]:
        """Return the entries that match a search text, those of the phone's personal numbers first."""
        company = self.of(site).search(text)
        if not any(line.numbers for line in phone.lines):
            return company
        own = Book(self.own(site, phone)).search(text)
        return [*own, *(each for each in company if each not in own)]

    def _make(self, site: Site) -> Book:
        inside = frozenset(line.extension for _phone, line in site.lines())
        entries = list(entries_of(site))
        for book in self._shelf.books(site):
            prefix = "" if book.state.are_inside else site.pbx.outside_prefix
            entries += dialled(book.entries, prefix, inside, site.country)
        return Book(entries)
