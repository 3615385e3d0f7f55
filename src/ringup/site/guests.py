"""Guests: unknown phones that have an account with which they can dial a claim code, and nothing else.

The accounts are numbered, so that Asterisk's files follow from the site's records alone: a new guest needs no
reload. Each account's password is derived from a secret of the site.
"""

import hmac
from base64 import b32encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ringup.phone.words import say
from ringup.site.model import Line, Phone, Site

SECRET_LENGTH = 24
"""Number of characters of an account's password; they have 120 bits."""
CODE_DIGITS = 6
CODE_SECONDS = 3600.0
"""Seconds after which a code ends."""
MOST_WRONG = 10
"""Number of wrong codes after which a phone is blocked."""
BLOCK_SECONDS = 86_400.0
"""Seconds for which a phone stays blocked: with ten guests, someone who guesses gets 100 of the 1,000,000
codes per day.
"""
DIAL_TEMPLATE = "guestdial"
"""The name of the guests' dial template without ``.xml``: the site's own template could dial a code before
its last digit.
"""
_ACCOUNT = "ringup-guest-"
"""The beginning of the accounts' names; ringup refuses lines whose extension begins with ``ringup-``."""
_LABEL, _BLOCKED, _GUEST = "Code {code}", "Blocked", "Guest"
_NO_PAGES = {"services_url": "", "directory_url": "", "messages_uri": ""}
"""A guest has no pages and no mailbox, so its buttons do nothing."""


@dataclass(frozen=True, slots=True)
class Guest:
    """An unknown phone that has one of the accounts."""

    mac: str
    number: int
    """The number of its account, from 1."""
    model: str
    code: str
    """The six digits on its screen, for `ringup claim`."""
    code_until: float
    """The end of that code, in Unix seconds."""
    wrong: int = 0
    """Number of wrong codes that the phone has dialled."""
    blocked_until: float = 0.0
    """The end of its block in Unix seconds; 0: it was not blocked."""

    @property
    def account(self) -> str:
        """Return the name of its account, which is also the extension of its line."""
        return account_of(self.number)


def account_of(number: int) -> str:
    """Return the name of the account with this number."""
    return f"{_ACCOUNT}{number}"


def is_account(extension: str) -> bool:
    """Return whether this extension is the name of a guest's account."""
    return extension.startswith(_ACCOUNT)


def guest_lines(site: Site) -> Iterator[Line]:
    """Return the lines of all guest accounts; none if the site has no guests."""
    return (_line(site, number) for number in range(1, site.guests_most + 1) if site.guests)


def _line(site: Site, number: int) -> Line:
    name = account_of(number)
    digest = hmac.digest(site.guests_secret.encode(), name.encode(), "sha256")
    secret = b32encode(digest).decode()[:SECRET_LENGTH]
    shown = say(_GUEST, site.language)
    return Line(extension=name, secret=secret, short_name=shown, display_name=shown, voicemail=False)


def with_guests(site: Site, guests: Collection[Guest]) -> Site:
    """Return the site with a record for each guest, for the phones' files.

    Guests that have a record of the site are left out, and so are all if the site has no guests.
    """
    macs = {phone.mac for phone in site.phones}
    added = [
        _phone(site, each) for each in guests if each.mac not in macs and each.number <= site.guests_most
    ]
    if not (site.guests and added):
        return site
    return site.model_copy(update={"phones": (*site.phones, *added)})


def _phone(site: Site, guest: Guest) -> Phone:
    language = site.language
    label = say(_BLOCKED, language) if guest.blocked_until else say(_LABEL, language, code=guest.code)
    lines = () if guest.blocked_until else (_line(site, guest.number),)
    settings = {**_NO_PAGES, "dial_template": DIAL_TEMPLATE}
    return Phone(mac=guest.mac, model=guest.model, label=label, lines=lines, settings=settings)
