"""The second factor: codes of an authenticator app (TOTP, RFC 6238), made and checked by pyotp."""

import re

import pyotp

STEP = 30
"""Seconds of one code."""
_SHIFTS = (-1, 0, 1)
"""Steps by which the clock of the app may be wrong (RFC 6238, 5.2 recommends one)."""
_SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    """Return a new random secret of 160 bits, in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Return whether a text has the form of a secret."""
    return _SECRET.fullmatch(text) is not None


def app_link(name: str, secret: str) -> str:
    """Return the ``otpauth:`` address that an authenticator app opens."""
    return pyotp.TOTP(secret, name=name, issuer="ringup").provisioning_uri()


def step_of_code(secret: str, code: str, now: float) -> int | None:
    """Return the time step of a code; None if it is not the present code, or that of a step beside it.

    The caller refuses a step that was accepted before. `now` is in POSIX seconds.
    """
    typed, totp = code.strip().replace(" ", ""), pyotp.TOTP(secret)
    for step in (int(now // STEP) + shift for shift in _SHIFTS):
        if pyotp.utils.strings_equal(typed, totp.generate_otp(step)):
            return step
    return None
