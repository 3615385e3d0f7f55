"""`ringup watch`."""

import signal
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine

from ringup.cli import watch as watch_module
from ringup.cli.board import event_line
from ringup.cli.watch import FIRST_LINES, board, watch
from ringup.events import Event, LineUnregistered
from ringup.fleet.reading import Fleet
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from tests.cli.fleet import ANNA, BERT, EVENTS, NOW, SITE, fill, healthy
from tests.cli.test_board import golden_text

NEWS = LineUnregistered(290, ANNA, "1600", "expired")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty store."""
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Make the command believe that it writes to a terminal of 100 by 30."""
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=100, height=30, _environ={})
    monkeypatch.setattr(watch_module, "Console", lambda: console)
    return screen


def run(engine: Engine, *words: str) -> Result:
    """Run the command on this store."""
    return CliRunner().invoke(watch, [*words, "--database", str(engine.url.database)], env={"COLUMNS": "120"})


def after_waiting(monkeypatch: pytest.MonkeyPatch, *happenings: Callable[[], object]) -> list[float]:
    """At each wait one thing happens; after the last somebody presses Ctrl-C. Gives the waits."""
    waits: list[float] = []
    left = deque(happenings)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if not left:
            raise KeyboardInterrupt
        left.popleft()()

    monkeypatch.setattr(watch_module, "sleep", wait)
    monkeypatch.setattr(watch_module, "time", lambda: NOW)
    return waits


def test_where_there_is_no_terminal_each_event_is_a_line(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    waits = after_waiting(monkeypatch, lambda: None, lambda: add_events(engine, [NEWS]))
    result = run(engine, "--interval", "0.25")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == FIRST_LINES + 1
    assert lines[-1].endswith("Anna          1600 is no longer registered: expired")
    assert waits == [0.25] * 3
    assert "\x1b" not in result.output


def test_on_a_terminal_the_board_follows_and_ctrl_c_gives_the_terminal_back(
    engine: Engine, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    seen: list[str] = []
    after_waiting(
        monkeypatch,
        lambda: seen.append(terminal.getvalue()),
        lambda: add_events(engine, [NEWS]),
    )
    result = run(engine)
    assert result.exit_code == 0
    assert "is no longer registered" not in seen[0]
    assert "1600 is no longer registered" in terminal.getvalue()
    assert seen[0].startswith("\x1b[?1049h")
    assert "\x1b[?25l" in seen[0]
    assert terminal.getvalue().endswith("\x1b[?25h\x1b[?1049l")


def test_kill_ends_it_as_ctrl_c_does(
    engine: Engine, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    after_waiting(monkeypatch, lambda: signal.raise_signal(signal.SIGTERM), lambda: pytest.fail("still here"))
    assert run(engine).exit_code == 0
    assert terminal.getvalue().endswith("\x1b[?25h\x1b[?1049l")
    assert signal.getsignal(signal.SIGTERM) is before


def test_once_shows_the_board_and_the_last_events(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(engine)
    monkeypatch.setattr(watch_module, "sleep", lambda _: pytest.fail("it waits"))
    result = run(engine, "--once")
    assert result.exit_code == 0
    assert "in a call" in result.output
    assert "gets no DHCP answer: not a Cisco phone" in result.output


def test_without_phones_it_says_what_to_do(
    engine: Engine, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_waiting(monkeypatch)
    assert run(engine).exit_code == 0
    assert "ringup phone add MAC" in terminal.getvalue()


def test_once_without_phones_says_what_to_do(engine: Engine) -> None:
    assert "ringup phone add MAC" in run(engine, "--once").output


def fleet_of(engine: Engine, *, site: Site | None = None, events: list[Event] | None = None) -> Fleet:
    """A store, filled and read."""
    if site is None:
        fill(engine)
    else:
        fill(engine, site=site, events=tuple(events or ()))
    fleet = Fleet(engine)
    deque(fleet.read(), maxlen=0)
    return fleet


def screen_of(fleet: Fleet, width: int, height: int) -> str:
    """What a terminal of this size shows."""
    console = Console(file=StringIO(), width=width, height=height, color_system=None, _environ={})
    console.print(board(fleet, deque(EVENTS), NOW, console))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_screen_at_80_by_24(
    engine: Engine, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "event_line", partial(event_line, zone=UTC))
    golden("board/screen-80x24.txt", golden_text(screen_of(fleet_of(engine), 80, 24)))


def test_a_fleet_larger_than_the_screen_leaves_out_the_phones_in_service(engine: Engine) -> None:
    site, events = healthy(40)
    site = site.model_copy(update={"phones": (*site.phones, *SITE.phones)})
    fleet = fleet_of(engine, site=site, events=[*events, *EVENTS])
    text = screen_of(fleet, 100, 24)
    assert BERT in text
    assert "not shown" in text
    assert "45 phones" in text


@pytest.mark.parametrize("height", [1, 3, 8, 15, 24, 60])
def test_the_screen_is_never_higher_than_the_terminal(engine: Engine, height: int) -> None:
    assert len(screen_of(fleet_of(engine), 80, height).splitlines()) <= height
