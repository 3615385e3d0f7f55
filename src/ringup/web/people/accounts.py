"""What holds for every account: its name, and that an administrator is left."""

import re
from collections.abc import Iterable

from ringup.errors import Problem
from ringup.store.accounts import Account
from ringup.web.people.roles import ADMINISTRATOR, NOBODY, ROLES

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
GIVEN_ROLES = tuple(role for role in ROLES if role != NOBODY)
"""The roles that an account or a token may have."""


def name_problems(name: str) -> list[Problem]:
    """Return what is wrong with the name of an account or a token."""
    if NAME.fullmatch(name):
        return []
    cure = "Use up to 64 letters, digits and . _ @ -, and begin with a letter or digit."
    return [Problem("name", f"{name!r} is not a name.", cure)]


def last_administrator(accounts: Iterable[Account], name: str, role: str | None) -> list[Problem]:
    """Return a problem if this change, or removal (None), would leave no administrator."""
    others = [each for each in accounts if each.role == ADMINISTRATOR and each.name != name]
    if others or role == ADMINISTRATOR:
        return []
    return [Problem(name, "it is the only administrator.", "Make another account an administrator first.")]
