"""Cut a long list into pages. A page has no soft keys on a SIP phone: the last entry leads on (P-XML-24)."""

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
) -> Menu:
    """Return the page of a list that begins with the item of number `start`, from 0.

    `url_of` returns the URL of the page that begins with an item. A start beyond the list is the first page.
    """
    first = start if 0 <= start < len(items) else 0
    rest = items[first:]
    if len(rest) <= MENU_ITEMS:
        return Menu(rest, title, prompt)
    following = first + MENU_ITEMS - 1
    return Menu([*items[first:following], MenuItem(MORE, url_of(following))], title, prompt)
