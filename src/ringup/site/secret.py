"""Generate secrets that people can read from a sheet of paper and that phones accept."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""The characters of a secret.

0 and O, and 1, l and I, are left out because they look alike on paper; i and o are left out too.
"""

LENGTH = 20
"""Number of characters; they have 115 bits, and are well below the 31 characters that the phone accepts."""


def generate() -> str:
    """Return a new secret."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
