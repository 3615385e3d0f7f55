"""Secrets that people can read off a sheet and phones accept."""

import secrets
from collections.abc import Callable
from typing import Any

from ringup.phone.forced_keys import bare

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No 0 and O, no 1, l and I: telling them apart on paper is hard. Small i and o are left out too."""

LENGTH = 20
"""Characters: 115 bits, and well below the 31 that the phone takes."""

MASK = "********"
"""What every view shows in a secret's place; in a file that is applied it means: keep the stored one."""


SECRETS = frozenset({"secret", "password", "voicemail_pin", "manager_secret"})
"""Fields that no view shows."""


def masked(value: Any) -> Any:
    """The same plain data with every secret that is not empty masked."""
    return with_secrets(value, lambda _: MASK)


def with_secrets(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return the same plain data with every secret that is not empty changed."""
    if isinstance(value, dict):
        return {
            name: change(part)
            if bare(name) in SECRETS and part not in ("", None)
            else with_secrets(part, change)
            for name, part in value.items()
        }
    return [with_secrets(part, change) for part in value] if isinstance(value, list) else value


def generate() -> str:
    """A new secret."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
