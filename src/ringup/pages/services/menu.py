"""The menu that the Services button shows."""

from collections.abc import Iterator, Mapping

from ringup.pages.objects.paging import menu_page
from ringup.pages.objects.values import Menu, MenuItem
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.service import Service

TITLE = "Services"


def services_menu(caller: Caller, services: Mapping[str, Service]) -> Menu:
    """Show the entries of all listed services that this caller may use."""
    items = [MenuItem(each.title, caller.url(f"service/{each.name}")) for each in _listed(caller, services)]
    start = caller.request.query.get("start", "")
    return menu_page(
        items,
        lambda following: caller.url("services", start=following),
        int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0,
        title=TITLE,
        prompt=caller.line.extension if isinstance(caller, KnownCaller) and caller.line else "",
    )


def _named(caller: Caller) -> list[str]:
    """Return the names of the services that the setting `services` of the caller's phone, group or site
    lists.
    """
    return caller.site.services_of(caller.phone).split() if isinstance(caller, KnownCaller) else []


def _listed(caller: Caller, services: Mapping[str, Service]) -> Iterator[Service]:
    """Yield the services that the setting lists, in its order.

    Without the setting, yield all services except those that must be named in it.
    """
    named = _named(caller)
    found = (services[name] for name in named if name in services) if named else services.values()
    for each in found:
        is_known = isinstance(caller, KnownCaller) or not each.is_for_known
        if is_known and (named or (each.is_listed and not each.is_for_named)):
            yield each


def may_use(caller: Caller, service: Service) -> bool:
    """Return whether this caller may use a service; some services must be named in the setting.

    A page without an entry of its own belongs to the service whose name is the first part of the page's name;
    fleet-phone, for example, belongs to fleet.
    """
    own = service.name if service.is_listed else service.name.partition("-")[0]
    return not service.is_for_named or own in _named(caller)
