"""A revision that any program commits is served a moment later."""

import asyncio
import threading

import pytest

from ringup.errors import StoreError
from ringup.serve import site_watch
from ringup.serve.site_watch import SiteWatch
from ringup.site.model import Site


def test_only_a_new_revision_is_read_again() -> None:
    revisions = [1, 1, 2]
    names = iter(["first", "second"])
    watch = SiteWatch(lambda: revisions.pop(0), lambda: Site(name=next(names)))

    assert watch.site.name == "first"
    assert not asyncio.run(watch.look())
    assert asyncio.run(watch.look())
    assert (watch.site.name, watch.revision) == ("second", 2)


def test_the_old_site_is_served_while_a_new_one_is_read() -> None:
    """Reading a large site takes a while, and DHCP and HTTP run on the same event loop."""
    served = threading.Event()
    sites = iter(["old", "new"])

    def read() -> Site:
        site = Site(name=next(sites))
        assert site.name == "old" or served.wait(10), "the event loop stood still"
        return site

    async def run() -> None:
        revisions = iter([1, 2])
        watch = SiteWatch(lambda: next(revisions), read)
        looking = asyncio.create_task(watch.look())
        asyncio.get_running_loop().call_soon(lambda: asyncio.get_running_loop().call_soon(served.set))
        assert watch.site.name == "old"
        assert await looking
        assert watch.site.name == "new"

    asyncio.run(run())


def test_a_store_that_fails_is_said_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_watch, "LOOK_SECONDS", 0)
    answers: list[int | StoreError] = [1, StoreError("reading", "locked.", ""), 2]
    said: list[str] = []

    def current() -> int:
        answer = answers.pop(0)
        if isinstance(answer, StoreError):
            raise answer
        return answer

    async def run() -> int:
        watch = SiteWatch(current, Site)
        changed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(
            watch.run(lambda _site, revision: changed.set_result(revision), said.append)
        )
        revision = await changed
        task.cancel()
        return revision

    assert asyncio.run(run()) == 2
    assert said == ["reading: locked."]
