"""Login: a name, a password and, if the account has a second factor, its code."""

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import Literal, NamedTuple

from sqlalchemy import Engine

from ringup.store.accounts import Account, accept_step, read_account
from ringup.web.people.passwords import fits, hash_of_nobody
from ringup.web.people.second_factor import step_of_code

MOST_FAILURES = 5
"""Number of failed logins of a name, or of an address, after which the next one must wait."""
WINDOW = 300.0
"""Seconds for which a failed login counts."""
MOST_NAMES = 2000
"""Maximum number of names and addresses whose failures are kept; the oldest are forgotten."""

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
    """The failed logins of the last minutes, by name and by address; they are kept in memory."""

    _failed: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, keys: tuple[str, ...], now: float) -> int:
        """Count a login as failed until `forget` or `take_back`, and return 0.

        If it is not allowed yet, count nothing, and return the seconds until it is. Many logins at the same
        time are counted before the first password is checked.
        """
        with self._lock:
            wait = max((self._wait(key, now) for key in keys), default=0)
            if not wait:
                self._count(keys, now)
            return wait

    def _wait(self, key: str, now: float) -> int:
        failed = self._failed.get(key, deque())
        while failed and failed[0] < now - WINDOW:
            failed.popleft()
        return int(failed[0] + WINDOW - now) + 1 if len(failed) >= MOST_FAILURES else 0

    def _count(self, keys: tuple[str, ...], now: float) -> None:
        for key in keys:
            failed = self._failed.pop(key, deque(maxlen=MOST_FAILURES))
            failed.append(now)
            self._failed[key] = failed
        while len(self._failed) > MOST_NAMES:
            del self._failed[next(iter(self._failed))]

    def take_back(self, keys: tuple[str, ...], now: float) -> None:
        """Forget one login that began at this time: it did not fail, but it is not complete."""
        with self._lock:
            for key in keys:
                with suppress(ValueError):
                    self._failed.get(key, deque()).remove(now)

    def forget(self, keys: tuple[str, ...]) -> None:
        """Forget the failures, after a login that succeeded."""
        with self._lock:
            for key in keys:
                self._failed.pop(key, None)


def log_in(
    engine: Engine, limits: LoginLimits, name: str, password: str, code: str, address: str
) -> LoginResult:
    """Check a login; an unknown name takes the same time as a wrong password."""
    keys, now = (_name_key(name), f"address {_origin(address)}"), time.time()
    if wait := limits.begin(keys, now):
        return LoginResult("wait", seconds=wait)
    account = read_account(engine, name[:64])
    right = fits(password, account.password if account else hash_of_nobody())
    if account is None or not right:
        return LoginResult("wrong")
    if account.totp and not code:
        limits.take_back(keys, now)
        return LoginResult("code")
    if account.totp and not _accepted(engine, account, code, now):
        return LoginResult("wrong")
    limits.forget(keys)
    return LoginResult("in", account)


def confirm(limits: LoginLimits, account: Account, password: str) -> LoginResult:
    """Check the password of an account that is logged in; a stolen session must not guess it."""
    keys, now = (_name_key(account.name),), time.time()
    if wait := limits.begin(keys, now):
        return LoginResult("wait", seconds=wait)
    if not fits(password, account.password):
        return LoginResult("wrong")
    limits.take_back(keys, now)
    return LoginResult("in", account)


def _accepted(engine: Engine, account: Account, code: str, now: float) -> bool:
    """Return whether a code is right, and was not used before."""
    step = step_of_code(account.totp, code, now)
    return step is not None and accept_step(engine, account.name, step)


def _name_key(name: str) -> str:
    return f"name {name.casefold()[:64]}"


def _origin(address: str) -> str:
    """Return the address that is counted: of IPv6 the network of 64 bits, because one host has all of it."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False))
