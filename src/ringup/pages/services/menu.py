"""The menu that the Services button shows."""

from collections.abc import Iterator, Mapping

from ringup.pages.objects.paging import MORE, menu_page
from ringup.pages.objects.values import Menu, MenuItem
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.service import Service

TITLE = "Services"


def services_menu(caller: Caller, services: Mapping[str, Service]) -> Menu:
    """Show the entries of all listed services that this caller may use."""
    items = [
        MenuItem(caller.say(each.title), caller.url(f"service/{each.name}"))
        for each in _listed(caller, services)
    ]
    start = caller.request.query.get("start", "")
    return menu_page(
        items,
        lambda following: caller.url("services", start=following),
        int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0,
        title=caller.say(TITLE),
        more=caller.say(MORE),
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
    """Return whether this caller may use a service: one for named phones only if it is named.

    A page that only links lead to belongs to the service with whose name its own begins, like fleet-phone to
    fleet.
    """
    if not service.is_for_named:
        return True
    return any(
        service.name == name or (not service.is_listed and service.name.startswith(f"{name}-"))
        for name in _named(caller)
    )
