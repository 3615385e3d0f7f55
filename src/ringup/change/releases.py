"""Release old secrets in Asterisk: phones that have fetched their new secrets no longer need the old ones."""

from sqlalchemy import Engine

from ringup.store.held_secrets import fetched, read_held, release


class Releases:
    """Finds phones that have fetched their new secrets, and releases their old ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen = 0

    def look(self) -> bool:
        """Release the secrets that were fetched since the last check; return whether there were any."""
        macs, self._seen = fetched(self._engine, read_held(self._engine), self._seen)
        return release(self._engine, macs) > 0
