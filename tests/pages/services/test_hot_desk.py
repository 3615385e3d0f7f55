"""Hot desking by the Services button: who may bring a line, and what the page shows meanwhile."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringup.change.restart import RestartOutcome, RestartResult, Target
from ringup.errors import OutsideError
from ringup.pages.answers import Refreshed, Shown
from ringup.pages.objects.values import Menu, Text
from ringup.pages.services import hot_desk as module
from ringup.pages.services.desks import MOST_TRIES, Desks
from ringup.pages.services.hot_desk import hot_desk, hot_desk_back, hot_desk_here
from ringup.pages.services.service import call
from ringup.pages.services.sources import Sources
from ringup.site.model import Line, Phone
from ringup.store.database import open_database
from tests.pages.services.callers import ANN, BOB, SITE, ann

WITH_PIN = SITE.model_copy(
    update={
        "phones": (
            ANN,
            Phone(mac=BOB.mac, label="Bob", lines=(Line(extension="102", secret="s", voicemail_pin="4711"),)),
        )
    }
)
BRING = {"my_number": "102", "pin": "4711"}


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    engine = open_database(str(tmp_path / "ringup.db"))
    yield Sources(database=engine, desks=Desks())
    engine.dispose()


def text(page: Shown) -> str:
    inner = page.page if isinstance(page, Refreshed) else page
    assert isinstance(inner, Text)
    return inner.text


def ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "hot desk":
            thread.join()


def test_a_move_shows_both_phones_until_both_have_restarted(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, rest = threading.Event(), threading.Event()

    def move(_engine: object, _url: str, extension: str, mac: str, told: object) -> None:
        assert (extension, mac) == ("102", ANN.mac)
        assert callable(told)
        told(RestartResult(Target(BOB.mac, "Bob", ("102",)), RestartOutcome.BOOTED))
        first.set()
        rest.wait()

    monkeypatch.setattr(module, "move_line", move)
    call(hot_desk_here, ann(sources, WITH_PIN), BRING)
    first.wait()
    assert text(hot_desk(ann(sources, WITH_PIN))) == "102 moves.\nBob: restarted\nAnn: restarts"
    rest.set()
    ended()
    assert (
        text(hot_desk(ann(sources, WITH_PIN)))
        == "102 has moved.\nBob: restarted\nAnn: follows at its next start"
    )
    assert isinstance(hot_desk(ann(sources, WITH_PIN), menu=True), Menu)


def test_a_move_that_fails_says_so(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    def move(*_arguments: object) -> None:
        raise OutsideError("moving", "no free line button.", "")

    monkeypatch.setattr(module, "move_line", move)
    call(hot_desk_here, ann(sources, WITH_PIN), BRING)
    ended()
    assert "102 stays. moving: no free line button." in text(hot_desk(ann(sources, WITH_PIN)))


def test_wrong_pins_are_counted_and_a_line_without_a_pin_stays(sources: Sources) -> None:
    for query in (
        *({**BRING, "pin": str(n)} for n in range(MOST_TRIES - 1)),
        {"my_number": "101", "pin": ""},
    ):
        assert "PIN is wrong" in text(call(hot_desk_here, ann(sources, WITH_PIN), query))
    assert "Too many" in text(call(hot_desk_here, ann(sources, WITH_PIN), BRING))


def test_only_a_guest_is_sent_back(sources: Sources) -> None:
    assert "no line of another phone" in text(
        call(hot_desk_back, ann(sources, WITH_PIN), {"extension": "101"})
    )
    away = WITH_PIN.model_copy(update={"away": {"101": f"{BOB.mac} 1"}})
    page = hot_desk(ann(sources, away))
    assert isinstance(page, Menu)
    assert [item.name for item in page.items] == ["Bring my line here", "Send 101 back"]
