"""The six objects of CallManager XML 3.0; a 7940 or 7960 with SIP shows no others (P-XML-1).

A text that is too long is cut. Too many entries, or a URL that is too long, raise ValueError. `paging`
divides long lists into pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ringup.pages.objects.labels import label, lines, url
from ringup.pages.objects.limits import (
    DEFAULT_VALUE,
    DIRECTORY_ENTRIES,
    DISPLAY_NAME,
    ENTRY_NAME,
    GRAPHIC_MENU_ITEMS,
    INPUT_ITEMS,
    MENU_ITEMS,
    MENU_NAME,
    PARAMETER,
    SMALLEST_PANE,
    TELEPHONE,
    TEXT,
    TITLE,
)

_TELEPHONE = frozenset("0123456789*#+,ABCD")


def _set(value: object, **fields: object) -> None:
    for name, content in fields.items():
        object.__setattr__(value, name, content)


def _at_most(kind: str, entries: Sequence[object], most: int, least: int = 0) -> None:
    if not least <= len(entries) <= most:
        raise ValueError(f"{kind} has {least} to {most} entries, not {len(entries)}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the phone shows and the user can scroll."""

    text: str
    title: str = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        _set(
            self,
            text=lines(self.text, TEXT),
            title=label(self.title, TITLE),
            prompt=label(self.prompt, TITLE),
        )


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of a menu; the phone fetches its URL when the user selects it."""

    name: str
    url: str

    def __post_init__(self) -> None:
        _set(self, name=label(self.name, MENU_NAME), url=url(self.url))


@dataclass(frozen=True, slots=True)
class Menu:
    """A list from which the user selects an entry."""

    items: Sequence[MenuItem]
    title: str = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        _at_most("a menu", self.items, MENU_ITEMS)
        _set(
            self,
            items=tuple(self.items),
            title=label(self.title, TITLE),
            prompt=label(self.prompt, TITLE),
        )


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A name, and the number that the phone dials for it."""

    name: str
    telephone: str

    def __post_init__(self) -> None:
        telephone = "".join(each for each in self.telephone.upper() if each in _TELEPHONE)
        if not 1 <= len(telephone) <= TELEPHONE:
            raise ValueError(f"a number has 1 to {TELEPHONE} digits: {self.telephone!r}")
        _set(self, name=label(self.name, ENTRY_NAME) or telephone, telephone=telephone)


@dataclass(frozen=True, slots=True)
class Directory:
    """A list of names and numbers; the phone dials the selected one."""

    entries: Sequence[DirectoryEntry]
    title: str = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        _at_most("a directory", self.entries, DIRECTORY_ENTRIES)
        _set(
            self,
            entries=tuple(self.entries),
            title=label(self.title, TITLE),
            prompt=label(self.prompt, TITLE),
        )


class InputKind(Enum):
    """The characters that the user may type into a field; the value is the phone's code for them
    (P-XML-14).
    """

    ANY = "A"
    TELEPHONE = "T"
    NUMBER = "N"
    EQUATION = "E"
    UPPER = "U"
    LOWER = "L"


@dataclass(frozen=True, slots=True)
class InputItem:
    """One field of a form; the typed text is sent as this parameter of the URL."""

    name: str
    parameter: str
    kind: InputKind = InputKind.ANY
    default: str = ""
    is_password: bool = False
    """True if the phone shows asterisks instead of the typed text."""

    def __post_init__(self) -> None:
        if not self.parameter.isidentifier() or len(self.parameter) > PARAMETER:
            raise ValueError(
                f"a parameter is a name of 1 to {PARAMETER} letters, digits and _: {self.parameter!r}"
            )
        _set(self, name=label(self.name, DISPLAY_NAME), default=label(self.default, DEFAULT_VALUE))


@dataclass(frozen=True, slots=True)
class Input:
    """A form; the phone adds the typed texts to the URL and fetches it."""

    url: str
    items: Sequence[InputItem]
    title: str = ""
    prompt: str = ""

    def __post_init__(self) -> None:
        _at_most("a form", self.items, INPUT_ITEMS, 1)
        _set(
            self,
            url=url(self.url),
            items=tuple(self.items),
            title=label(self.title, TITLE),
            prompt=label(self.prompt, TITLE),
        )


CENTRED = (-1, -1)
"""The position of a picture in the middle of the pane (P-XML-16)."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the four greys of a 7940 or 7960; it also covers the title."""

    rows: Sequence[Sequence[int]]
    """The pixels of each row: 0 is white, 3 is black (P-XML-4)."""
    title: str = ""
    prompt: str = ""
    place: tuple[int, int] = CENTRED
    """The distance from the left and from the top, in pixels."""

    def __post_init__(self) -> None:
        _check_picture(self.rows, self.place)
        _set(self, title=label(self.title, TITLE), prompt=label(self.prompt, TITLE))


@dataclass(frozen=True, slots=True)
class GraphicMenu:
    """A picture whose entries the user selects with the keys 1 to 9, 0, * and #."""

    rows: Sequence[Sequence[int]]
    items: Sequence[MenuItem]
    title: str = ""
    prompt: str = ""
    place: tuple[int, int] = CENTRED

    def __post_init__(self) -> None:
        _check_picture(self.rows, self.place)
        _at_most("a menu in a picture", self.items, GRAPHIC_MENU_ITEMS)
        _set(
            self,
            items=tuple(self.items),
            title=label(self.title, TITLE),
            prompt=label(self.prompt, TITLE),
        )


def _check_picture(rows: Sequence[Sequence[int]], place: tuple[int, int]) -> None:
    pane = SMALLEST_PANE
    widths = {len(row) for row in rows}
    if not 1 <= len(rows) <= pane.height or len(widths) != 1 or not 1 <= max(widths) <= pane.width:
        raise ValueError(f"a picture has at most {pane.width} × {pane.height} pixels, in rows of one length")
    if not (-1 <= place[0] < pane.width and -1 <= place[1] < pane.height):
        raise ValueError(f"the place {place} is outside the pane of {pane.width} × {pane.height} pixels")
    if any(not 0 <= pixel <= 3 for row in rows for pixel in row):
        raise ValueError("a pixel is 0 to 3")


Page = Text | Menu | Directory | Input | Image | GraphicMenu
"""The objects that a phone can show."""
