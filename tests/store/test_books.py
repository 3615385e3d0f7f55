"""The last good names of address books in the database."""

from pathlib import Path

from ringup.directory.entry import Entry
from ringup.store.books import BookState, forget_books, read_names, read_states, save_book
from ringup.store.database import open_database

STATE = BookState("staff", "ldap://10.0.0.5", 2, "7", read_at=1.5)


def test_a_book_comes_back_with_its_names_after_a_restart(tmp_path: Path) -> None:
    names = [Entry("Jörg", "1"), Entry("Ada", "2")]
    first = open_database(str(tmp_path / "ringup.db"))
    save_book(first, STATE, names)
    first.dispose()
    again = open_database(str(tmp_path / "ringup.db"))
    assert read_states(again) == [STATE]
    assert read_names(again, "staff") == names
    again.dispose()


def test_a_state_alone_leaves_the_names(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "ringup.db"))
    save_book(engine, STATE, [Entry("Ada", "2")])
    failed = BookState("staff", STATE.origin, 1, read_at=1.5, fault="No answer.", cure="Check url.")
    save_book(engine, failed, None)
    assert (read_states(engine), read_names(engine, "staff")) == ([failed], [Entry("Ada", "2")])
    save_book(engine, BookState("new", "x", fault="No answer."), None)
    assert read_names(engine, "new") == []
    engine.dispose()


def test_books_of_removed_sources_are_forgotten(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "ringup.db"))
    save_book(engine, STATE, [])
    save_book(engine, BookState("old", "x"), [])
    forget_books(engine, {"staff"})
    assert [state.name for state in read_states(engine)] == ["staff"]
    forget_books(engine, ())
    assert read_states(engine) == []
    engine.dispose()
