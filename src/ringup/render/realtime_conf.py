"""The lines with which Asterisk reads the accounts from PostgreSQL, by the file into which they belong.

Asterisk can use its own PostgreSQL driver, or ODBC. The names of the options are those of Asterisk 16 to 22.
Sources: res_config_pgsql.c, res_odbc.c and the manual of psqlODBC. Debian's package odbc-postgresql registers
its driver as ``PostgreSQL Unicode``.
"""

from urllib.parse import parse_qs, unquote, urlsplit

from ringup.render.asterisk_text import value
from ringup.render.realtime_rows import TABLE_OF_TYPE
from ringup.site.model import Pbx

POSTGRESQL_PORT = 5432
ODBC_NAME = "ringup"
"""The name of the connection in ``res_odbc.conf`` and of the data source in ``odbc.ini``."""

ODBC_INI = "/etc/odbc.ini"
ODBC_DRIVER = "PostgreSQL Unicode"


def realtime_conf(pbx: Pbx, *, odbc: bool = False) -> dict[str, str]:
    """Return the lines for each of the operator's files; those for the connection contain a password."""
    modules = ("res_odbc_transaction", "res_odbc", "res_config_odbc") if odbc else ("res_config_pgsql",)
    shared = {
        "modules.conf": _modules(modules),
        "extconfig.conf": _mapped(f"odbc,{ODBC_NAME}" if odbc else "pgsql,general"),
        "sorcery.conf": _wizards(),
    }
    if odbc:
        return {**shared, "res_odbc.conf": _odbc_connection(pbx), ODBC_INI: _data_source(pbx)}
    return {**shared, "res_pgsql.conf": _connection(pbx)}


def _modules(names: tuple[str, ...]) -> str:
    loads = "".join(f"load = {name}.so\n" for name in names)
    return f"; in place of the line noload => {names[-1]}.so\n[modules]\n{loads}"


def _mapped(driver: str) -> str:
    rows = (f"{table} => {driver},{table}\n" for table in TABLE_OF_TYPE.values())
    return "[settings]\n" + "".join(rows)


def _wizards() -> str:
    """Return two sources for each kind of object, because the operator's own accounts stay in pjsip.conf."""
    rows = (
        f"{kind} = config,pjsip.conf,criteria=type={kind}\n{kind} = realtime,{table}\n"
        for kind, table in TABLE_OF_TYPE.items()
    )
    return "[res_pjsip]\n" + "".join(rows)


def _connection(pbx: Pbx) -> str:
    url = urlsplit(pbx.realtime)
    folder = _folder(pbx)
    options = {
        "dbhost": url.hostname or ("" if folder.startswith("/") else folder),
        "dbsock": folder if folder.startswith("/") and not url.hostname else "",
        "dbport": str(url.port or POSTGRESQL_PORT),
        "dbname": unquote(url.path).strip("/"),
        "dbuser": unquote(url.username or ""),
        "dbpass": pbx.realtime_password,
        "requirements": "warn",
    }
    return "[general]\n" + "".join(f"{name} = {value(text)}\n" for name, text in options.items() if text)


def _odbc_connection(pbx: Pbx) -> str:
    """Return the lines for the connection.

    They do not set ``backslash_is_escape = no``, because PostgreSQL 15 would then refuse Asterisk 22's LIKE.
    """
    options = {
        "enabled": "yes",
        "dsn": ODBC_NAME,
        "username": unquote(urlsplit(pbx.realtime).username or ""),
        "password": pbx.realtime_password,
        "pre-connect": "yes",
        "max_connections": "5",
    }
    rows = (f"{name} = {value(text)}\n" for name, text in options.items() if text)
    return f"[{ODBC_NAME}]\n" + "".join(rows)


def _data_source(pbx: Pbx) -> str:
    url = urlsplit(pbx.realtime)
    return (
        f"[{ODBC_NAME}]\nDriver = {ODBC_DRIVER}\nServername = {url.hostname or _folder(pbx) or 'localhost'}\n"
        f"Port = {url.port or POSTGRESQL_PORT}\nDatabase = {unquote(url.path).strip('/')}\n"
    )


def _folder(pbx: Pbx) -> str:
    """Return the folder of the server's socket, or the host, from the parameter ``host`` of the URL."""
    return parse_qs(urlsplit(pbx.realtime).query).get("host", [""])[0]
