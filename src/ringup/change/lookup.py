"""Find a phone by its MAC; the error for an unknown MAC proposes a similar one."""

from difflib import get_close_matches

from ringup.errors import Problem, SiteErrors
from ringup.site.model import Phone, Site
from ringup.site.rows import Plain

_NEAR_MAC = 0.8
"""Minimum similarity of two MACs by difflib's measure; two digits may differ.

With the usual 0.6, all MACs of one vendor would be similar.
"""


def phone_of(site: Site, mac: str) -> Phone:
    """Return the phone with this MAC; raises SiteErrors, with a similar MAC, if there is no such phone."""
    phone = site.phone(mac)
    if phone is None:
        raise no_phone(mac, [phone.mac for phone in site.phones])
    return phone


def plain_phone(data: Plain, mac: str) -> Plain:
    """Return the phone with this MAC from a site's plain form."""
    for phone in data["phones"]:
        if phone["mac"] == mac:
            found: Plain = phone
            return found
    raise no_phone(mac, [phone["mac"] for phone in data["phones"]])


def no_phone(mac: str, known: list[str]) -> SiteErrors:
    """Return the error for a MAC that no record has."""
    near = get_close_matches(mac, known, n=1, cutoff=_NEAR_MAC)
    add = f"See `ringup phone list`, or add it: `ringup phone add {mac}`."
    cure = f"Did you mean {near[0]}?" if near else add
    return SiteErrors([Problem(f"phone {mac}", "is not in the site.", cure)])


def no_address_book(name: str, known: list[str]) -> SiteErrors:
    """Return the error for an address book that no record has."""
    near = get_close_matches(name, known, n=1)
    cure = f"Did you mean {near[0]}?" if near else f"Add it: `ringup directory add {name} URL`."
    return SiteErrors([Problem(f"address book {name}", "is not in the site.", cure)])


def no_group(name: str, known: list[str]) -> SiteErrors:
    """Return the error for a group that no record has."""
    near = get_close_matches(name, known, n=1)
    cure = f"Did you mean {near[0]}?" if near else f"Add it: `ringup group add {name}`."
    return SiteErrors([Problem(f"group {name}", "is not in the site.", cure)])
