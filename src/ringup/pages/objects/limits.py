"""The limits of the XML objects that phones show. Source: P-XML-3, and P-XML-11 to P-XML-17."""

from types import MappingProxyType
from typing import NamedTuple

TITLE = 32
"""Maximum number of characters of a Title and of a Prompt (P-XML-11)."""
TEXT = 4000
"""Maximum number of characters of a Text (P-XML-13)."""
MENU_ITEMS = 32
"""Maximum number of entries of a Menu.

Phones accept 100 (P-XML-12), but users do not scroll through 100 entries. A smaller number also puts the
entry that leads on at the same place in every page.
"""
MENU_NAME = 64
"""Maximum number of characters of an entry's name (P-XML-12)."""
URL = 256
"""Maximum number of characters of a URL (P-XML-12)."""
DIRECTORY_ENTRIES = 32
"""Maximum number of entries of a Directory (P-XML-15)."""
ENTRY_NAME = 32
"""Maximum number of characters of a name in a Directory (P-XML-15)."""
TELEPHONE = 32
"""Maximum number of characters of a number in a Directory (P-XML-15)."""
INPUT_ITEMS = 5
"""Maximum number of fields of an Input (P-XML-14)."""
DISPLAY_NAME = PARAMETER = DEFAULT_VALUE = 32
"""Maximum number of characters of a field's name, of its parameter and of its first value (P-XML-14)."""
GRAPHIC_MENU_ITEMS = 12
"""Maximum number of entries of a GraphicMenu: one for each key of the keypad (P-XML-17)."""


class Pane(NamedTuple):
    """The part of a display in which pages are drawn."""

    width: int
    height: int
    """Height in pixels."""
    depth: int
    """Colour depth in bits per pixel."""


SMALLEST_PANE = Pane(133, 65, 2)
"""The pane of the 7940 and 7960; every model with a display accepts pictures of this size (P-XML-16)."""
PANES = MappingProxyType(
    {
        **dict.fromkeys(("7940", "7960"), SMALLEST_PANE),
        **dict.fromkeys(("7941", "7942", "7961", "7962"), Pane(298, 144, 4)),
        **dict.fromkeys(("7945", "7965"), Pane(298, 156, 16)),
        **dict.fromkeys(("7970", "7971"), Pane(298, 168, 12)),
        "7975": Pane(298, 168, 16),
    }
)
"""The pane of each model (P-XML-26)."""
