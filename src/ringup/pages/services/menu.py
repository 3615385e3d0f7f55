"""The menu that the Services button shows."""

from collections.abc import Mapping

from ringup.pages.objects.paging import menu_page
from ringup.pages.objects.values import Menu, MenuItem
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.service import Service

TITLE = "Services"


def services_menu(caller: Caller, services: Mapping[str, Service]) -> Menu:
    """Show the entries of all listed services that this caller may use."""
    items = [
        MenuItem(each.title, caller.url(f"service/{each.name}"))
        for each in services.values()
        if each.is_listed and (isinstance(caller, KnownCaller) or not each.is_for_known)
    ]
    start = caller.request.query.get("start", "")
    return menu_page(
        items,
        lambda following: caller.url("services", start=following),
        int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0,
        title=TITLE,
        prompt=caller.line.extension if isinstance(caller, KnownCaller) and caller.line else "",
    )
