"""Removes from the disk what the database held before its secrets were encrypted: in pages no longer used."""

from contextlib import suppress

from sqlalchemy import Engine, update

from ringup.store.tables import encryption

_REWRITE = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("SET lock_timeout = '10s'", "VACUUM FULL phones, lines, site, revisions"),
}
"""Outside a transaction. The first column of SQLite's last statement says that another program's long read
kept it from emptying the journal."""


def remove_plain_text(engine: Engine) -> None:
    """Write the tables anew, without what is no longer in them; what fails is done at the next opening.

    Needs as much room as the database has; 1 GB takes some ten seconds.
    """
    with suppress(engine.dialect.loaded_dbapi.Error):
        if _rewritten(engine):
            with engine.begin() as connection:
                connection.execute(update(encryption).values(plain_text_left=False))


def _rewritten(engine: Engine) -> bool:
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "postgresql":
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
        cursor = connection.cursor()
        for statement in _REWRITE[engine.dialect.name]:
            cursor.execute(statement)
        busy = cursor.fetchone() if engine.dialect.name == "sqlite" else None
        return not (busy and busy[0])
    finally:
        connection.invalidate()  # closed: its settings are not for others
