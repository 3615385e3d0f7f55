"""The phones' directory: its address books with their state, and the search of the Directory button."""

from typing import TYPE_CHECKING

from ringup.directory.book import Book
from ringup.directory.numbers import dialled
from ringup.directory.site_entries import entries_of
from ringup.store.books import BookState, read_names, read_states
from ringup.store.revisions import read_site
from ringup.web.answers import Answer, ListPage
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.web.listing import ListColumn, listing

if TYPE_CHECKING:
    from ringup.directory.entry import Entry

MOST_FOUND = 100
"""Maximum number of entries that a search shows."""
COLUMNS = (
    ListColumn[BookState]("name", "Name", lambda state: state.name),
    ListColumn[BookState]("origin", "Read from", lambda state: state.origin),
    ListColumn[BookState]("count", "Names", lambda state: state.count),
    ListColumn[BookState]("read_at", "Last read", lambda state: state.read_at, is_searched=False),
    ListColumn[BookState]("fault", "Fault", lambda state: state.fault or state.left_out),
)


def directory(ask: Ask) -> Answer:
    """Show the address books, and the entries that match ``?find=``: letters, or the keys of letters."""
    text = ask.parameter("find").strip()[:60]
    found = list(book_of(ask.web).search(text))[:MOST_FOUND] if text else []
    rows = listing(read_states(ask.web.engine), COLUMNS, "/directory", ask.query)
    data = {"find": text, "found": [{"name": each.name, "number": each.number} for each in found]}
    return ListPage("directory.html", "Directory", rows, data)


def book_of(web: Web) -> Book:
    """Return the directory of the site with the stored names of all address books."""
    site = read_site(web.engine)
    inside = frozenset(line.extension for _phone, line in site.lines())
    entries: list[Entry] = list(entries_of(site))
    for state in read_states(web.engine):
        prefix = "" if state.are_inside else site.pbx.outside_prefix
        entries += dialled(read_names(web.engine, state.name), prefix, inside, site.country)
    return Book(entries)
