"""The URLs that a phone fetches: pages of its buttons, and its logo (P-PARAM-26)."""

from typing import NamedTuple
from urllib.parse import urlsplit

from ringup.phone.parameters import is_address

URL_SETTINGS = ("services_url", "directory_url", "logo_url")
"""The ``.cnf`` parameters that hold a URL."""


class PhoneUrl(NamedTuple):
    """The parts of a URL that decide whether a phone can fetch it."""

    scheme: str
    host: str
    """Empty: the URL has none, or is not a URL."""

    @property
    def has_name(self) -> bool:
        """True if the phone must resolve a host name before it can fetch the URL."""
        return bool(self.host) and not is_address(self.host)


def phone_url(text: str) -> PhoneUrl:
    """Return the parts of a URL; for any other text, both are empty."""
    try:
        parts = urlsplit(text.strip())
        return PhoneUrl(parts.scheme, parts.hostname or "")
    except ValueError:
        return PhoneUrl("", "")
