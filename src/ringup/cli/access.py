"""Commands to type for a user who may not read or write the site of this machine."""

import getpass
import grp
import shlex
import sys

from ringup.errors import NoAccess, for_root
from ringup.store.place import earlier_private_site


def cure(error: NoAccess) -> str:
    """Return two hints: the typed command with sudo, and how to work without root in future."""
    again = f"Type: {for_root(shlex.join(['ringup', *sys.argv[1:]]))}"
    if not error.group:
        return f"{again}{earlier_private_site()}"
    user = getpass.getuser()
    if user in grp.getgrnam(error.group).gr_mem:
        return f"{again}\nor log out and in: {user} joined the group {error.group} after this session began."
    join = for_root(f"adduser {user} {error.group}")
    return f"{again}\nor join the group: {join}, then log out and in.{earlier_private_site()}"
