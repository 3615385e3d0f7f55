"""Passwords: their limits and their scrypt hashes."""

import hashlib
import os
from base64 import b64decode, b64encode
from functools import lru_cache
from hmac import compare_digest

from ringup.errors import Problem

SHORTEST = 10
"""Minimum number of characters (NIST SP 800-63B asks for 8 at least)."""
LONGEST = 200
"""Maximum number of characters, so that hashing takes a known time."""
_N, _R, _P = 2**15, 8, 1
"""Parameters of scrypt: 32 MB and about 0.1 s for one hash (OWASP's password storage cheat sheet)."""
_MEMORY = 128 * _N * _R * 2


def problems_of(password: str, name: str = "") -> list[Problem]:
    """Return what is wrong with a new password."""
    if not SHORTEST <= len(password) <= LONGEST:
        cure = f"Choose {SHORTEST} to {LONGEST} characters; several words are easy to remember."
        return [Problem("password", f"it has {len(password)} characters.", cure)]
    if name and name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST:
        return [Problem("password", "it contains the account's name.", "Choose another one.")]
    return []


def hashed(password: str) -> str:
    """Return the scrypt hash of a password, with its parameters and a random salt."""
    salt = os.urandom(16)
    return f"scrypt:{_N}:{_R}:{_P}:{b64encode(salt).decode()}:{_digest(password, salt, _N, _R, _P)}"


def fits(password: str, stored: str) -> bool:
    """Return whether a password has this hash."""
    kind, n, r, p, salt, digest = stored.split(":")
    if kind != "scrypt":
        return False
    return compare_digest(_digest(password[:LONGEST], b64decode(salt), int(n), int(r), int(p)), digest)


@lru_cache(maxsize=1)
def hash_of_nobody() -> str:
    """Return a hash that no password has; an unknown name takes as long as a known one."""
    return hashed(os.urandom(32).hex())


def _digest(password: str, salt: bytes, n: int, r: int, p: int) -> str:
    made = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)
    return b64encode(made).decode()
