"""The example of an outside package: a text feed, found by its entry points."""

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ringup.pages.objects.values import Menu, Text
from ringup.pages.objects.xml import xml
from ringup.pages.services.menu import services_menu
from ringup.pages.services.own import OWN
from ringup.pages.services.registry import services
from ringup.pages.services.running import Runner
from ringup.pages.services.sources import Sources
from tests.pages.objects.schema import check
from tests.pages.services.callers import ann, names

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News</title>
<item><title>Zoë &amp; Bob wed – at last</title><description>In the canteen.</description></item>
<item><title>{long}</title><description>Nothing.</description></item>
</channel></rss>
""".format(long="word " * 40)
POINTS = [
    EntryPoint(name, f"tests.examples.feed_for_phones:{name}", "ringup.services")
    for name in ("headlines", "article")
]


def test_a_feed_is_read_on_the_phone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, faults = tmp_path / "feed.xml", list[str]()
    path.write_text(FEED, encoding="utf-8")
    monkeypatch.setenv("FEED", str(path))
    found = services(OWN.values(), faults.append, POINTS)
    runner = Runner(faults.append)

    assert names(services_menu(ann(Sources()), found))[-1] == "headlines"
    menu = asyncio.run(runner.page(found["headlines"], ann(Sources())))
    assert isinstance(menu, Menu)
    assert menu.items[0].name == "Zoë & Bob wed - at last"
    assert menu.items[0].url.endswith("service/article?number=0")
    text = asyncio.run(runner.page(found["article"], ann(Sources(), number="0")))
    assert text == Text("In the canteen.", "Zoë & Bob wed - at last")
    for page in (menu, text):
        check(xml(page))
    assert faults == []


def test_without_its_feed_the_user_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[str] = []
    monkeypatch.setenv("FEED", str(tmp_path / "none.xml"))
    found = services(OWN.values(), faults.append, POINTS)
    page = asyncio.run(Runner(faults.append).page(found["headlines"], ann(Sources())))
    assert isinstance(page, Text)
    assert "failed" in page.text
    assert "is not a feed" in faults[0]
