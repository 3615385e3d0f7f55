"""Drop the old secrets that Asterisk still accepts, for phones that have fetched their new secrets."""

from sqlalchemy import Engine

from ringup.store.held_secrets import fetched, read_held, release


class Releases:
    """Finds phones that have fetched their new secrets, and drops their old secrets."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = 0

    def look(self) -> bool:
        """Drop the old secrets of phones that fetched new ones since the last call; return whether there were
        any.
        """
        macs, self._seen = fetched(self._engine, read_held(self._engine), self._seen)
        return release(self._engine, macs) > 0
