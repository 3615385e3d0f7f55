"""Ask a running Kea, by its control socket, what it lacks of the site."""

from ringup.check.facts import KeaState
from ringup.errors import OutsideError, SiteErrors
from ringup.kea.control import KeaControl
from ringup.kea.merge import merged
from ringup.site.model import Site

SECONDS = 5.0
"""Timeout in seconds of an answer."""


def kea(site: Site) -> KeaState:
    """Return what Kea lacks of the site, and why; nothing if the site names no Kea."""
    if not site.kea or site.server_address is None:
        return KeaState()
    try:
        change = merged(KeaControl(site.kea, SECONDS).config(), site, site.server_address)
    except SiteErrors as error:
        return KeaState(faults=tuple((f"{each.where}: {each.what}", each.cure) for each in error.problems))
    except OutsideError as error:
        return KeaState(faults=((f"Kea does not answer on {site.kea}: {error.answer}", error.cure),))
    return KeaState(differences=change.lines)
