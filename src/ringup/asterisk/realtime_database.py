"""Open the database of Asterisk's realtime tables, and create missing tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ringup.errors import InstallError
from ringup.render.realtime_columns import TABLES, Columns
from ringup.site.model import Pbx

ROWS_TABLE = "ringup_rows"
"""The table that lists the rows that ringup wrote, so that ringup touches no other rows."""

_TIMEOUTS = {"connect_timeout": 5, "tcp_user_timeout": 5000}
"""When the connection to a silent server ends: `connect_timeout` in seconds, the other in milliseconds."""

_LOCK = 0x72696E68
"""The number of the PostgreSQL advisory lock that programs hold while they write the rows."""

_CURES = {
    "permission denied": "Let this user write Asterisk's tables (GRANT), or name another: ringup site set "
    "pbx.realtime=URL",
    "password": "Give its password: ringup site set pbx.realtime_password=-",
}
_CHECK = "Check pbx.realtime and pbx.realtime_password, and that PostgreSQL runs and lets this machine in."


def shown(pbx: Pbx) -> str:
    """Return the database's URL for messages; it contains no password."""
    return f"database {pbx.realtime}"


@contextmanager
def transaction(pbx: Pbx, *, writes: bool = True) -> Iterator[Connection]:
    """Open one transaction on the tables; raises InstallError.

    A transaction that writes waits until all other writing transactions have ended.
    """
    try:
        engine = create_engine(url_of(pbx), poolclass=NullPool, connect_args=_TIMEOUTS)
        with engine.begin() as connection:
            if writes:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    except (SQLAlchemyError, ImportError) as error:
        raise InstallError(f"realtime {shown(pbx)}", *_reason(error)) from error


def url_of(pbx: Pbx) -> URL:
    """Return the URL with its password, for psycopg."""
    url = make_url(pbx.realtime).set(drivername="postgresql+psycopg")
    return url.set(password=pbx.realtime_password) if pbx.realtime_password else url


def _reason(error: Exception) -> tuple[str, str]:
    original = getattr(error, "orig", None) or error
    if isinstance(error, ImportError):
        return "PostgreSQL's driver is not installed.", "Install it: pip install 'psycopg[binary]'"
    if diagnosis := getattr(original, "diag", None):
        # The detail of a PostgreSQL error quotes the complete row, secrets included.
        original = diagnosis.message_primary or original
    answer = str(original).strip().splitlines()[-1].rstrip(".")
    cure = next((cure for words, cure in _CURES.items() if words in answer), _CHECK)
    return f"{answer}.", cure


def make_missing(connection: Connection, pbx: Pbx) -> None:
    """Create Asterisk's tables if the database has none of them, and ringup's list of its rows.

    Raises InstallError for a database that has only some of Asterisk's tables.
    """
    there = set(inspect(connection).get_table_names())
    missing = [name for name in TABLES if name not in there]
    if missing and len(missing) < len(TABLES):
        raise InstallError(
            f"realtime {shown(pbx)}",
            f"it has no table {' and no '.join(missing)}, but others of Asterisk's.",
            "Make them with Asterisk's own migrations: alembic -c config.ini upgrade head",
        )
    for name in missing:
        connection.exec_driver_sql(_create(name, TABLES[name]))
    if ROWS_TABLE not in there:
        connection.exec_driver_sql(
            f'CREATE TABLE {ROWS_TABLE} ("table" varchar(64), id varchar(255), columns text NOT NULL, '
            'digest varchar(64) NOT NULL, PRIMARY KEY ("table", id))'
        )


def has_rows(connection: Connection) -> bool:
    """Return whether ringup has written rows into this database before."""
    return inspect(connection).has_table(ROWS_TABLE)


def _create(name: str, columns: Columns) -> str:
    typed = [f'"{each}" {_type(kind)}{" NOT NULL UNIQUE" * (each == "id")}' for each, kind in columns.items()]
    return f"CREATE TABLE {name} ({', '.join(typed)})"


def _type(kind: int | str) -> str:
    return f"varchar({kind})" if isinstance(kind, int) else kind
