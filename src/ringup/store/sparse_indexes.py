"""Rebuild PostgreSQL's indexes of the events when most of their pages are nearly empty.

PostgreSQL reuses a page of an index only when the page is empty. The retention keeps a phone's failures for
years, so it leaves single rows in many pages, and the indexes would grow each month. SQLite merges such pages
by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select, text

from ringup.store.database import outside_transactions
from ringup.store.tables import events

ROW_BYTES = {"events_pkey": 23, "timeline_pkey": 42}
"""Bytes per row of each index when it has just been built, measured with 5,000 phones' events."""
SPARSE = 2.0
"""How many times larger than after a rebuild an index must be to be rebuilt: with 5,000 phones this happens
every few months, and takes seconds.
"""
SMALLEST_BYTES = 1_000_000
"""Size in bytes up to which an index is not rebuilt."""
WAIT_SECONDS = 10.0
"""Maximum seconds to wait for another program's transaction, such as a backup's. The server cannot stop
meanwhile.
"""

_LOCK = 0x72696E68
"""Number of PostgreSQL's advisory lock of the node that rebuilds: "rinh"."""


def rebuild_sparse_indexes(engine: Engine) -> list[str]:
    """Rebuild the indexes that need it, while other programs read and write; return their names.

    This takes seconds, so do not call it in a thread that writes leases. It does nothing with SQLite, and
    while another node rebuilds. Raises StoreError after WAIT_SECONDS of another program's transaction.
    """
    if engine.dialect.name != "postgresql":
        return []
    with outside_transactions(engine) as connection, _alone(connection) as is_alone:
        if not is_alone:
            return []
        _drop_unfinished(connection)
        # A timeline has at most as many rows as there are events.
        rows: int = connection.execute(select(func.count()).select_from(events)).scalar_one()
        sparse = [name for name in ROW_BYTES if _is_sparse(connection, name, rows)]
        for name in sparse:
            connection.execute(text(f"REINDEX INDEX CONCURRENTLY {name}"))
        return sparse


@contextmanager
def _alone(connection: Connection) -> Iterator[bool]:
    """Hold the lock, and yield whether this program got it; it also ends with the connection."""
    is_alone = bool(connection.scalar(select(func.pg_try_advisory_lock(_LOCK))))
    connection.execute(text(f"SET lock_timeout = {int(WAIT_SECONDS * 1000)}"))
    try:
        yield is_alone
    finally:
        connection.execute(text("RESET lock_timeout"))
        if is_alone:
            connection.scalar(select(func.pg_advisory_unlock(_LOCK)))


def _drop_unfinished(connection: Connection) -> None:
    """Drop unfinished indexes of a rebuild that was killed, because each write would update them."""
    unfinished = text(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        " AND indrelid IN ('events'::regclass, 'timeline'::regclass)"
    )
    for name in connection.scalars(unfinished).all():
        connection.execute(text(f"DROP INDEX CONCURRENTLY {name}"))


def _is_sparse(connection: Connection, name: str, rows: int) -> bool:
    """Return whether an index is much larger than these rows need."""
    size: int = connection.execute(select(func.pg_relation_size(name))).scalar_one()
    return size > max(SMALLEST_BYTES, SPARSE * ROW_BYTES[name] * rows)
