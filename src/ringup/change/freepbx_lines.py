"""Fill new lines with FreePBX's data about their extensions: secret, user name, name and mailbox."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringup.phone.forced_keys import other_spelling
from ringup.site.model import Driver, Site
from ringup.site.rows import Plain, Rows
from ringup.site.secret_faults import fault_of_secret

if TYPE_CHECKING:
    from ringup.asterisk.freepbx import FreePbxExtension

_DRIVERS: Mapping[str, Driver] = {"pjsip": "pjsip", "chan_sip": "chan_sip"}


def with_freepbx_rows(rows: Rows, stored: Site) -> Rows:
    """Return the rows; lines that are new and have no secret get FreePBX's data.

    Raises OutsideError if FreePBX's files cannot be read. Mistakes in the rows are not reported here; `check`
    reports them.
    """
    pbx, phones = rows.data.get("pbx"), rows.data.get("phones")
    if not isinstance(pbx, dict) or not isinstance(phones, list) or not pbx.get("freepbx"):
        return rows
    known = {line.extension for _, line in stored.lines()}
    driver = _DRIVERS.get(str(pbx.get("driver", "pjsip")))
    if driver is None or not any(_wanting(phone, known) for phone in phones):
        return rows
    found = _extensions(str(pbx["freepbx"]), driver)
    return replace(rows, data={**rows.data, "phones": [_filled(phone, found, known) for phone in phones]})


def with_freepbx(record: Plain, freepbx: str, driver: Driver) -> Plain:
    """Return a new phone's record with FreePBX's data in its lines; `freepbx` is the site's `pbx.freepbx`.

    A secret that phones cannot use is left out. Raises OutsideError if FreePBX's files cannot be read.
    """
    if not freepbx or not any(_wanting(record, ())):
        return record
    filled: Plain = _filled(record, _extensions(freepbx, driver), ())
    return filled


def _extensions(freepbx: str, driver: Driver) -> "Mapping[str, FreePbxExtension]":
    from ringup.asterisk.freepbx import read_freepbx

    return read_freepbx(Path(freepbx), driver).extensions


def _wanting(phone: Any, known: Collection[str]) -> Iterator[Plain]:
    """Yield the lines of a record that need a secret; the record was not checked yet and may have any
    shape.
    """
    lines = phone.get("lines") if isinstance(phone, dict) else None
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict) and not _has_secret(line) and str(line.get("extension", "")) not in known:
            yield line


def _filled(phone: Any, found: "Mapping[str, FreePbxExtension]", known: Collection[str]) -> Any:
    wanting = [id(line) for line in _wanting(phone, known)]
    if not wanting:
        return phone
    lines = [_line(line, found) if id(line) in wanting else line for line in phone["lines"]]
    return {**phone, "lines": lines}


def _line(line: Plain, found: "Mapping[str, FreePbxExtension]") -> Plain:
    extension = found.get(str(line.get("extension", "")))
    if extension is None or fault_of_secret(extension.account.secret):
        return line
    account = extension.account
    has = {"name": account.caller_name, "auth_name": account.auth_name, "voicemail": account.has_mailbox}
    return {**has, **line, "secret": account.secret}


def _has_secret(line: Plain) -> bool:
    return bool(line.get("secret") or line.get(other_spelling("secret")))
