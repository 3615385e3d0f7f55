"""The address books of the present site: their last good names, and which of them is to be read again.

One thread at a time changes the shelf; any thread may ask it for the names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ringup.books.reading import BookReading, BookUnreadable
from ringup.directory.entry import Entry
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Site
from ringup.store.books import BookState

FILE_SECONDS = 10.0
"""Seconds between two looks at a file."""
RETRY_SECONDS = 60.0
"""Seconds until a source that could not be read is tried again."""


@dataclass(frozen=True, slots=True)
class ShelfBook:
    """An address book and its last good names."""

    state: BookState
    entries: Sequence[Entry] = ()


class Shelf:
    """Holds the books by the names of their sources."""

    def __init__(self, books: Iterable[ShelfBook] = (), files: Sequence[Path] = ()) -> None:
        """`files` are those of the command line."""
        self._books = {book.state.name: book for book in books}
        self._files = tuple(map(_of_file, files))
        self._looked: dict[str, tuple[DirectorySource, float]] = {}
        self.version = 0
        """Grows with each change of names."""

    def sources(self, site: Site) -> tuple[DirectorySource, ...]:
        """Return the sources of the site, then the files of the command line."""
        return (*site.directory, *self._files)

    def books(self, site: Site) -> list[ShelfBook]:
        """Return the books of the present sources, in their order; a source that was never read has none."""
        found = ((source, self._books.get(source.name)) for source in self.sources(site))
        return [book for source, book in found if book and book.state.origin == source.origin]

    def due(self, site: Site, now: float) -> list[DirectorySource]:
        """Return the sources to read now; `now` is of a steady clock, in seconds."""
        return [source for source in self.sources(site) if self._is_due(source, now)]

    def _is_due(self, source: DirectorySource, now: float) -> bool:
        looked, at = self._looked.get(source.name, (None, 0.0))
        return looked != source or now - at >= self._interval(source)

    def _interval(self, source: DirectorySource) -> float:
        usual = FILE_SECONDS if source.kind == "file" else source.minutes * 60.0
        return min(usual, RETRY_SECONDS) if self.state(source).fault else usual

    def state(self, source: DirectorySource) -> BookState:
        """Return the state of a source; a state without names if it was never read."""
        book = self._books.get(source.name)
        return book.state if book and book.state.origin == source.origin else _unread(source)

    def looked(self, source: DirectorySource, now: float) -> None:
        """Note that a source was read, or that the attempt failed."""
        self._looked[source.name] = source, now

    def take(self, source: DirectorySource, reading: BookReading, read_at: float) -> ShelfBook:
        """Put the names of a source in place of its last ones, and return the book."""
        state = BookState(
            source.name, source.origin, len(reading.entries), reading.tag, reading.are_inside, read_at,
            left_out=reading.left_out,
        )  # fmt: skip
        before = self._books.get(source.name)
        self._books[source.name] = book = ShelfBook(state, reading.entries)
        if before is None or (before.entries, before.state.origin) != (book.entries, state.origin):
            self.version += 1
        return book

    def unchanged(self, source: DirectorySource) -> BookState | None:
        """Note that a source has its last names still; returns its state if it had a fault, else None."""
        book = self._books[source.name]
        if not book.state.fault:
            return None
        state = replace(book.state, fault="", cure="")
        self._books[source.name] = replace(book, state=state)
        return state

    def failed(self, source: DirectorySource, error: BookUnreadable) -> BookState | None:
        """Keep the last names of a source and note its fault; returns its state if the fault is new."""
        before = self.state(source)
        state = replace(before, fault=error.answer, cure=error.cure)
        if state == before:
            return None
        entries = self._books[source.name].entries if before.read_at else ()
        self._books[source.name] = ShelfBook(state, entries)
        return state


def _unread(source: DirectorySource) -> BookState:
    return BookState(source.name, source.origin)


def _of_file(path: Path) -> DirectorySource:
    """Return a file of the command line as a source; its name is its path, which no source of a site has."""
    return DirectorySource.model_construct(name=str(path.absolute()), url=str(path.absolute()))
