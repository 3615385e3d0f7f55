"""Check the URLs that phones fetch and that an operator has set: the pages of their buttons, and their logo.

ringup's own pages need no check: their URLs have the server's address, and `http-ports` checks their port.
"""

from collections.abc import Iterator, Mapping

from ringup.check.facts import Facts, UrlAnswer
from ringup.finding import WARNING
from ringup.phone.page_urls import URL_SETTINGS, phone_url
from ringup.rule import Found, Rule, known
from ringup.site.model import Site

_OWN_DNS = "dyn_dns_addr_1"
_REDIRECTS = range(300, 400)
_NOT_FOUND = 404


def urls_of(site: Site) -> Mapping[str, tuple[str, str]]:
    """Return the URLs that are set for the site, its groups and phones, each with its parameter and the
    command that changes it.
    """
    levels = [
        ("site set", site.settings),
        *((f"group set {group.name}", group.settings) for group in site.groups),
        *((f"phone set {phone.mac}", phone.settings) for phone in site.phones),
    ]
    return {
        url: (name, f"ringup {command} {name}=URL")
        for command, settings in reversed(levels)
        for name in URL_SETTINGS
        if (url := settings.get(name, "").strip())
    }


def _urls(facts: Facts) -> Iterator[Found]:
    answers = known(facts.urls)
    for url, (name, command) in urls_of(facts.site).items():
        fault = _without_dns(facts, url) or (_of_answer(answers[url]) if url in answers else None)
        if fault is not None:
            yield Found(f"{name} is {url}. {fault[0]}", fault[1], (command,))


def _without_dns(facts: Facts, url: str) -> tuple[str, str] | None:
    """Return the fault of a host name, and its cure, if DHCP gives some phones no DNS server."""
    without = [str(subnet.network) for subnet in facts.site.subnets if not subnet.dns]
    if not (phone_url(url).has_name and facts.dhcp and without) or _OWN_DNS in facts.site.settings:
        return None
    host = phone_url(url).host
    what = f"DHCP gives phones in {', '.join(without)} no DNS server, so they cannot resolve {host}."
    return what, "Write the server's address instead of its name:"


def _of_answer(answer: UrlAnswer) -> tuple[str, str] | None:
    """Return the fault of what the server answers to this machine, and its cure."""
    if answer.error:
        return f"The server does not answer: {answer.error}.", "Check the address, the port and the server:"
    if answer.status in _REDIRECTS:
        target = answer.location or "no place"
        return f"The server redirects it to {target}.", "Write the URL of the page itself:"
    if answer.status == _NOT_FOUND:
        return "The server has no such page (404).", "Correct the path:"
    return None


def _seen(facts: Facts) -> str:
    count = len(urls_of(facts.site))
    return f"{count} URL{'' if count == 1 else 's'} can be fetched" if count else "ringup's own pages"


RULES: tuple[Rule[Facts], ...] = (Rule("phone-urls", "phones' URLs", WARNING, _urls, _seen),)
