"""The sources of the built-in services: Asterisk, and ringup's own data."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from ringup.asterisk.asker import PbxAsker
from ringup.errors import StoreError
from ringup.pages.services.desks import Desks


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of one server; a service without its source shows a sentence on the phone that says so."""

    pbx: PbxAsker = field(default_factory=PbxAsker)
    """The connection to the Asterisk at which the lines register."""
    database: Engine | None = None
    """The database of the server."""

    url: str = ""
    """The URL or path of the database, for changes of the site."""
    pbx_server: Callable[[], str] = str
    """Returns the address of another server that is connected to Asterisk; empty: there is none."""
    logo: Callable[[], bytes] = bytes
    """Returns the file of the site's logo; empty: there is none."""
    desks: Desks = field(default_factory=Desks)
    """The moves of lines between phones."""

    def stored(self) -> Engine:
        """Return the database; raises StoreError if there is none."""
        if self.database is None:
            raise StoreError("reading the database", "this server has none.", "")
        return self.database
