"""Where the built-in services look: Asterisk, and what ringup itself knows."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from ringup.asterisk.asker import PbxAsker
from ringup.errors import StoreError


@dataclass(frozen=True, slots=True)
class Sources:
    """What one server gives its services; a service without its source says so on the screen."""

    pbx: PbxAsker = field(default_factory=PbxAsker)
    """Asks the Asterisk that the lines register to."""
    database: Engine | None = None
    """The database of the server."""

    def stored(self) -> Engine:
        """Return the database; raises StoreError if there is none."""
        if self.database is None:
            raise StoreError("reading the database", "this server has none.", "")
        return self.database
