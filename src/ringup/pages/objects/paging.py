"""Divide a long list into pages.

The last entry of a page leads to the next one, because a page has no soft keys on a SIP phone (P-XML-24).
"""

from collections.abc import Callable, Sequence

from ringup.pages.objects.limits import MENU_ITEMS
from ringup.pages.objects.values import Menu, MenuItem

MORE = "More ..."
"""The name of the entry that leads to the next page."""


def menu_page(
    items: Sequence[MenuItem],
    url_of: Callable[[int], str],
    start: int = 0,
    *,
    title: str = "",
    prompt: str = "",
    more: str = MORE,
) -> Menu:
    """Return the page of the list that begins with the item number `start`, counted from 0.

    `url_of` returns the URL of the page that begins with an item. If `start` is beyond the list, the first
    page is returned. `more` is the name of the entry that leads to the next page.
    """
    first = start if 0 <= start < len(items) else 0
    rest = items[first:]
    if len(rest) <= MENU_ITEMS:
        return Menu(rest, title, prompt)
    following = first + MENU_ITEMS - 1
    return Menu([*items[first:following], MenuItem(more, url_of(following))], title, prompt)
