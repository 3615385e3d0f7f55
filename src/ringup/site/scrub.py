"""Remove the secrets of a site from a text, in whatever encoding they occur.

Masking by the names of fields works only in texts of a known form. So a report that leaves the site is also
searched for each secret, in each encoding, and every occurrence is masked.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ringup.site.guests import guest_lines
from ringup.site.mask import MASK, with_secrets
from ringup.site.model import Site

SHORTEST = 5
"""Minimum number of characters of a secret that is searched for.

A shorter secret, such as a PIN of four digits, may also be a port, a year or an extension.
"""


def secrets_of(site: Site) -> frozenset[str]:
    """Return all secrets in the records and settings of a site, and the passwords of its guests' accounts."""
    found = {line.secret for line in guest_lines(site)}

    def note(value: Any) -> Any:
        found.add(str(value))
        return value

    with_secrets(site.model_dump(mode="json"), note)
    return frozenset(found - {"", MASK})


def forms_of(secret: str) -> Iterator[str]:
    """Yield a secret in the forms in which texts may contain it: plain, URL, JSON, XML, Base64, hexadecimal,
    digest.
    """
    data = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield json.dumps(secret)[1:-1]
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield from (
        base64.b64encode(data).decode().rstrip("="),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
    )
    yield from (data.hex(), data.hex().upper())
    yield from (hashlib.md5(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest())


def scrubbed(text: str, secrets: frozenset[str]) -> str:
    """Return a text without these secrets in any form; secrets shorter than `SHORTEST` are not removed."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST for form in forms_of(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
