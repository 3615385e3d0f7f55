"""Release the secrets that Asterisk holds for phones that have fetched the new ones since."""

from sqlalchemy import Engine

from ringup.store.held_secrets import fetched, read_held, release


class Releases:
    """Looks for phones that have fetched their new secrets, and releases these."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = 0

    def look(self) -> bool:
        """Release what was fetched since the last look, and return whether that was anything."""
        macs, self._seen = fetched(self._engine, read_held(self._engine), self._seen)
        return release(self._engine, macs) > 0
