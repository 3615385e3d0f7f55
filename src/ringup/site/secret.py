"""Secrets that people can read off a sheet and phones accept."""

import secrets
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
    if isinstance(value, dict):
        return {
            name: MASK if bare(name) in SECRETS and part not in ("", None) else masked(part)
            for name, part in value.items()
        }
    return [masked(part) for part in value] if isinstance(value, list) else value


def generate() -> str:
    """A new secret."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
