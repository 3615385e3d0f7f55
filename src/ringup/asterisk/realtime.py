"""Write the accounts into the database tables that Asterisk reads (realtime), all rows in one transaction.

A further table of ringup lists each row that ringup wrote, with its columns and a digest of their values.
Rows that ringup did not write stay untouched. So do columns that others filled in ringup's rows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from ringup.asterisk.realtime_database import ROWS_TABLE, has_rows, make_missing, shown, transaction
from ringup.errors import InstallError, SiteErrors
from ringup.render.realtime_columns import TABLES
from ringup.render.realtime_rows import RealtimeRow, columns_text, realtime_rows
from ringup.site.model import Pbx, Site

MOST_NAMED = 5
"""Maximum number of rows that a message names."""

_AT_ONCE = 500
"""Number of ids in one SQL statement."""

Key = tuple[str, str]
"""The table of a row, and the row's id."""


@dataclass(frozen=True, slots=True)
class _Written:
    """The columns that ringup wrote last into a row, and the digest of their values."""

    columns: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class RowChanges:
    """The rows to write and to delete."""

    write: Sequence[RealtimeRow]
    delete: Sequence[Key]

    def __len__(self) -> int:
        return len(self.write) + len(self.delete)


@dataclass(frozen=True, slots=True)
class RowDrift:
    """A row of ringup in which someone else changed columns that ringup wrote."""

    table: str
    id: str
    text: str
    """The present values of the columns, which may contain secrets."""

    def __repr__(self) -> str:
        return f"RowDrift({self.table!r}, {self.id!r})"


def write_rows(site: Site, *, overwrite: bool = False) -> int:
    """Make the tables contain the site's rows; return the number of rows written and deleted.

    A row that was changed by hand is overwritten only if the site has new values for it, or with `overwrite`.
    Raises InstallError; the tables are then unchanged.
    """
    rows = _wanted(site)
    with transaction(site.pbx) as connection:
        make_missing(connection, site.pbx)
        written = _written(connection)
        changes = _changes(rows, written)
        _refuse_foreign(connection, site.pbx, changes.write, written)
        if overwrite:
            drifted = {(each.table, each.id) for each in _drift(connection, written)}
            again = [row for row in rows if (row.table, row.id) in drifted and row not in changes.write]
            changes = RowChanges([*changes.write, *again], changes.delete)
        _carry_out(connection, changes, written)
        return len(changes)


def rows_to_write(site: Site) -> int:
    """Return the number of rows that `write_rows` would write or delete; raises InstallError."""
    rows = _wanted(site)
    with transaction(site.pbx, writes=False) as connection:
        return len(_changes(rows, _written(connection) if has_rows(connection) else {}))


def clear_rows(pbx: Pbx) -> int:
    """Delete every row that ringup wrote, and the list of these rows; return their number.

    Asterisk's tables themselves stay. Raises InstallError.
    """
    with transaction(pbx) as connection:
        if not has_rows(connection):
            return 0
        written = _written(connection)
        _carry_out(connection, RowChanges((), tuple(written)), written)
        connection.exec_driver_sql(f"DROP TABLE {ROWS_TABLE}")
        return len(written)


def drifted_rows(pbx: Pbx) -> tuple[RowDrift, ...]:
    """Return the rows that were changed by hand; raises InstallError."""
    with transaction(pbx, writes=False) as connection:
        return tuple(_drift(connection, _written(connection))) if has_rows(connection) else ()


def _wanted(site: Site) -> tuple[RealtimeRow, ...]:
    try:
        return realtime_rows(site)
    except SiteErrors as error:
        raise InstallError("making Asterisk's realtime rows", str(error), "Nothing was changed.") from error


def _written(connection: Connection) -> dict[Key, _Written]:
    rows = connection.exec_driver_sql(f'SELECT "table", id, columns, digest FROM {ROWS_TABLE}')
    return {
        (table, name): _Written(tuple(each for each in json.loads(columns) if each in TABLES[table]), digest)
        for table, name, columns, digest in rows
        if table in TABLES
    }


def _changes(rows: Sequence[RealtimeRow], written: Mapping[Key, _Written]) -> RowChanges:
    wanted = {(row.table, row.id) for row in rows}
    return RowChanges(
        [row for row in rows if written.get((row.table, row.id)) != _as_written(row)],
        [key for key in written if key not in wanted],
    )


