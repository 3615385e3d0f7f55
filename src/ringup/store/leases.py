"""Read and write the leases; a lease is on disk before its ACK is sent."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from sqlalchemy import Engine, select

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.store.database import reading, writing_plainly
from ringup.store.nodes import Hold, check_active
from ringup.store.tables import leases

MOST_ROWS = 64
"""Maximum number of leases per statement. A commit in a boot storm has about forty; older versions of SQLite
accept only 999 values.
"""

_COLUMNS = [column.name for column in leases.columns]
_KEPT = [name for name in _COLUMNS if name != "address"]
_STATES = {state: state.value for state in LeaseState}
"""The states as plain text, because a driver takes longer for an enumeration's values."""


def read_leases(engine: Engine) -> list[Lease]:
    """Return every lease record, in any state, by address."""
    with reading(engine) as connection:
        rows = connection.execute(select(leases).order_by(leases.c.address)).mappings()
        return [Lease(**{**row, "state": LeaseState(row["state"])}) for row in rows]


def read_lease(engine: Engine, address: str) -> Lease | None:
    """Return the lease of one address, in any state; None if it never had one."""
    with reading(engine) as connection:
        row = connection.execute(select(leases).where(leases.c.address == address)).mappings().one_or_none()
    return Lease(**{**row, "state": LeaseState(row["state"])}) if row else None


def save_leases(engine: Engine, changed: Iterable[Lease], hold: Hold | None = None) -> None:
    """Store these leases, the last one of each address; they are durable when this returns.

    With `hold`, raises NotActive and stores nothing if another node has taken over DHCP meanwhile.
    """
    rows = list({lease.address: _row(lease) for lease in changed}.values())
    if not rows:
        return
    with writing_plainly(engine) as cursor:
        if hold:
            check_active(cursor, hold)
        for start in range(0, len(rows), MOST_ROWS):
            some = rows[start : start + MOST_ROWS]
            statement = _upsert(engine.dialect.paramstyle, len(some))
            cursor.execute(statement, tuple(chain.from_iterable(some)))


@lru_cache(maxsize=MOST_ROWS)
def _upsert(paramstyle: str, rows: int) -> str:
    """Return an INSERT of this many leases, which updates existing rows, with the driver's placeholders.

    It is not made by SQLAlchemy, which takes twice as long per row. It has many rows, because each statement
    takes and releases Python's global lock, which the serving threads need.
    """
    row = ", ".join(["?" if paramstyle == "qmark" else "%s"] * len(_COLUMNS))
    return (
        f"INSERT INTO leases ({', '.join(_COLUMNS)}) VALUES {', '.join([f'({row})'] * rows)}"
        f" ON CONFLICT (address) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _KEPT)}"
    )


def _row(lease: Lease) -> tuple[object, ...]:
    """Return a lease's values in the order of the table's columns."""
    mac, address, expires, state, client_id, host_name = lease
    return address, mac, expires, _STATES[state], client_id, host_name
