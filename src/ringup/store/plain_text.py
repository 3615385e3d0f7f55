"""Remove from the disk the plain-text secrets that the database held before they were encrypted.

They are in pages of the database that are no longer used.
"""

from contextlib import suppress

from sqlalchemy import Engine, update

from ringup.store.tables import encryption

_REWRITE = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": ("SET lock_timeout = '10s'", "VACUUM FULL phones, lines, site, revisions"),
}
"""The statements to run outside a transaction. In the result of SQLite's last statement, the first column
shows whether another program's long read kept it from emptying the journal.
"""


def remove_plain_text(engine: Engine) -> None:
    """Rewrite the tables without deleted data; a step that fails is repeated at the next opening.

    This needs as much free space as the database has; 1 GB takes about ten seconds.
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
        # The connection is closed, because its settings must not reach other users of the pool.
        connection.invalidate()
