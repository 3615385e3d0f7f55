"""The rows of Asterisk's realtime tables: an endpoint, an auth and an aor per line.

The options are those of ringup_pjsip.conf. Asterisk splits a value at ``;``, removes spaces around it, and
reads ``^3B`` as the character with this code. Source: res_config_pgsql.c and main/config.c
(ast_realtime_decode_chunk) of Asterisk 22.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ringup.errors import Problem, SiteErrors
from ringup.phone.forced_keys import hides_value
from ringup.render.asterisk_text import can_hold_secret
from ringup.render.pjsip_conf import account, guest_account
from ringup.render.realtime_columns import TABLES
from ringup.site.guests import guest_lines
from ringup.site.model import Line, Site

_CODED = ";^"
TABLE_OF_TYPE = {"endpoint": "ps_endpoints", "auth": "ps_auths", "aor": "ps_aors"}


@dataclass(frozen=True, slots=True)
class RealtimeRow:
    """One row that ringup writes."""

    table: str
    id: str
    columns: Mapping[str, str] = field(repr=False)
    """The values as Asterisk stores them, without ``id``; they may be secrets."""


def realtime_rows(site: Site) -> tuple[RealtimeRow, ...]:
    """Return the rows of all lines; none if the accounts are in a file.

    Raises SiteErrors with every value that a column cannot hold. If Asterisk cannot hold a line's password,
    the line is left out, as in the file.
    """
    if not site.pbx.realtime:
        return ()
    rows: list[RealtimeRow] = []
    for _phone, line in site.sip_lines():
        if not can_hold_secret(line.secret):
            continue
        rows += _rows(account(site.pbx, line), line)
    for line in guest_lines(site):
        rows += _rows(guest_account(site.pbx, line), line)
    problems = dict.fromkeys(fault for row in rows for fault in _faults(row))
    if problems:
        raise SiteErrors(problems)
    return tuple(rows)


def realtime_text(site: Site) -> str:
    """Return all rows as one text, for the diff in a plan."""
    return "".join(row_text(row) for row in realtime_rows(site))


def row_text(row: RealtimeRow) -> str:
    """Return one row as text, like a section of a file."""
    return f"\n[{row.id}] in {row.table}\n{columns_text(row.columns)}"


def columns_text(columns: Mapping[str, str]) -> str:
    """Return columns as lines of the form ``name = value``."""
    return "".join(f"{name} = {value}\n" for name, value in columns.items())


def _rows(parts: Iterable[Mapping[str, str]], line: Line) -> Iterator[RealtimeRow]:
    for options in parts:
        columns = {name: _coded(value) for name, value in options.items() if value and name != "type"}
        yield RealtimeRow(TABLE_OF_TYPE[options["type"]], line.extension, columns)


def _coded(value: str) -> str:
    """Return a value encoded so that Asterisk reads it as this value."""
    coded = "".join(_code(each) if each in _CODED else each for each in value)
    inner = coded.strip()
    before, _inner, after = coded.partition(inner) if inner else (coded, "", "")
    return "".join(map(_code, before)) + inner + "".join(map(_code, after))


def _code(character: str) -> str:
    return f"^{ord(character):02X}"


def _faults(row: RealtimeRow) -> Iterator[Problem]:
    known = TABLES[row.table]
    for name, value in row.columns.items():
        if name not in known or name == "id":
            yield Problem(
                "pbx.options", f"{name} is not a column of {row.table}.",
                f"Unset it: ringup site set --unset pbx.options.{name}",
            )  # fmt: skip
        elif isinstance(most := known[name], int) and len(value) > most:
            shown = "" if hides_value(name) or name == "password" else f" ({value})"
            yield Problem(
                f"line {row.id}",
                f"{name} has {len(value)} characters{shown}; Asterisk's table {row.table} takes {most}.",
                "Shorten it." if name != "callerid" else "Shorten the line's name.",
            )
