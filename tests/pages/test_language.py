"""No page or label has a text outside the table, and a phone's pages are in the language of its group."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ringup
from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.objects import limits
from ringup.pages.objects.values import Input, Menu
from ringup.pages.page_request import PageRequest
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.menu import services_menu
from ringup.pages.services.own import OWN
from ringup.pages.services.service import call
from ringup.phone.words import WORDS, Room
from ringup.site.model import Group, Line, Phone, Site

SOURCE = Path(ringup.__file__).parent
MODULES = sorted(
    [
        *(SOURCE / "pages" / "services").glob("*.py"),
        SOURCE / "pages" / "application.py",
        SOURCE / "pages" / "answers.py",
        SOURCE / "pages" / "objects" / "paging.py",
        SOURCE / "site" / "guests.py",
        SOURCE / "site" / "stand_in.py",
    ]
)
NOT_SHOWN = re.compile(
    r"^(GET|HEAD|Only |Up|\.\n|text/xml; charset=|no-store|hot desk|reading the database)$"
)
"""Words of HTTP, of Asterisk and of errors."""
TO_OTHERS = frozenset({"on_fault", "_on_fault", "OutsideError", "StoreError"})
"""Calls whose texts go to the log."""
WORDY = re.compile(r"[A-Za-z]{2,} |^[A-Z][a-z]{2,}| [a-z]{3,}")


def is_text(text: str) -> bool:
    return bool(WORDY.search(text)) and not NOT_SHOWN.search(text)


def texts_in(module: Path) -> Iterator[str]:
    """Yield the literal texts of a module for a display; docstrings and annotations are left out."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    skipped = {id(each) for node in ast.walk(tree) for part in _not_shown(node) for each in ast.walk(part)}
    for node in ast.walk(tree):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_literal and id(node) not in skipped and is_text(node.value):  # type: ignore[attr-defined]
            yield node.value  # type: ignore[attr-defined]


def _not_shown(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that no display shows: docstrings, annotations, errors, texts for the log."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        yield node
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        yield from node.args if name in TO_OTHERS else ()
    yield from (hint for hint in (getattr(node, "annotation", None), getattr(node, "returns", None)) if hint)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_text_for_a_display_is_in_the_table(module: Path) -> None:
    assert [text for text in texts_in(module) if text not in WORDS] == []


def test_every_text_of_the_table_is_used() -> None:
    used = {text for module in [*MODULES, SOURCE / "fleet" / "rows.py"] for text in texts_in(module)}
    used |= {field.item.name for service in OWN.values() for field in service.fields}
    short = {"unknown", "restarts", "restarted"}  # single words, which look like the names of fields
    assert set(WORDS) - used - short == set()


def test_a_literal_outside_the_table_would_be_noticed(tmp_path: Path) -> None:
    module = tmp_path / "page.py"
    module.write_text(
        '"""Docs."""\n\n\ndef page() -> "Some Text":\n    """Docs."""\n    return f"{1} new calls"\n'
    )
    assert list(texts_in(module)) == [" new calls"]


def test_the_rooms_are_the_limits_of_the_pages() -> None:
    assert (Room.TITLE, Room.ENTRY, Room.TEXT) == (limits.TITLE, limits.MENU_NAME, limits.TEXT)
    assert limits.TITLE == limits.DISPLAY_NAME == limits.ENTRY_NAME


def caller_of(here: Site) -> KnownCaller:
    """The first phone of a site as the caller."""
    return KnownCaller(PageRequest("10.0.0.11", "", {}), here, "10.0.0.1", DirectoryBooks(), here.phones[0])


def site(language: str = "en", of_group: str = "") -> Site:
    group = Group.model_validate({"name": "sales", "language": of_group})
    phone = Phone(mac="001646C0FFEE", group="sales", lines=(Line(extension="201", secret="s3cret"),))
    return Site.model_validate({"language": language, "groups": (group,), "phones": (phone,)})


@pytest.mark.parametrize(
    ("language", "of_group", "title"),
    [("en", "", "Services"), ("de", "", "Dienste"), ("en", "de", "Dienste"), ("de", "en", "Services")],
)
def test_the_language_is_that_of_the_group_or_the_site(language: str, of_group: str, title: str) -> None:
    here = site(language, of_group)
    caller = caller_of(here)
    menu = services_menu(caller, OWN)
    assert menu.title == title
    assert ("Telefonbuch" in [item.name for item in menu.items]) is (title == "Dienste")


def test_forms_and_lists_are_in_the_language_too() -> None:
    here = site("de")
    caller = caller_of(here)
    form = call(OWN["directory-search"], caller, {})
    assert isinstance(form, Input)
    assert (form.title, form.items[0].name) == ("Telefonbuch", "Name oder Tasten")
    lists = call(OWN["calls"], caller, {})
    assert isinstance(lists, Menu)
    assert [item.name for item in lists.items] == ["Verpasst", "Angenommen", "Gewählt"]
