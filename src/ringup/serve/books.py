"""Read the address books of the phones' directory regularly in the background, and store their names."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from ringup.books.reading import BookReading, BookUnreadable, read_book
from ringup.books.shelf import Shelf
from ringup.directory.entry import Entry
from ringup.serve.daemon_thread import in_a_daemon_thread
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Pbx, Site
from ringup.store.books import BookState

LOOK_SECONDS = 2.0
"""Seconds between two checks for address books that are due; a new address book is read within this time."""

Read = Callable[[DirectorySource, str, Pbx], BookReading | None]


@dataclass(frozen=True, slots=True)
class Keeping:
    """The functions that store and delete address books; neither blocks the caller."""

    save: Callable[[BookState, Collection[Entry] | None], None]
    """Stores a book's state and its names; if the names are None, the stored names stay."""
    forget: Callable[[Collection[str]], None]
    """Deletes every book except those with these names."""


class Books:
    """Reads the address books that are due, each in a thread of its own."""

    def __init__(
        self,
        shelf: Shelf,
        site: Callable[[], Site],
        keeping: Keeping,
        changed: Callable[[], None],
        clock: Callable[[], float],
        steady: Callable[[], float],
        read: Read = read_book,
    ) -> None:
        """`changed` is called when a book has a new fault, or no longer has a fault."""
        self.shelf = shelf
        self._site, self._keeping, self._changed = site, keeping, changed
        self._clock, self._steady, self._read = clock, steady, read
        self._named: frozenset[str] | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Read the address books that are due, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Begin to read the sources that are due, and forget those that the site no longer has."""
        site = self._site()
        named = frozenset(source.name for source in self.shelf.sources(site))
        if named != self._named:
            self._named = named
            self._keeping.forget(named)
        for source in self.shelf.due(site, self._steady()):
            if source.name not in self._under_way:
                task = asyncio.create_task(self._look_at(source, site.pbx))
                self._under_way[source.name] = task
                task.add_done_callback(partial(self._ended, source.name))

    def _ended(self, name: str, _task: "asyncio.Task[None]") -> None:
        del self._under_way[name]

    async def settled(self) -> None:
        """Wait until every read that has begun is over."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values())

    async def _look_at(self, source: DirectorySource, pbx: Pbx) -> None:
        before = self.shelf.state(source)
        work = partial(self._read, source, before.tag, pbx)
        try:
            reading = await in_a_daemon_thread(work, f"address book {source.name}")
        except BookUnreadable as error:
            self._note(self.shelf.failed(source, error))
        except Exception as error:  # a library failed on data from a server
            unexpected = BookUnreadable(f"reading {source.url}", f"{error!r}.", "Report this as a bug.")
            self._note(self.shelf.failed(source, unexpected))
        else:
            if reading is None:
                self._note(self.shelf.unchanged(source))
            else:
                self._take(source, reading, before)
        self.shelf.looked(source, self._steady())

    def _take(self, source: DirectorySource, reading: BookReading, before: BookState) -> None:
        version = self.shelf.version
        book = self.shelf.take(source, reading, self._clock())
        is_new = self.shelf.version != version or not before.read_at
        self._keeping.save(book.state, book.entries if is_new else None)
        if before.fault or before.left_out != book.state.left_out:
            self._changed()

    def _note(self, state: BookState | None) -> None:
        if state is not None:
            # A book that was never read from its present source must not keep names of an earlier source.
            self._keeping.save(state, None if state.read_at else ())
            self._changed()
