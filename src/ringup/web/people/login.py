"""Login: a name, a password and, if the account has a second factor, its code."""

import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, NamedTuple

import pyotp
from sqlalchemy import Engine

from ringup.store.accounts import Account, accept_step, read_account
from ringup.web.people.passwords import fits, hash_of_nobody

MOST_FAILURES = 5
"""Number of failed logins of a name, or of an address, after which the next one must wait."""
WINDOW = 300.0
"""Seconds for which a failed login counts."""
MOST_NAMES = 2000
"""Maximum number of names and addresses whose failures are kept; the oldest are forgotten."""
STEP = 30
"""Seconds of one code of the second factor (RFC 6238)."""

Outcome = Literal["in", "wrong", "code", "wait"]
"""in: logged in. wrong: name, password or code is wrong. code: the code of the second factor is missing.
wait: too many failures.
"""


class LoginResult(NamedTuple):
    """The result of one login."""

    outcome: Outcome
    account: Account | None = None
    seconds: int = 0
    """Seconds until the next login is allowed."""


@dataclass(slots=True)
class LoginLimits:
    """The failed logins of the last minutes, by name and by address."""

    _failed: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, keys: tuple[str, ...], now: float) -> int:
        """Return the seconds until a login with one of these keys is allowed; 0: it is allowed now."""
        with self._lock:
            return max((self._wait(key, now) for key in keys), default=0)

    def _wait(self, key: str, now: float) -> int:
        failed = self._failed.get(key, deque())
        while failed and failed[0] < now - WINDOW:
            failed.popleft()
        return int(failed[0] + WINDOW - now) + 1 if len(failed) >= MOST_FAILURES else 0

    def note_failure(self, keys: tuple[str, ...], now: float) -> None:
        """Count a failed login."""
        with self._lock:
            for key in keys:
                failed = self._failed.pop(key, deque(maxlen=MOST_FAILURES))
                failed.append(now)
                self._failed[key] = failed
            while len(self._failed) > MOST_NAMES:
                del self._failed[next(iter(self._failed))]

    def forget(self, keys: tuple[str, ...]) -> None:
        """Forget the failures, after a login that succeeded."""
        with self._lock:
            for key in keys:
                self._failed.pop(key, None)


def log_in(
    engine: Engine, limits: LoginLimits, name: str, password: str, code: str, address: str
) -> LoginResult:
    """Check a login; an unknown name takes the same time as a wrong password."""
    keys, now = (f"name {name.casefold()[:64]}", f"address {address}"), time.time()
    if wait := limits.wait(keys, now):
        return LoginResult("wait", seconds=wait)
    account = read_account(engine, name[:64])
    right = fits(password, account.password if account else hash_of_nobody())
    if account is None or not right:
        limits.note_failure(keys, now)
        return LoginResult("wrong")
    if account.totp and not code:
        return LoginResult("code")
    if account.totp and not _accepted(engine, account, code, now):
        limits.note_failure(keys, now)
        return LoginResult("wrong")
    limits.forget(keys)
    return LoginResult("in", account)


def _accepted(engine: Engine, account: Account, code: str, now: float) -> bool:
    """Return whether a code is that of now, or of the step before or after, and was not used before."""
    totp = pyotp.TOTP(account.totp)
    for step in (int(now // STEP) + shift for shift in (-1, 0, 1)):
        if pyotp.utils.strings_equal(code.strip().replace(" ", ""), totp.generate_otp(step)):
            return accept_step(engine, account.name, step)
    return False
