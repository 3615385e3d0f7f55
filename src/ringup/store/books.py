"""Store the names of each address book's last successful read, so that they survive a server restart."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Engine, delete, insert, select, update

from ringup.directory.entry import Entry
from ringup.store.database import reading, writing
from ringup.store.tables import books


@dataclass(frozen=True, slots=True)
class BookState:
    """The stored state of an address book, without its names."""

    name: str
    """The name of the source; that of a file on the command line is its path."""
    origin: str
    """The place that the names were read from. If the source of this name has another origin now, they are
    worthless.
    """
    count: int = 0
    """Number of names at the last successful read."""
    tag: str = ""
    """A text that changes with the book; empty: the source provides none."""
    are_inside: bool = False
    """True if every number is an extension of the PBX: none gets the outside prefix."""
    read_at: float = 0.0
    """Time of the last successful read, in Unix seconds; 0: none."""
    fault: str = ""
    """The reason why the last read failed, as a sentence; empty: it did not fail."""
    cure: str = ""
    left_out: str = ""
    """The faults of single rows or cards at the last successful read."""


def read_states(engine: Engine) -> list[BookState]:
    """Return the state of every book, by name."""
    with reading(engine) as connection:
        rows = connection.execute(select(books.c.record).order_by(books.c.name)).scalars()
        return [BookState(**row) for row in rows]


def read_names(engine: Engine, name: str) -> list[Entry]:
    """Return the names of a book's last successful read; none if there is no such book."""
    with reading(engine) as connection:
        found = connection.execute(select(books.c.entries).where(books.c.name == name)).scalar()
        return [Entry(*pair) for pair in found or ()]


def save_book(engine: Engine, state: BookState, entries: Collection[Entry] | None) -> None:
    """Store the state of a book and its names; if `entries` is None, the stored names stay."""
    with writing(engine) as connection:
        values = {"record": asdict(state), **({} if entries is None else {"entries": list(entries)})}
        changed = connection.execute(update(books).where(books.c.name == state.name).values(values))
        if not changed.rowcount:
            connection.execute(insert(books).values({"entries": [], **values, "name": state.name}))


def forget_books(engine: Engine, kept: Collection[str]) -> None:
    """Delete the books that are not among these names."""
    with writing(engine) as connection:
        connection.execute(delete(books).where(books.c.name.not_in(list(kept))))
