"""The lines with which an Asterisk reads the accounts from PostgreSQL, by the file into which they belong.

Their options have the names that Asterisk 16 to 22 take. Source: res_config_pgsql.c.
"""

from urllib.parse import parse_qs, unquote, urlsplit

from ringup.render.asterisk_text import value
from ringup.render.realtime_rows import TABLE_OF_TYPE
from ringup.site.model import Pbx

POSTGRESQL_PORT = 5432


def realtime_conf(pbx: Pbx) -> dict[str, str]:
    """Return the lines for each of the operator's files; the last one holds a password."""
    return {
        "modules.conf": _modules(),
        "extconfig.conf": _mapped(),
        "sorcery.conf": _wizards(),
        "res_pgsql.conf": _connection(pbx),
    }


def _modules() -> str:
    return "; in place of the line noload => res_config_pgsql.so\n[modules]\nload = res_config_pgsql.so\n"


def _mapped() -> str:
    rows = (f"{table} => pgsql,general,{table}\n" for table in TABLE_OF_TYPE.values())
    return "[settings]\n" + "".join(rows)


def _wizards() -> str:
    """Return both sources of each kind: the operator's own accounts stay in pjsip.conf."""
    rows = (
        f"{kind} = config,pjsip.conf,criteria=type={kind}\n{kind} = realtime,{table}\n"
        for kind, table in TABLE_OF_TYPE.items()
    )
    return "[res_pjsip]\n" + "".join(rows)


def _connection(pbx: Pbx) -> str:
    url = urlsplit(pbx.realtime)
    folder = parse_qs(url.query).get("host", [""])[0]
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
