"""Passwords: their limits and their scrypt hashes."""

import hashlib
import os
from base64 import b64decode, b64encode
from hmac import compare_digest
from threading import BoundedSemaphore
from unicodedata import normalize

from ringup.errors import Problem

SHORTEST = 10
"""Minimum number of characters (NIST SP 800-63B asks for 8 at least)."""
LONGEST = 200
"""Maximum number of characters, so that hashing takes a known time."""
_N, _R, _P = 2**15, 8, 1
"""Parameters of scrypt: 32 MB and about 0.1 s for one hash (OWASP's password storage cheat sheet)."""
_MEMORY = 128 * _N * _R * 2
_TURN = BoundedSemaphore(2)
"""Two hashes at a time, so that many logins at once neither need gigabytes nor every processor."""


def problems_of(password: str, name: str = "") -> list[Problem]:
    """Return what is wrong with a new password."""
    if any("\ud800" <= character <= "\udfff" for character in password):
        return [Problem("password", "it is not text in UTF-8.", "Type it in a terminal that uses UTF-8.")]
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


def hash_of_nobody() -> str:
    """Return a hash that no password has; checking it takes as long as the hash of an account."""
    salt, digest = (b64encode(os.urandom(number)).decode() for number in (16, 32))
    return f"scrypt:{_N}:{_R}:{_P}:{salt}:{digest}"


def _digest(password: str, salt: bytes, n: int, r: int, p: int) -> str:
    text = normalize("NFKC", password).encode(errors="replace")
    with _TURN:
        return b64encode(hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)).decode()
