"""The server's task for unknown phones: it looks while the site has a range, and reports each fault once."""

import asyncio
from typing import Any

import pytest

from ringup.errors import StoreError
from ringup.serve import onboarding
from ringup.serve.onboarding import Onboarding
from ringup.site.model import Site

ON = Site(auto_extensions="301-310", auto_until="2100-01-01T00:00")


class Auto:
    """Stands for the work; its looks have scripted results."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)

    def look(self, _site: Site) -> list[str]:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, StoreError):
            raise outcome
        return [outcome]


def test_it_looks_only_with_a_range_and_says_a_fault_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sites = [ON, Site(), ON, ON, ON, ON]
    done: list[str] = []
    failed: list[str] = []
    fault = StoreError("writing", "the disk is full.", "Free some space.")
    auto = Auto("one", fault, fault, "two", fault)

    async def sleep(_seconds: float) -> None:
        if not sites:
            raise asyncio.CancelledError

    monkeypatch.setattr(onboarding.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    present = [Site()]

    def site() -> Site:
        return present[0]

    async def stepping(seconds: float) -> None:
        await sleep(seconds)
        present[0] = sites.pop(0)

    monkeypatch.setattr(onboarding.asyncio, "sleep", stepping)  # type: ignore[attr-defined]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Onboarding([auto.look], site, done.append, failed.append).run())
    assert done == ["one", "two"]
    assert failed == [f"unknown phones: {fault}"] * 2
    assert auto.outcomes == []
