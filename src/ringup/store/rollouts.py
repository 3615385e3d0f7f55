"""Read and write rollouts of firmware: the operator's orders, and the progress of each phone.

Operators and the server change the same rollout. Only the server writes the progress of phones under way. An
operator's order overrides the state that the server last read, which may be outdated.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from ringup.errors import Problem, SiteErrors
from ringup.rollout.record import OPEN, PhoneStep, Rollout, RolloutPhone, RolloutState
from ringup.store.database import reading, writing
from ringup.store.tables import rollout_phones, rollouts

_HEAD = tuple(each.name for each in fields(Rollout) if each.name not in ("id", "version", "state", "phones"))

_LAST = select(rollouts.c.id, rollouts.c.version).order_by(rollouts.c.id.desc()).limit(1)


def begin_rollout(engine: Engine, rollout: Rollout) -> Rollout:
    """Store a new rollout and return it with its number; raises SiteErrors if another one is not over."""
    with writing(engine) as connection:
        last = connection.execute(select(func.coalesce(func.max(rollouts.c.id), 0))).scalar_one()
        open_ones = select(rollouts.c.id).where(rollouts.c.state.in_(list(OPEN)))
        if other := connection.execute(open_ones).scalar():
            what = f"rollout {other} is not over."
            cure = "See it: ringup firmware rollout status. Or end it: ringup firmware rollout abort"
            raise SiteErrors([Problem("rollout", what, cure)])
        new = replace(rollout, id=last + 1, version=1)
        connection.execute(insert(rollouts).values(_head(new)))
        rows = [_row(new.id, place, phone) for place, phone in enumerate(new.phones)]
        connection.execute(insert(rollout_phones), rows)
    return new


def latest_rollout(engine: Engine) -> Rollout | None:
    """Return the last rollout; None if there is none."""
    with reading(engine) as connection:
        return _latest(connection)


def open_rollout(engine: Engine) -> Rollout | None:
    """Return the last rollout if it is not over, else None; only one row is read to find out."""
    last = select(rollouts.c.state).order_by(rollouts.c.id.desc()).limit(1)
    with reading(engine) as connection:
        return _latest(connection) if connection.execute(last).scalar() in OPEN else None


def rollout_version(engine: Engine) -> tuple[int, int]:
    """Return the number of the last rollout and its version, from one row; zeros if there is none."""
    with reading(engine) as connection:
        row = connection.execute(_LAST).first()
    return (row.id, row.version) if row else (0, 0)


def order_rollout(engine: Engine, change: Callable[[Rollout], Rollout]) -> Rollout:
    """Change the last rollout as an operator orders; raises SiteErrors if there is none.

    `change` may raise errors of its own.
    """
    with writing(engine) as connection:
        # Databases other than SQLite lock these rows, and a second writer waits.
        connection.execute(select(rollouts.c.id).with_for_update())
        before = _latest(connection)
        if before is None:
            raise SiteErrors(
                [Problem("rollout", "there is none.", "Begin one: ringup firmware rollout LOAD --all")]
            )
        after = replace(change(before), version=before.version + 1)
        _write(connection, before, after)
    return after


def save_rollout(engine: Engine, before: Rollout, after: Rollout) -> Rollout | None:
    """Store the server's changes to a rollout; return the stored rollout, or None if it must be read again.

    If an operator changed the rollout since `before` was read, the operator's state stays.
    """
    if after == before:
        return before
    with writing(engine) as connection:
        connection.execute(select(rollouts.c.id).with_for_update())
        row = connection.execute(_LAST).first()
        if row is None or row.id != after.id:
            return None
        if row.version == before.version:
            stored = replace(after, version=row.version + 1)
            _write(connection, before, stored)
            return stored
        now = _latest(connection)
        if now is not None:
            _write(connection, before, replace(now, phones=after.phones, version=row.version + 1))
        return None


def _write(connection: Connection, before: Rollout, after: Rollout) -> None:
    connection.execute(update(rollouts).where(rollouts.c.id == after.id).values(_head(after)))
    _write_phones(connection, after.id, _changed(before.phones, after.phones))


def _changed(before: Iterable[RolloutPhone], after: Iterable[RolloutPhone]) -> list[RolloutPhone]:
    known = {phone.mac: phone for phone in before}
    return [phone for phone in after if known.get(phone.mac) != phone]


def _write_phones(connection: Connection, rollout: int, phones: Iterable[RolloutPhone]) -> None:
    for phone in phones:
        row = (rollout_phones.c.rollout == rollout) & (rollout_phones.c.mac == phone.mac)
        connection.execute(update(rollout_phones).where(row).values(record=_record(phone)))


def _latest(connection: Connection) -> Rollout | None:
    last = select(rollouts).order_by(rollouts.c.id.desc()).limit(1)
    head = connection.execute(last).mappings().first()
    if head is None:
        return None
    rows = select(rollout_phones.c.record).where(rollout_phones.c.rollout == head["id"])
    records = connection.execute(rows.order_by(rollout_phones.c.place)).scalars()
    return Rollout(
        **head["record"],
        phones=tuple(_phone(record) for record in records),
        state=RolloutState(head["state"]),
        id=head["id"],
        version=head["version"],
    )


def _head(rollout: Rollout) -> dict[str, Any]:
    record = {name: getattr(rollout, name) for name in _HEAD}
    return {"id": rollout.id, "version": rollout.version, "state": str(rollout.state), "record": record}


def _row(rollout: int, place: int, phone: RolloutPhone) -> dict[str, Any]:
    return {"rollout": rollout, "mac": phone.mac, "place": place, "record": _record(phone)}


def _record(phone: RolloutPhone) -> dict[str, Any]:
    return {**asdict(phone), "step": str(phone.step), "loads": list(phone.loads)}


def _phone(record: dict[str, Any]) -> RolloutPhone:
    return RolloutPhone(**{**record, "step": PhoneStep(record["step"]), "loads": tuple(record["loads"])})
