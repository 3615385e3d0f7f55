"""Callers of services: the phone of Ann, whose site has three lines."""

from typing import Any

from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.page_request import PageRequest
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.sources import Sources
from ringup.site.model import Group, Line, Pbx, Phone, Site

ANN = Phone(
    mac="001646C0FFEE",
    group="front",
    lines=(Line(extension="101", name="Ann", secret="s"), Line(extension="109", voicemail=False, secret="s")),
)
BOB = Phone(mac="001646C0FFE0", lines=(Line(extension="102", name="Bob", secret="s"),))
SITE = Site(
    phones=(ANN, BOB), groups=(Group(name="front"),), pbx=Pbx(outside_prefix="9", outside_dial="SIP/trunk")
)


def ann(sources: Sources, site: Site = SITE, **query: str) -> KnownCaller:
    """Return Ann's phone as the caller, with this query."""
    request = PageRequest("10.0.0.11", "", query)
    return KnownCaller(request, site, "10.0.0.1", DirectoryBooks(), ANN, sources=sources)


def names(menu: Any) -> list[str]:
    """Return the names of the services behind the entries of a menu."""
    return [item.url.rpartition("/")[2] for item in menu.items]
