"""At its end, `ringup init` follows the first phone: its events, and the doctor's line when it is stuck."""

from collections import deque
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

import pytest
from rich.console import Console
from sqlalchemy import Engine

from ringup.cli import first_phone
from ringup.cli.first_phone import follow
from ringup.events import Event, RegistrationRefused
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.revisions import commit
from tests.cli.fleet import BERT
from tests.journey.sequences import dhcp, found, hunt, sequence_e

if TYPE_CHECKING:
    import subprocess

OTHER = "001646C0FFE1"
SITE = Site(phones=(Phone(mac=BERT, lines=(Line(extension="202", name="Bert", secret="a-secret"),)),))
ADDRESS = "192.168.178.102"
STARTED = tuple(dhcp(200, BERT, ADDRESS))
REFUSED = (
    *found(206, BERT, f"SIP{BERT}.cnf", address=ADDRESS),
    RegistrationRefused(210, BERT, "202", "wrong password"),
)
BOOTED = tuple(sequence_e(220, BERT))


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    commit(engine, SITE, author="test", summary="test", at=1.0)
    yield engine
    engine.dispose()


class Server:
    """A server that ends after some looks at it."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def poll(self) -> int | None:
        """Return None while it runs."""
        self._left -= 1
        return None if self._left >= 0 else 1


def shown(
    engine: Engine, *happenings: tuple[Event, ...], server: Server | None = None, is_sound: bool = True
) -> str:
    """Follow while one group of events happens at each wait; Ctrl-C follows the last one."""
    screen, left = StringIO(), deque(happenings)
    console = Console(file=screen, width=200, _environ={})

    def wait(_seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        add_events(engine, left.popleft())

    clock: Callable[[], float] = lambda: 230.0 - len(left)  # noqa: E731
    with (
        patch.object(first_phone, "sleep", wait),
        patch.object(first_phone, "time", clock),
        patch.object(first_phone, "Console", lambda: console),
    ):
        database = str(engine.url.database)
        follow(database, cast("subprocess.Popen[bytes]", server), is_sound=is_sound)
    return screen.getvalue()


def test_it_says_which_phone_to_power_on_and_ends_when_that_is_registered(engine: Engine) -> None:
    text = shown(engine, STARTED, BOOTED, REFUSED)
    assert text.startswith(f"Power the phone on (202 Bert, {BERT}). Ctrl-C ends this view.\n")
    assert f"has {ADDRESS} for" in text
    assert text.endswith("202 Bert is registered.\n")


def test_with_its_own_server_it_goes_on_until_that_ends(engine: Engine) -> None:
    text = shown(engine, STARTED, BOOTED, REFUSED, server=Server(4))
    assert "Ctrl-C stops the server." in text
    assert "202 Bert is registered.\n" in text
    assert not text.endswith("202 Bert is registered.\n"), "the events go on"


def test_the_doctors_line_stands_once_below_the_events(engine: Engine) -> None:
    text = shown(engine, STARTED, REFUSED, (), ())
    (line,) = [row for row in text.splitlines() if row.startswith("202 Bert: ")]
    assert "password" in line
    assert text.splitlines()[text.splitlines().index(line) + 1].startswith("  "), "the cure"
    assert "is registered" not in text


def test_an_unknown_phone_is_named_with_the_command_that_claims_it(engine: Engine) -> None:
    text = shown(engine, tuple(hunt(205, OTHER)))
    assert f"Unknown phone {OTHER}. Give it an extension: ringup claim {OTHER} 201" in text


def test_after_a_fault_nobody_is_asked_to_power_a_phone_on(engine: Engine) -> None:
    text = shown(engine, is_sound=False)
    assert text == "Repair the errors before you power a phone on. Ctrl-C ends this view.\n"


def test_a_phone_that_is_in_service_needs_no_power_on(engine: Engine) -> None:
    add_events(engine, BOOTED)
    assert shown(engine) == "Every phone of the site is in service. Ctrl-C ends this view.\n"
