"""Generated secrets: easy to read from a sheet of paper, and accepted by phones."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""The characters of a secret. 0 and O, and 1, l and I, are left out because they look alike on paper. So are
i and o.
"""

LENGTH = 20
"""Number of characters: 115 bits, and well below the 31 that the phone accepts."""


def generate() -> str:
    """Return a new secret."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
