"""The server gives Asterisk a new secret once the phone has fetched it, even if no command waits for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from ringup.events import FileSent
from ringup.serve.held_secrets import HeldWatch
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.held_secrets import read_held, release
from ringup.store.history import add_events
from ringup.store.revisions import commit, current_revision

MAC = "001646000001"


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A site with one phone; a revision has changed its secret, and Asterisk still has the old one."""
    opened = open_database("sqlite://")
    for secret in ("old", "new"):
        phone = Phone(mac=MAC, lines=(Line(extension="201", secret=secret),))
        commit(opened, Site(phones=(phone,)), author="ann", summary="change", at=1.0, hold=[MAC])
    yield opened
    opened.dispose()


def test_a_fetched_secret_is_released_and_told_once(engine: Engine) -> None:
    watch = HeldWatch(engine, lambda: current_revision(engine))
    assert watch.look()  # the old secret is held, so Asterisk's files differ from those of the site alone
    assert not watch.look()
    add_events(engine, [FileSent(2.0, MAC, f"SIP{MAC}.cnf", "10.0.0.9", 400, 0.1)])
    assert watch.look()
    assert read_held(engine) == ()
    assert not watch.look()


def test_what_a_command_released_is_told_too(engine: Engine) -> None:
    watch = HeldWatch(engine, lambda: current_revision(engine))
    watch.look()
    release(engine, [MAC])
    assert watch.look()


def test_without_a_new_revision_and_with_nothing_held_nobody_asks_the_database(engine: Engine) -> None:
    release(engine, [MAC])
    watch = HeldWatch(engine, lambda: 2)
    assert not watch.look()
    engine.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "_engine", None)
        patch.setattr(watch, "_releases", None)
        assert not watch.look()
