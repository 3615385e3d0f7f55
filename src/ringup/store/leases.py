"""The leases: on disk before the phone hears of them."""

from collections.abc import Iterable

from sqlalchemy import Engine, select

from ringup.engine.leases import Lease, LeaseState
from ringup.store.database import reading, writing
from ringup.store.tables import leases

_COLUMNS = [column.name for column in leases.columns]
_KEPT = [name for name in _COLUMNS if name != "address"]


def read_leases(engine: Engine) -> list[Lease]:
    """Every lease we know of, whatever its state, by address."""
    with reading(engine) as connection:
        return [
            Lease(**{**row, "state": LeaseState(row["state"])})
            for row in connection.execute(select(leases).order_by(leases.c.address)).mappings()
        ]


def save_leases(engine: Engine, changed: Iterable[Lease]) -> None:
    """Keep these leases, one an address, the last one given; durable when this returns."""
    rows = {lease.address: _row(lease) for lease in changed}
    if not rows:
        return
    with writing(engine) as connection:
        connection.exec_driver_sql(_upsert(engine.dialect.paramstyle), list(rows.values()))


def _upsert(paramstyle: str) -> str:
    """One statement for both databases, as the driver takes it: SQLAlchemy makes a row twice as dear."""
    mark = "?" if paramstyle == "qmark" else "%s"
    return (
        f"INSERT INTO leases ({', '.join(_COLUMNS)}) VALUES ({', '.join([mark] * len(_COLUMNS))})"
        f" ON CONFLICT (address) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _KEPT)}"
    )


def _row(lease: Lease) -> tuple[object, ...]:
    """In the order of the table's columns."""
    return (
        lease.address,
        lease.mac,
        lease.expires,
        lease.state.value,
        lease.client_id,
        lease.host_name,
    )
