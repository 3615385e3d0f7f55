"""The URLs of ringup's own pages, which a phone's files contain for its Directory and Services buttons."""

from ringup.phone.forced_keys import bare_values
from ringup.site.model import Phone, Site
from ringup.site.page_tokens import needs_token, token_of

PAGES = {"services_url": "services", "directory_url": "directory"}
"""The parameters of the buttons that open ringup's own pages, with the names of the pages."""


def shared_urls(server: str) -> dict[str, str]:
    """Return the URL of each parameter for all phones; the port is HTTP's own, which `serve` opens by
    default.
    """
    return {name: f"http://{server}/phone/{page}" for name, page in PAGES.items()}


def urls_with_token(site: Site, phone: Phone, server: str) -> dict[str, str]:
    """Return the URLs of a phone that is identified by its token; none for another phone."""
    if not (site.page_tokens and needs_token(site, phone)):
        return {}
    token = token_of(site, phone)
    return {name: f"http://{server}/phone/~{token}/{page}" for name, page in PAGES.items()}


def urls_of(site: Site, phone: Phone, server: str) -> dict[str, str]:
    """Return the URL of each button of one phone: the one that is set for it, or else that of ringup's page.

    An empty URL switches a button off.
    """
    group = site.group(phone.group)
    chosen = bare_values(site.settings, group.settings if group else {}, phone.settings)
    own = {**shared_urls(server), **urls_with_token(site, phone, server)}
    return {name: chosen.get(name, url) for name, url in own.items()}
