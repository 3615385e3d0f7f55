"""Find the file with the key of a site's secrets, which is outside the database.

So a copy of the database reveals no password.
"""

import os
from contextvars import ContextVar
from pathlib import Path

from ringup.errors import StoreError
from ringup.store.place import SITE_DATABASE

SITE_KEY = Path("/etc/ringup/ringup.key")
"""The key of this machine's site, and of databases on servers."""

NAMED: ContextVar[Path | None] = ContextVar("key", default=None)
"""The key file that the operator named for this command; None: the default file."""


def key_file(database: Path | None) -> Path:
    """Return the file with the key of a database; the file need not exist.

    `database` is None for a database on a server. A service manager's credential comes first
    (systemd.exec(5), LoadCredential), then the file that the operator named. Raises StoreError for a server's
    database if this user cannot read its default key file.
    """
    given = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent")) / "ringup.key"
    if given.is_file():
        return given
    named = NAMED.get() or os.environ.get("RINGUP_KEY")
    if named:
        return Path(named).expanduser().absolute()
    if database is None and os.geteuid() != 0 and not os.access(SITE_KEY, os.R_OK):
        raise StoreError(
            f"key {SITE_KEY}",
            "this user may not read it; it encrypts the passwords in the database.",
            "Name a file: --key ~/ringup.key or RINGUP_KEY.",
        )
    if database is None or database.absolute() == SITE_DATABASE:
        return SITE_KEY
    return database.absolute().with_name(f"{database.name}.key")
