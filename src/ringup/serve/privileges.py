"""Give up root once the sockets are open."""

import grp
import os
import pwd
import shlex
from pathlib import Path

from ringup.errors import BindError, StoreError, for_root


def drop_to(user: str) -> None:
    """Become `user` permanently; raises BindError if the user does not exist or the process is not root."""
    try:
        record = pwd.getpwnam(user)
    except KeyError:
        raise BindError(
            f"dropping privileges to {user}",
            "there is no such user.",
            f"Create it: {for_root(f'adduser --system --group {user}')}, or leave --user out.",
        ) from None
    if os.geteuid() == record.pw_uid:
        return
    groups = [group.gr_gid for group in grp.getgrall() if user in group.gr_mem]
    try:
        os.setgroups([record.pw_gid, *groups])
        os.setgid(record.pw_gid)
        os.setuid(record.pw_uid)
    except PermissionError as error:
        raise BindError(
            f"dropping privileges to {user}", f"{error.strerror}.", "Only root can; leave --user out."
        ) from error


def refuse_unwritable(database: Path | None, user: str) -> None:
    """Raise StoreError if the current user cannot write the database and its journal beside it."""
    if database is None:
        return
    if os.access(database, os.W_OK) and os.access(database.parent, os.W_OK | os.X_OK):
        return
    raise StoreError(
        f"keeping leases in {database} as {user}",
        "that user may not write there.",
        f"As root: {shlex.join(('chown', '-R', user, str(database.parent)))}",
    )
