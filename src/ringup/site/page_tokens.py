"""The token in the URLs of a phone's buttons: it identifies a phone that shares its address with others, as
behind NAT.

A token is derived from one secret of the site and the phone's password, so a new password makes a new token.
"""

import hmac
from base64 import b32encode

from ringup.site.model import Phone, Site

ALL = "all"
"""The value of ``page_tokens`` that stands for all phones."""
_CHARACTERS = 26
"""Number of characters of the secret part of a token; each has 5 bits (RFC 4648)."""


def needs_token(site: Site, phone: Phone) -> bool:
    """Return whether this phone is identified by its token and not by its address."""
    named = site.page_tokens.split()
    return ALL in named or phone.group in named


def token_of(site: Site, phone: Phone) -> str:
    """Return the token of a phone: its MAC, a dash, and 130 bits that only its own file contains."""
    return f"{phone.mac}-{_secret_part(site, phone.mac, phone.password)}"


def phone_of_token(site: Site, token: str) -> Phone | None:
    """Return the phone with this token, or None; the time does not depend on the token's secret part."""
    mac, _, secret = token.partition("-")
    phone = site.phone(mac)
    expected = _secret_part(site, mac, phone.password if phone else "")
    is_right = hmac.compare_digest(expected.encode(), secret.encode("utf-8", "replace"))
    return phone if phone is not None and is_right and needs_token(site, phone) else None


def _secret_part(site: Site, mac: str, password: str) -> str:
    text = f"{mac}\0{password}".encode("utf-8", "replace")
    digest = hmac.digest(site.page_tokens_secret.encode(), text, "sha256")
    return b32encode(digest).decode().lower()[:_CHARACTERS]
