"""The leases: on disk before the phone hears of them."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Engine, bindparam, delete, insert, select

from ringup.engine.leases import Lease, LeaseState
from ringup.store.database import reading, writing
from ringup.store.tables import leases


def read_leases(engine: Engine) -> list[Lease]:
    """Every lease we know of, whatever its state, by address."""
    with reading(engine) as connection:
        return [
            Lease(**{**row, "state": LeaseState(row["state"])})
            for row in connection.execute(select(leases).order_by(leases.c.address)).mappings()
        ]


def save_leases(engine: Engine, changed: Iterable[Lease]) -> None:
    """Keep these leases, one an address, the last one given; durable when this returns."""
    rows = list({lease.address: _row(lease) for lease in changed}.values())
    if not rows:
        return
    with writing(engine) as connection:
        connection.execute(
            delete(leases).where(leases.c.address == bindparam("known")),
            [{"known": row["address"]} for row in rows],
        )
        connection.execute(insert(leases), rows)


def _row(lease: Lease) -> dict[str, object]:
    return {**asdict(lease), "state": lease.state.value}
