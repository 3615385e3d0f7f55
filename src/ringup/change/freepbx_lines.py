"""Give the lines of a new phone what FreePBX has for them: secret, user name, name and mailbox."""

from copy import deepcopy
from pathlib import Path

from ringup.phone.forced_keys import other_spelling
from ringup.site.model import Driver
from ringup.site.rows import Plain
from ringup.site.secret_faults import fault_of_secret


def with_freepbx(record: Plain, freepbx: str, driver: Driver) -> Plain:
    """Return the phone's record with FreePBX's data in the fields that it leaves out; `freepbx` is
    `pbx.freepbx`.

    A secret that phones cannot take is left out. Raises OutsideError if FreePBX's files cannot be read.
    """
    if not freepbx or all(_has_secret(line) for line in record.get("lines", ())):
        return record
    from ringup.asterisk.freepbx import read_freepbx

    found = read_freepbx(Path(freepbx), driver).extensions
    filled = deepcopy(record)
    for line in filled["lines"]:
        extension = found.get(line["extension"])
        if extension is None or _has_secret(line) or fault_of_secret(extension.account.secret):
            continue
        account = extension.account
        has = {"name": account.caller_name, "auth_name": account.auth_name, "voicemail": account.has_mailbox}
        line.update({**has, **line, "secret": account.secret})
    return filled


def _has_secret(line: Plain) -> bool:
    return bool(line.get("secret") or line.get(other_spelling("secret")))
