"""What holds for every account: its name, and why it was not changed."""

import re
from collections.abc import Mapping

from ringup.errors import Problem
from ringup.store.accounts import AccountResult
from ringup.web.people.roles import GIVEN_ROLES, may

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def name_problems(name: str) -> list[Problem]:
    """Return what is wrong with the name of an account or a token."""
    if NAME.fullmatch(name):
        return []
    cure = "Use up to 64 letters, digits and . _ @ -, and begin with a letter or digit."
    return [Problem("name", f"{name!r} is not a name.", cure)]


def roles_above(role: str) -> tuple[str, ...]:
    """Return the roles that an account with this role has not, and that its tokens may not have either."""
    return tuple(each for each in GIVEN_ROLES if not may(role, each))


def change_problems(result: AccountResult, name: str) -> list[Problem]:
    """Return why an account was not changed or removed."""
    return [Problem(name, *_REASONS[result])] if result in _REASONS else []


_REASONS: Mapping[AccountResult, tuple[str, str]] = {
    "last": ("it is the only administrator.", "Make another account an administrator first."),
    "unknown": ("it is not an account.", "List them: ringup account list"),
}


def name_taken(what: str, name: str) -> list[Problem]:
    """Return the problem that an account or a token with this name exists."""
    return [Problem("name", f"{what} {name} exists already.", "Choose another name.")]
