"""The files that ringup renders from the site's records: one row per kind of file.

Files that all phones share and files of single phones have separate tables. The MAC in a name shows whose
file it is, so no list of 10,000 names is necessary.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ringup.phone import firmware as firmware_names
from ringup.phone.forced_keys import bare_values
from ringup.render.default_xml import default_xml
from ringup.render.dialplan_xml import dial_template, guest_template
from ringup.render.os79xx import os79xx
from ringup.render.ringlist import ringlist
from ringup.render.ringlist_xml import ringlist_xml
from ringup.render.sep_xml import has_own_file, sep_xml
from ringup.render.sip_cnf import DIAL_TEMPLATE, default_cnf, phone_cnf
from ringup.render.syncinfo_xml import syncinfo
from ringup.site.guests import DIAL_TEMPLATE as DIAL_TEMPLATE_OF_GUESTS
from ringup.site.model import Phone, Site


class Loaders(Protocol):
    """Knows the loader program that belongs to each load."""

    def loader_of(self, load: str) -> str | None:
        """Return the loader's name without its suffix; None if it is unknown."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records that files are rendered from."""

    site: Site
    phones: Mapping[str, Phone]
    """The site's phones by MAC."""
    loaders: Loaders
    server: str
    """The address at which phones reach this server."""


@dataclass(frozen=True, slots=True)
class RenderedKind:
    """One kind of file that all phones share."""

    names: Callable[[Site], Iterable[str]]
    render: Callable[[Records, str], str]
    """Renders the file of this name; an empty text means that the file does not exist."""
    stored_first: bool = False
    """True if the operator's file of this name in a folder is served instead, because it is for later models.
    """
    for_phone: Callable[[Records, Phone], str] | None = None
    """Renders the file for one phone, if phones may get different texts under this name."""

    def varies(self, records: Records, text: str) -> bool:
        """Return whether any phone of the site gets a text that differs from `text`."""
        render = self.for_phone
        return render is not None and any(render(records, each) != text for each in records.site.phones)


@dataclass(frozen=True, slots=True)
class OwnKind:
    """One kind of file that each phone has separately; the MAC is between two fixed parts of the name."""

    before: str
    """The fixed part of the name before the MAC, in upper case."""
    after: str
    has: Callable[[Site, Phone], bool]
    """Returns whether this phone has such a file."""
    render: Callable[[Records, Phone], str]

    def name(self, phone: Phone) -> str:
        """Return the name in the spelling that phones should use."""
        return f"{self.before}{phone.mac}{self.after}"

    def phone(self, records: Records, upper: str) -> Phone | None:
        """Return the phone whose file has this name, given in upper case; None if it is not a phone's
        file.
        """
        if not (upper.startswith(self.before) and upper.endswith(self.after.upper())):
            return None
        phone = records.phones.get(upper[len(self.before) : -len(self.after)])
        return phone if phone is not None and self.has(records.site, phone) else None


def _always(name: str) -> Callable[[Site], Iterable[str]]:
    return lambda _site: (name,)


def _dial_templates(site: Site) -> Iterable[str]:
    """Return all names of the dial template.

    They are the default name, which phones request after a check-sync, and the names in the settings
    (P-DIAL-19).
    """
    groups = (group.settings for group in site.groups)
    settings = (site.settings, *groups, *(phone.settings for phone in site.phones if phone.settings))
    used = (bare_values(level).get("dial_template", "") for level in settings)
    return (f"{template}.xml" for template in dict.fromkeys((DIAL_TEMPLATE, *used)) if template)


def _guest_template(site: Site) -> Iterable[str]:
    """Return the name of the guests' dial template; it replaces the site's template of this name."""
    return (f"{DIAL_TEMPLATE_OF_GUESTS}.xml",) if site.guests else ()


def _os79xx(records: Records, _name: str) -> str:
    site = records.site
    return _pointer(records, site.sccp_load if site.protocol == "sccp" else site.load)


def _os79xx_of(records: Records, phone: Phone) -> str:
    return _pointer(records, records.site.load_of(phone))


def _pointer(records: Records, load: str) -> str:
    return os79xx(records.loaders.loader_of(load) or firmware_names.loader_of(load))


RENDERED: tuple[RenderedKind, ...] = (
    RenderedKind(_always("SIPDefault.cnf"), lambda records, _: default_cnf(records.site, records.server)),
    RenderedKind(_always("XMLDefault.cnf.xml"), lambda records, _: default_xml(records.site, records.server)),
    RenderedKind(_always("OS79XX.TXT"), _os79xx, for_phone=_os79xx_of),
    RenderedKind(_dial_templates, lambda records, _: dial_template(records.site)),
    RenderedKind(_guest_template, lambda records, _: guest_template(records.site)),
    RenderedKind(_always("RINGLIST.DAT"), lambda records, _: ringlist(records.site)),
    RenderedKind(_always("Ringlist.xml"), lambda records, _: ringlist_xml(records.site), stored_first=True),
    RenderedKind(_always("syncinfo.xml"), lambda records, _: syncinfo(records.site)),
)

OWN: tuple[OwnKind, ...] = (
    OwnKind("SIP", ".cnf", lambda _site, _phone: True,
            lambda records, phone: phone_cnf(records.site, phone, records.server)),
    OwnKind("SEP", ".cnf.xml", has_own_file,
            lambda records, phone: sep_xml(records.site, phone, records.server)),
)  # fmt: skip
