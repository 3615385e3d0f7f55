"""Open the database of a site, and read the stored site from it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from ringup.errors import NoSiteYet
from ringup.site.held import with_held
from ringup.site.model import Site
from ringup.store.database import open_database, open_to_read
from ringup.store.held_secrets import read_held
from ringup.store.revisions import read_site


@contextmanager
def opened(database: str) -> Iterator[Engine]:
    """Open the database for a command that only reads; raises StoreError if there is no database."""
    engine = open_to_read(database)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opened_to_change(database: str) -> Iterator[Engine]:
    """Open the database for a command that changes the site; a missing database is created."""
    engine = open_database(database)
    try:
        yield engine
    finally:
        engine.dispose()


def stored_site(database: str) -> Site:
    """Return the present site; raises NoSiteYet if there is no database."""
    with opened(database) as engine:
        return read_site(engine)


def asterisks_site(database: str) -> Site:
    """Return the site as Asterisk should have it now.

    It contains the old secrets of phones that have not fetched their new ones. Raises NoSiteYet if there is
    no database.
    """
    with opened(database) as engine:
        return with_held(read_site(engine), read_held(engine))


def stored_or_new_site(database: str) -> Site:
    """Return the stored site, or an empty site if there is no database; no database is created."""
    try:
        return stored_site(database)
    except NoSiteYet:
        return Site()
