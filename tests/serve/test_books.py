"""Address books are read in the background and kept, and their faults are reported."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ringup.books.reading import BookReading, BookUnreadable
from ringup.books.shelf import RETRY_SECONDS, Shelf
from ringup.directory.entry import Entry
from ringup.serve.books import Books, Keeping
from ringup.site.model import DirectorySource, Pbx, Site

if TYPE_CHECKING:
    from ringup.store.books import BookState

STAFF = DirectorySource(name="staff", url="ldap://10.0.0.5", base="dc=x")
SITE = Site(directory=(STAFF,))
ADA, BOB = Entry("Ada", "1"), Entry("Bob", "2")
REFUSED = BookUnreadable("reading it", "No answer.", "Check url.")


class Bench:
    """Books whose readings the test writes, and what was kept of them."""

    def __init__(self, *answers: BookReading | Exception | None, site: Site = SITE) -> None:
        self.site, self.now, self.changes = site, 0.0, 0
        self.shelf = Shelf()
        self.saved: list[tuple[BookState, Collection[Entry] | None]] = []
        self.forgotten: list[set[str]] = []
        self.tags: list[str] = []
        self._answers = list(answers)
        keeping = Keeping(lambda state, names: self.saved.append((state, names)), self._forget)
        self.books = Books(
            self.shelf, lambda: self.site, keeping, self._changed, lambda: 1e9 + self.now, lambda: self.now,
            self._read,
        )  # fmt: skip

    def _forget(self, kept: Collection[str]) -> None:
        self.forgotten.append(set(kept))

    def _changed(self) -> None:
        self.changes += 1

    def _read(self, _source: DirectorySource, tag: str, _pbx: Pbx) -> BookReading | None:
        self.tags.append(tag)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def look(self, *, later: float = 3600.0) -> None:
        """Look once, and wait for what that began."""

        async def once() -> None:
            self.books.look()
            await self.books.settled()

        self.now += later
        asyncio.run(once())

    def names(self) -> list[Entry]:
        return [entry for book in self.shelf.books(self.site) for entry in book.entries]


def test_names_are_kept_when_they_are_new_and_only_their_time_when_they_are_not() -> None:
    bench = Bench(BookReading([ADA], "1"), BookReading([ADA], "2"), BookReading([BOB], "3"))
    for _ in range(3):
        bench.look()
    assert [names for _state, names in bench.saved] == [[ADA], None, [BOB]]
    assert bench.tags == ["", "1", "2"]
    assert bench.saved[-1][0].read_at > bench.saved[0][0].read_at > 1e9
    assert bench.changes == 0


def test_a_fault_is_kept_and_told_once_and_so_is_its_end() -> None:
    bench = Bench(BookReading([ADA]), REFUSED, REFUSED, BookReading([ADA]))
    bench.look()
    bench.look()
    assert (bench.changes, bench.saved[-1][0].fault, bench.saved[-1][1]) == (1, "No answer.", None)
    bench.look(later=RETRY_SECONDS)
    assert (bench.changes, len(bench.saved)) == (1, 2)
    assert bench.names() == [ADA]
    bench.look(later=RETRY_SECONDS)
    assert (bench.changes, bench.saved[-1][0].fault) == (2, "")


def test_a_source_that_never_answered_leaves_no_names_of_an_earlier_place() -> None:
    bench = Bench(REFUSED)
    bench.look()
    assert bench.saved[0][1] == ()


def test_a_fault_of_a_library_is_told_and_ends_nothing() -> None:
    bench = Bench(RecursionError("cards within cards"), BookReading([ADA]))
    bench.look()
    assert "cards within cards" in bench.saved[0][0].fault
    bench.look()
    assert bench.names() == [ADA]


def test_an_unchanged_book_writes_nothing() -> None:
    bench = Bench(BookReading([ADA], "1"), None)
    bench.look()
    bench.look()
    assert len(bench.saved) == 1


def test_books_that_the_site_no_longer_has_are_forgotten() -> None:
    bench = Bench(BookReading([ADA]), BookReading([ADA]))
    bench.look()
    bench.look()
    bench.site = Site()
    bench.look()
    assert bench.forgotten == [{"staff"}, set()]
    assert bench.names() == []


def test_a_slow_source_keeps_no_other_one_waiting(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    people = DirectorySource(name="people", url=str(file))
    bench = Bench(site=Site(directory=(STAFF, people)))
    read: list[str] = []

    async def both() -> None:
        released, answered = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def answer(source: DirectorySource, _tag: str, _pbx: Pbx) -> BookReading:
            if source is STAFF:
                asyncio.run_coroutine_threadsafe(released.wait(), loop).result()
            read.append(source.name)
            if source is not STAFF:
                loop.call_soon_threadsafe(answered.set)
            return BookReading([ADA])

        books = Books(
            bench.shelf, lambda: bench.site, Keeping(lambda *_: None, lambda _: None), lambda: None,
            lambda: 0.0, lambda: 0.0, answer,
        )  # fmt: skip
        books.look()
        await answered.wait()
        books.look()
        released.set()
        await books.settled()

    asyncio.run(both())
    assert read[0] == "people"
    assert read.count("staff") == 1, "the one that waits is not begun twice"
