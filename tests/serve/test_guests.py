"""The server notices guests that another program wrote, and reads nothing while guests are off."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.serve import guests
from ringup.serve.guests import GuestWatch
from ringup.site.guests import Guest
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.guests import add_guest

GUEST = Guest("001646000000", 1, "7940", "481516", 1000.0)
ON = Site(guests=True, guests_secret="x")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(str(tmp_path / "ringup.db"))


def test_a_new_guest_is_noticed_once_and_forgotten_when_guests_are_off(engine: Engine) -> None:
    present = [ON]
    watch = GuestWatch(engine, lambda: present[0])
    assert not watch.look()
    add_guest(engine, GUEST)
    assert watch.look()
    assert not watch.look()
    present[0] = Site()
    assert watch.look()


def test_changes_are_passed_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add_guest(engine, GUEST)
    changed: list[tuple[Guest, ...]] = []
    sites = [Site(), ON, ON, Site(), Site()]
    present = [Site()]

    async def stepping(_seconds: float) -> None:
        if not sites:
            raise asyncio.CancelledError
        present[0] = sites.pop(0)

    monkeypatch.setattr(guests.asyncio, "sleep", stepping)  # type: ignore[attr-defined]
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(GuestWatch(engine, lambda: present[0]).run(changed.append, pytest.fail))
    assert changed == [(GUEST,), ()]