def _as_written(row: RealtimeRow) -> _Written:
    columns = tuple(sorted(row.columns))
    return _Written(columns, _digest(row.columns[name] for name in columns))


def _digest(values: Iterable[str | None]) -> str:
    return sha256(json.dumps(list(values)).encode()).hexdigest()


def _refuse_foreign(
    connection: Connection, pbx: Pbx, rows: Iterable[RealtimeRow], written: Mapping[Key, _Written]
) -> None:
    """Raise InstallError if rows that ringup has to write exist already and are not ringup's."""
    new: dict[str, list[str]] = {}
    for row in rows:
        if (row.table, row.id) not in written:
            new.setdefault(row.table, []).append(row.id)
    taken = [f"{table} {name}" for table, names in new.items() for name in _present(connection, table, names)]
    if not taken:
        return
    more = f" and {len(taken) - MOST_NAMED} more" if len(taken) > MOST_NAMED else ""
    raise InstallError(
        f"writing the rows of {shown(pbx)}",
        f"rows that ringup did not write are in the way: {', '.join(taken[:MOST_NAMED])}{more}.",
        "Nothing was changed. Delete them, or give the lines other extensions.",
    )


def _present(connection: Connection, table: str, names: Sequence[str]) -> list[str]:
    return [str(values["id"]) for values in _read(connection, table, names, ("id",))]


def _read(
    connection: Connection, table: str, names: Sequence[str], columns: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """Yield these columns, as text, of the rows that have these ids."""
    listed = ", ".join(f'CAST("{each}" AS text) AS "{each}"' for each in columns)
    query = text(f"SELECT {listed} FROM {table} WHERE id = ANY(:ids)")
    for first in range(0, len(names), _AT_ONCE):
        rows = connection.execute(query, {"ids": list(names[first : first + _AT_ONCE])})
        yield from (dict(row) for row in rows.mappings())


def _drift(connection: Connection, written: Mapping[Key, _Written]) -> Iterator[RowDrift]:
    names: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (table, name), was in written.items():
        names.setdefault((table, was.columns), []).append(name)
    for (table, columns), ids in names.items():
        for values in _read(connection, table, ids, ("id", *columns)):
            has = {name: values[name] for name in columns}
            if _digest(has[name] for name in columns) != written[table, values["id"]].digest:
                filled = {name: value for name, value in has.items() if value is not None}
                yield RowDrift(table, values["id"], columns_text(filled))


def _carry_out(connection: Connection, changes: RowChanges, written: Mapping[Key, _Written]) -> None:
    for row in changes.write:
        was = written.get((row.table, row.id))
        gone = dict.fromkeys(set(was.columns) - set(row.columns)) if was else {}
        _put(connection, row, {**row.columns, **gone})
        _list(connection, row)
    for table, name in changes.delete:
        connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": name})
        connection.execute(
            text(f'DELETE FROM {ROWS_TABLE} WHERE "table" = :table AND id = :id'),
            {"table": table, "id": name},
        )


def _put(connection: Connection, row: RealtimeRow, columns: Mapping[str, str | None]) -> None:
    """Insert the row; if it exists, set these columns in it."""
    values = {f"v{number}": value for number, value in enumerate(columns.values())}
    listed = ", ".join(f'"{name}"' for name in columns)
    given = ", ".join(f":{name}" for name in values)
    news = ", ".join(f'"{name}" = excluded."{name}"' for name in columns)
    sql = (
        f"INSERT INTO {row.table} (id, {listed}) VALUES (:id, {given}) ON CONFLICT (id) DO UPDATE SET {news}"
    )
    connection.execute(text(sql), {"id": row.id, **values})


def _list(connection: Connection, row: RealtimeRow) -> None:
    made = _as_written(row)
    sql = (
        f'INSERT INTO {ROWS_TABLE} ("table", id, columns, digest) VALUES (:table, :id, :columns, :digest) '
        'ON CONFLICT ("table", id) DO UPDATE SET columns = excluded.columns, digest = excluded.digest'
    )
    values = {"table": row.table, "id": row.id, "columns": json.dumps(made.columns), "digest": made.digest}
    connection.execute(text(sql), values)
