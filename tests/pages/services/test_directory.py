"""The pages of the Directory button: their parts, their limits, and which callers get them."""

import asyncio
from collections.abc import Mapping

import pytest

from ringup.pages.answers import Refreshed, Shown, answer
from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.objects.values import Directory, Input, Menu, Text
from ringup.pages.page_request import PageRequest
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.directory import directory, directory_names, directory_own, directory_search
from ringup.pages.services.running import Runner
from ringup.pages.services.service import Service, call
from ringup.site.model import Line, PersonalNumber, Phone, Site
from tests.pages.objects.schema import check

PHONES = tuple(
    Phone(
        mac=f"{number:012X}", lines=(Line(extension=f"{1000 + number}", name=f"Name {number}", secret="s"),)
    )
    for number in range(70)
)
SITE = Site(phones=PHONES)


def page(called: Service, query: Mapping[str, str], site: Site = SITE) -> Shown:
    caller = KnownCaller(
        PageRequest("10.0.0.11", "", query), site, "10.0.0.1", DirectoryBooks(), site.phones[0]
    )
    shown = call(called, caller, query)
    check(bytes(answer(shown).body))
    return shown


def test_the_menu_leads_to_a_form_and_to_all_names() -> None:
    menu = page(directory, {})
    assert isinstance(menu, Menu)
    search, names = (item.url.removeprefix("http://10.0.0.1/phone/") for item in menu.items)
    assert (search, names) == ("service/directory-search", "service/directory-names")
    form = page(directory_search, {})
    assert isinstance(form, Input)
    assert [item.name for item in form.items] == ["Name or keys"]


def test_a_long_list_goes_on_with_the_update_key_to_its_end() -> None:
    seen: list[str] = []
    query: dict[str, str] = {}
    prompts = []
    for _part in range(3):
        shown = page(directory_names, query)
        part = shown.page if isinstance(shown, Refreshed) else shown
        assert isinstance(part, Directory)
        seen += [entry.telephone for entry in part.entries]
        prompts.append(part.prompt)
        query = {"start": shown.url.partition("start=")[2]} if isinstance(shown, Refreshed) else {}
    assert sorted(seen) == [str(1000 + number) for number in range(70)]
    assert prompts == ["1-32 of 70. Update: more", "33-64 of 70. Update: more", "65-70 of 70"]


@pytest.mark.parametrize(("text", "numbers"), [("name 7", ["1007"]), ("1063", ["1063"]), ("6263", 32)])
def test_what_is_found_can_be_dialled(text: str, numbers: list[str] | int) -> None:
    shown = page(directory_search, {"name_or_keys": text})
    part = shown.page if isinstance(shown, Refreshed) else shown
    assert isinstance(part, Directory)
    found = [entry.telephone for entry in part.entries]
    assert found == numbers if isinstance(numbers, list) else len(found) == numbers
    if isinstance(shown, Refreshed):
        assert "name_or_keys=6263" in shown.url


@pytest.mark.parametrize("start", ["-1", "x", "99999999", "70"])
def test_a_start_that_no_list_has_is_the_first_page(start: str) -> None:
    shown = page(directory_names, {"start": start})
    assert isinstance(shown, Refreshed)
    assert isinstance(shown.page, Directory)
    assert shown.page.prompt.startswith("1-32 of 70")


def test_nobody_found_and_no_names_are_sentences() -> None:
    assert page(directory_search, {"name_or_keys": "xyz"}) == Text("Nobody is found by xyz.", "Directory")
    nameless = Site(phones=(Phone(mac="00000000000A"),))
    assert page(directory_names, {}, nameless) == Text("No names yet.", "Directory")


def test_a_number_that_no_key_dials_is_left_out() -> None:
    lines = (Line(extension="anna", name="Anna", secret="s"), Line(extension="201", name="Bob", secret="s"))
    shown = page(directory_names, {}, Site(phones=(Phone(mac="00000000000A", lines=lines),)))
    assert isinstance(shown, Directory)
    assert [entry.telephone for entry in shown.entries] == ["201"]


def test_a_host_that_is_no_phone_of_the_site_gets_no_names() -> None:
    caller = Caller(PageRequest("10.0.0.99", "", {}), SITE, "10.0.0.1", DirectoryBooks())
    for each in (directory, directory_names, directory_search):
        shown = asyncio.run(Runner(lambda _fault: None).page(each, caller))
        assert isinstance(shown, Text)
        assert "not known here" in shown.text


def test_personal_numbers_are_shown_on_their_own_phone_only() -> None:
    own = PersonalNumber(name="Mum", number="030123")
    line = PHONES[0].lines[0].model_copy(update={"numbers": (own,)})
    first = PHONES[0].model_copy(update={"lines": (line,)})
    site = SITE.model_copy(update={"phones": (first, *PHONES[1:])})
    menu = page(directory, {}, site)
    assert isinstance(menu, Menu)
    assert [item.name for item in menu.items] == ["Search", "All names", "My numbers"]
    shown = page(directory_own, {}, site)
    assert isinstance(shown, Directory)
    assert [(entry.name, entry.telephone) for entry in shown.entries] == [("Mum", "9030123")]
    other = site.model_copy(update={"phones": (PHONES[1], first)})
    assert isinstance(page(directory_own, {}, other), Text)
    menu = page(directory, {}, other)
    assert isinstance(menu, Menu)
    assert len(menu.items) == 2
    found = page(directory_search, {"name_or_keys": "mum"}, other)
    assert isinstance(found, Text)


def test_a_search_finds_the_personal_numbers_of_this_phone_first_and_of_no_other() -> None:
    numbers = (
        PersonalNumber(name="Zoë Name", number="0301234"),
        PersonalNumber(name="Name 7", number="1007"),
    )
    line = PHONES[0].lines[0].model_copy(update={"numbers": numbers})
    mine = PHONES[0].model_copy(update={"lines": (line,)})
    for text, expected in (("zoe", ["90301234"]), ("963", ["90301234"]), ("name 7", ["1007"])):
        shown = page(directory_search, {"name_or_keys": text}, Site(phones=(mine, *PHONES[1:])))
        assert isinstance(shown, Directory)
        assert [entry.telephone for entry in shown.entries] == expected
    first = page(directory_search, {"name_or_keys": "name"}, Site(phones=(mine, *PHONES[1:])))
    assert isinstance(first, Refreshed)
    assert isinstance(first.page, Directory)
    assert [entry.telephone for entry in first.page.entries][:3] == ["1007", "90301234", "1000"]
    other = page(directory_search, {"name_or_keys": "zoe"}, Site(phones=(PHONES[0], mine, *PHONES[2:])))
    assert isinstance(other, Text)
