"""Services: typed inputs, forms, faults inside a service, and services of other packages."""

import asyncio
import threading
from importlib.metadata import EntryPoint

import pytest

from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.objects.values import Input, InputKind, Menu, Text
from ringup.pages.page_request import PageRequest
from ringup.pages.services import running
from ringup.pages.services.caller import Caller, KnownCaller
from ringup.pages.services.menu import services_menu
from ringup.pages.services.own import OWN
from ringup.pages.services.registry import services
from ringup.pages.services.running import Runner
from ringup.pages.services.service import Pin, Service, Telephone, call, service
from ringup.site.model import Line, Phone, Site
from tests.pages.services.callers import names

PHONE = Phone(mac="001646C0FFEE", lines=(Line(extension="101", name="Ann", secret="secretsecret"),))
SITE = Site(phones=(PHONE,))


def asked(path: str = "", **query: str) -> PageRequest:
    return PageRequest("10.0.0.11", path, query)


def stranger(**query: str) -> Caller:
    return Caller(asked(**query), SITE, "10.0.0.1", DirectoryBooks())


def known(**query: str) -> KnownCaller:
    return KnownCaller(asked(**query), SITE, "10.0.0.1", DirectoryBooks(), PHONE)


@service("Diary")
def diary(caller: Caller, to: Telephone, minutes: int, pin: Pin, note: str = "") -> Text:
    return Text(f"{to} {minutes} {pin} {note}")


def test_a_service_that_lacks_inputs_asks_for_all_of_them_at_once() -> None:
    page = call(diary, stranger(), {"minutes": "5", "note": "a b"})
    assert isinstance(page, Input)
    assert page.url == "http://10.0.0.1/phone/service/diary?note=a+b"
    assert [
        (item.name, item.parameter, item.kind, item.default, item.is_password) for item in page.items
    ] == [
        ("To", "to", InputKind.TELEPHONE, "", False),
        ("Minutes", "minutes", InputKind.NUMBER, "5", False),
        ("Pin", "pin", InputKind.NUMBER, "", True),
    ]


def test_a_service_gets_its_inputs_by_type() -> None:
    page = call(diary, stranger(), {"to": "*21#", "minutes": "05", "pin": "1234", "name": "SEP001646C0FFEE"})
    assert page == Text("*21# 5 1234 ")


@pytest.mark.parametrize(("field", "value"), [("to", "x"), ("minutes", "many"), ("pin", "12a4")])
def test_an_input_of_the_wrong_type_shows_the_form_again(field: str, value: str) -> None:
    page = call(diary, stranger(), {"to": "1", "minutes": "1", "pin": "1", field: value})
    assert isinstance(page, Input)
    assert page.prompt == f"{field.capitalize()}: not valid"


def test_a_service_that_phones_could_not_call_is_refused() -> None:
    with pytest.raises(TypeError, match="caller"):
        service("None", name="none")(lambda: Text("x"))
    with pytest.raises(TypeError, match="name"):
        service("Search", name="search")(_with_the_phones_own_parameter)
    with pytest.raises(ValueError, match="a-z"):
        service("Odd", name="Odd name")(lambda caller: Text("x"))


def _with_the_phones_own_parameter(_caller: Caller, name: str) -> Text:
    return Text(name)


def test_only_a_known_phone_is_offered_what_concerns_a_phone() -> None:
    offered = services_menu(known(), OWN)
    assert names(offered) == ["directory", "messages", "calls", "forward", "talking", "parked", "this-phone"]
    assert services_menu(stranger(), OWN).items == ()
    assert offered.prompt == "101"


def run(called: Service, caller: Caller, faults: list[str]) -> object:
    return asyncio.run(Runner(faults.append).page(called, caller))


def test_a_stranger_gets_nothing_of_a_phone() -> None:
    page = run(OWN["this-phone"], stranger(), [])
    assert isinstance(page, Text)
    assert "not known" in page.text
    own = run(OWN["this-phone"], known(), [])
    assert isinstance(own, Text)
    assert "101 Ann" in own.text


def test_a_broken_service_costs_its_user_a_sentence() -> None:
    @service("Broken")
    def broken(caller: Caller) -> Text:
        raise RuntimeError("out of order")

    faults: list[str] = []
    page = run(broken, stranger(), faults)
    assert isinstance(page, Text)
    assert "failed" in page.text
    assert faults == ["the service broken: RuntimeError('out of order')"]


def test_a_service_that_hangs_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.05)
    release, faults = threading.Event(), list[str]()

    @service("Slow")
    def slow(caller: Caller) -> Text:
        release.wait()
        return Text("late")

    async def many() -> list[object]:
        runner = Runner(faults.append)
        slow_ones = [runner.page(slow, stranger()) for _ in range(running.MOST_AT_ONCE + 1)]
        pages = await asyncio.gather(*slow_ones, runner.page(OWN["this-phone"], known()))
        release.set()
        return list(pages)

    *slow_pages, other = asyncio.run(many())
    assert isinstance(other, Text)
    assert "Ann" in other.text
    told = [page.text for page in slow_pages if isinstance(page, Text)]
    assert sum("too long" in text for text in told) == running.MOST_AT_ONCE
    assert sum("Too many" in text for text in told) == 1


def test_a_building_that_presses_a_button_at_once_gets_its_pages() -> None:
    async def many() -> list[object]:
        runner = Runner(list[str]().append)
        return list(await asyncio.gather(*(runner.page(OWN["this-phone"], known()) for _ in range(200))))

    assert all(isinstance(page, Text) and "Ann" in page.text for page in asyncio.run(many()))


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "ringup.services")


def test_services_of_other_packages_are_found_and_their_faults_told() -> None:
    faults: list[str] = []
    here = __name__
    found = services(
        OWN.values(),
        faults.append,
        [
            point("diary", f"{here}:diary"),
            point("absent", "no_such_package:x"),
            point("function", f"{here}:run"),
            point("taken", "ringup.pages.services.own:this_phone"),
        ],
    )
    assert list(found) == [*OWN, "diary"]
    assert [fault.split(" (")[0] for fault in faults] == [
        "the service absent",
        "the service function",
        "the service taken",
    ]


def test_a_long_menu_leads_on() -> None:
    many = {str(n): service(f"S{n}", name=f"s{n}")(lambda caller: Text("")) for n in range(40)}
    first = services_menu(stranger(), many)
    assert isinstance(first, Menu)
    assert first.items[-1].url == "http://10.0.0.1/phone/services?start=31"
    rest = services_menu(stranger(start="31"), many)
    assert [item.name for item in rest.items] == [f"S{n}" for n in range(31, 40)]
    assert services_menu(stranger(start="-1"), many) == first
