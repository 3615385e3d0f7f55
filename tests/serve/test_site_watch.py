"""A revision that anybody commits is served a moment later."""

import asyncio

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
    assert not watch.look()
    assert watch.look()
    assert (watch.site.name, watch.revision) == ("second", 2)


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
