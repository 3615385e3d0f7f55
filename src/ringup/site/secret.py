"""Generated secrets: easy to read from a sheet of paper, and accepted by phones."""

import secrets
from collections.abc import Callable
from typing import Any

from ringup.phone.forced_keys import bare

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""The characters of a secret. 0 and O, and 1, l and I, are left out because they look alike on paper. So are
i and o.
"""

LENGTH = 20
"""Number of characters: 115 bits, and well below the 31 that the phone accepts."""

MASK = "********"
"""What every view shows instead of a secret. In a file that is applied, the mask means: keep the stored
secret.
"""


SECRETS = frozenset({"secret", "password", "voicemail_pin", "manager_secret"})
"""Fields that no view shows."""


def masked(value: Any) -> Any:
    """Return the same plain data with every secret that is not empty masked."""
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
    """Return a new secret."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
