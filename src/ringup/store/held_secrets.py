"""Read and write the held secrets: a line's old login, which Asterisk keeps until the phone has the new one.

A revision offers the new login to the phone and holds the old one in the same transaction. When the phone has
fetched its file, `release` lets Asterisk have the new login; a command or `ringup serve` calls it, whichever
is first.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select

from ringup.site.held import HeldSecret
from ringup.site.records import Record
from ringup.site.stand_in import is_stand_in
from ringup.store.database import reading, writing
from ringup.store.encryption import cipher_of
from ringup.store.tables import events, held_secrets

Login = tuple[str, str]
"""A line's secret and its user name; an empty user name stands for the extension."""


def read_held(engine: Engine) -> tuple[HeldSecret, ...]:
    """Return every held login, by MAC and extension."""
    with reading(engine) as connection:
        return tuple(_held(connection))


def _held(connection: Connection) -> Iterator[HeldSecret]:
    decrypted = cipher_of(connection).decrypt_all
    rows = connection.execute(
        select(held_secrets).order_by(held_secrets.c.mac, held_secrets.c.extension)
    ).mappings()
    return (HeldSecret(**decrypted(dict(row))) for row in rows)


def hold_changed(
    connection: Connection,
    was: Mapping[str, Record],
    became: Mapping[str, Record],
    macs: Collection[str],
) -> None:
    """Hold the old logins of the phones with these MACs; for other changed lines, forget the held login.

    `was` and `became` are the changed records of a revision, in whose transaction this happens. A login that
    is held already stays the old one, because Asterisk has had no other meanwhile. A line that was removed is
    held only if it is a stand-in.
    """
    before, after = _logins(was), _logins(became)
    changed = [line for line, login in before.items() if after.get(line) != login]
    if not changed:
        return
    kept = {(each.mac, each.extension): (each.secret, each.auth_name) for each in _held(connection)}
    for line in changed:
        if line in kept:
            row = (held_secrets.c.mac == line[0]) & (held_secrets.c.extension == line[1])
            connection.execute(delete(held_secrets).where(row))
    last = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
    rows = [
        _row(line, kept.get(line, before[line]), last)
        for line in changed
        if line[0] in macs
        and (line in after or is_stand_in(line[1]))
        and kept.get(line, before[line]) != after.get(line)
    ]
    if rows:
        connection.execute(insert(held_secrets), cipher_of(connection).encrypt_all(rows))


def _logins(records: Mapping[str, Record]) -> dict[tuple[str, str], Login]:
    """Return the login of each line, by its phone's MAC and its extension."""
    return {
        (record["mac"], line["extension"]): (line["secret"], line["auth_name"])
        for name, record in records.items()
        if name.startswith("phone ")
        for line in record["lines"]
    }


def _row(line: tuple[str, str], login: Login, last: int) -> dict[str, Any]:
    mac, extension = line
    return {"mac": mac, "extension": extension, "secret": login[0], "auth_name": login[1], "after": last}


def fetched(engine: Engine, held: Collection[HeldSecret], seen: int) -> tuple[frozenset[str], int]:
    """Return the MACs of held phones that have fetched their own file, and the id of the last checked event.

    Events up to `seen` were checked before.
    """
    if not held:
        return frozenset(), seen
    from ringup.events import FileSent  # takes 30 ms; commands that only write held secrets do not need it

    since = {f"SIP{each.mac}.cnf": each for each in held}
    first = max(seen, min(each.after for each in held))
    sent = select(events.c.id, events.c.fields).where(events.c.id > first, events.c.kind == FileSent.__name__)
    with reading(engine) as connection:
        last = connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()
        rows = connection.execute(sent.order_by(events.c.id)).all()
    named = [(since.get(row.fields["name"]), row.id) for row in rows]
    return frozenset(each.mac for each, event in named if each and event > each.after), max(last, seen)


def release(engine: Engine, macs: Iterable[str]) -> int:
    """Release the new logins of these phones for Asterisk; return the number of lines that were held."""
    wanted = sorted(macs)
    if not wanted:
        return 0
    with writing(engine) as connection:
        gone = (connection.execute(delete(held_secrets).where(held_secrets.c.mac == mac)) for mac in wanted)
        return sum(result.rowcount for result in gone)
