"""Write the XML of the objects: without a namespace (P-XML-22), and with the five escapes that phones require
(P-XML-6).
"""

from collections.abc import Iterator
from functools import singledispatch
from xml.sax.saxutils import escape

from ringup.media.cip import as_digits, packed
from ringup.pages.objects.values import (
    Directory,
    GraphicMenu,
    Image,
    Input,
    Menu,
    MenuItem,
    Page,
    Text,
)

_QUOTES = {'"': "&quot;", "'": "&apos;"}
_DEPTH = 2
LATIN = "ISO-8859-1"
"""The encoding whose characters every phone's font has (P-XML-6)."""


def xml(page: Page, charset: str = LATIN) -> bytes:
    """Return the XML document of a page; characters that the charset lacks become numeric references."""
    kind = f"CiscoIPPhone{type(page).__name__}"
    parts = (f'<?xml version="1.0" encoding="{charset}"?>\n<{kind}>', *_heading(page), *_content(page))
    return ("".join(parts) + f"</{kind}>\n").encode(charset, "xmlcharrefreplace")


def _element(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text), _QUOTES)}</{name}>"


def _heading(page: Page) -> Iterator[str]:
    if page.title:
        yield _element("Title", page.title)
    if page.prompt:
        yield _element("Prompt", page.prompt)


@singledispatch
def _content(page: Page) -> Iterator[str]:
    raise NotImplementedError(type(page))


@_content.register
def _text(page: Text) -> Iterator[str]:
    yield _element("Text", page.text)


def _items(items: Iterator[MenuItem] | tuple[MenuItem, ...]) -> Iterator[str]:
    for item in items:
        yield f"<MenuItem>{_element('Name', item.name)}{_element('URL', item.url)}</MenuItem>"


@_content.register
def _menu(page: Menu) -> Iterator[str]:
    yield from _items(tuple(page.items))


@_content.register
def _directory(page: Directory) -> Iterator[str]:
    for entry in page.entries:
        fields = _element("Name", entry.name) + _element("Telephone", entry.telephone)
        yield f"<DirectoryEntry>{fields}</DirectoryEntry>"


@_content.register
def _input(page: Input) -> Iterator[str]:
    yield _element("URL", page.url)
    for item in page.items:
        fields = (
            _element("DisplayName", item.name),
            _element("QueryStringParam", item.parameter),
            _element("InputFlags", item.kind.value + "P" * item.is_password),
            _element("DefaultValue", item.default),
        )
        yield f"<InputItem>{''.join(fields)}</InputItem>"


def _picture(page: Image | GraphicMenu) -> Iterator[str]:
    across, down = page.place
    yield _element("LocationX", across) + _element("LocationY", down)
    yield _element("Width", len(page.rows[0])) + _element("Height", len(page.rows))
    yield _element("Depth", _DEPTH) + _element("Data", as_digits(packed(page.rows)))


@_content.register
def _image(page: Image) -> Iterator[str]:
    yield from _picture(page)


@_content.register
def _graphic_menu(page: GraphicMenu) -> Iterator[str]:
    yield from _picture(page)
    yield from _items(tuple(page.items))
