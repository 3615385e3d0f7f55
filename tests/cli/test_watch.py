"""`ringup watch`."""

import os
import pty
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Self

import pyte
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine

from ringup.cli import fleet_view as board_module
from ringup.cli import status_tables as tables_module
from ringup.cli import watch as watch_module
from ringup.cli import watch_screen
from ringup.cli.fleet_view import event_line
from ringup.cli.watch import FIRST_LINES, watch
from ringup.cli.watch_screen import screen
from ringup.cli.watch_view import KEYS, View
from ringup.events import Event, FileNotFound, LineUnregistered, MachineFault, RegistrationRefused
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import FleetRow, Present, fleet_rows
from ringup.journey.record import Journey
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from tests.cli.fleet import ANNA, BERT, CARLA, EVENTS, NOW, SITE, fill, healthy
from tests.cli.test_fleet_view import golden_text

NEWS = LineUnregistered(290, ANNA, "1600", "expired")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Make the command believe that it writes to a terminal of 100 by 30 characters."""
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=100, height=30, _environ={})
    monkeypatch.setattr(watch_module, "Console", lambda: console)
    return screen


def run(engine: Engine, *words: str) -> Result:
    """Run the command with this database."""
    return CliRunner().invoke(watch, [*words, "--database", str(engine.url.database)], env={"COLUMNS": "120"})


def after_waiting(monkeypatch: pytest.MonkeyPatch, *happenings: Callable[[], object]) -> list[float]:
    """Let one action happen at each wait, and press Ctrl-C after the last one; return the waits."""
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
    """A database that was filled, and the fleet that was read from it."""
    if site is None:
        fill(engine)
    else:
        fill(engine, site=site, events=tuple(events or ()))
    fleet = Fleet(engine)
    deque(fleet.read(), maxlen=0)
    return fleet


def screen_of(fleet: Fleet, width: int, height: int, view: View | None = None) -> str:
    """Return the screen of a terminal with this size."""
    console = Console(file=StringIO(), width=width, height=height, color_system=None, _environ={})
    rows = fleet_rows(fleet.journeys, fleet.site, fleet.present(NOW))
    console.print(screen(fleet, rows, deque(EVENTS), view or View(), NOW, console))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_screen_at_80_by_24(
    engine: Engine, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_screen, "event_line", partial(event_line, zone=UTC))
    golden("board/screen-80x24.txt", golden_text(screen_of(fleet_of(engine), 80, 24)))


def test_a_fleet_larger_than_the_screen_begins_with_those_that_need_somebody(engine: Engine) -> None:
    site, events = healthy(40)
    site = site.model_copy(update={"phones": (*site.phones, *SITE.phones)})
    fleet = fleet_of(engine, site=site, events=[*events, *EVENTS])
    text = screen_of(fleet, 100, 24)
    assert BERT in text
    assert "1 of 45" in text
    assert "45 phones" in text


@pytest.mark.parametrize("height", [1, 3, 8, 15, 24, 60])
def test_the_screen_is_never_higher_than_the_terminal(engine: Engine, height: int) -> None:
    assert len(screen_of(fleet_of(engine), 80, height).splitlines()) <= height


# --- keys -------------------------------------------------------------------------------------------------


def seen(fleet: Fleet, *keys: str, height: int = 24) -> str:
    """Return the screen after these keys; it is drawn after each key, as `ringup watch` does."""
    view = View()
    text = screen_of(fleet, 80, height, view)
    for key in keys:
        view.press(key)
        text = screen_of(fleet, 80, height, view)
    return text


def test_the_totals_come_first_and_what_needs_somebody_next(engine: Engine) -> None:
    lines = seen(fleet_of(engine)).splitlines()
    assert lines[0].startswith("5 phones: 1 in trouble, 1 unknown")
    assert BERT in "".join(lines[5:8])


@pytest.mark.parametrize(
    ("typed", "found"),
    [("anna", ANNA), ("1600", ANNA), ("0016.46c0", BERT), ("00:16:46:c0:ff", BERT), ("CARLA", CARLA)],
)
def test_the_filter_finds_by_name_extension_and_mac(engine: Engine, typed: str, found: str) -> None:
    text = seen(fleet_of(engine), "/", *typed)
    assert found in text
    assert "1 of 1, by urgency, with “" in text
    assert "Esc ends it" in text


def test_enter_keeps_the_filter_and_escape_ends_it(engine: Engine) -> None:
    fleet = fleet_of(engine)
    assert "1 of 1" in seen(fleet, "/", *"anno", "backspace", "a", "enter")
    assert "1 of 5" in seen(fleet, "/", *"anna", "enter", "escape")
    assert "1 of 5" in seen(fleet, "end", "/", "6")
    assert "none, by urgency, with “nobody”" in seen(fleet, "/", *"nobody", "enter")


def test_t_shows_only_phones_that_need_somebody(engine: Engine) -> None:
    fleet = fleet_of(engine)
    text = seen(fleet, "t")
    assert "1 of 2, by urgency, only trouble" in text
    assert ANNA not in text
    assert ANNA in seen(fleet, "t", "t")


def test_s_goes_through_the_orders(engine: Engine) -> None:
    fleet = fleet_of(engine)

    def order(*keys: str) -> list[str]:
        text = seen(fleet, *keys, height=60)
        return sorted((ANNA, BERT, CARLA), key=text.index)

    assert order("s") == [BERT, CARLA, ANNA]  # 202, 203, 1600
    assert order("s", "s") == [ANNA, BERT, CARLA]
    assert order("s", "s", "s")[0] == CARLA
    assert order() == order("s", "s", "s", "s")


def test_the_selected_phone_is_always_on_the_screen(engine: Engine) -> None:
    site, events = healthy(40)
    fleet = fleet_of(engine, site=site, events=events)
    assert f"{site.phones[39].mac}" in seen(fleet, "end")
    assert "40 of 40" in seen(fleet, "end", "down", "j")
    assert "39 of 40" in seen(fleet, "end", "up")
    assert site.phones[0].mac in seen(fleet, "end", "home")
    paged = seen(fleet, "page down", "page down", "page up", "k")
    assert "6 of 40" in paged  # a page has six rows
    assert site.phones[5].mac in paged


def test_enter_shows_the_selected_phones_requests_and_last_events_until_escape(
    engine: Engine, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "event_line", partial(event_line, zone=UTC))
    monkeypatch.setattr(tables_module, "datetime", _InUtc)
    fleet = fleet_of(engine)
    text = seen(fleet, "enter")
    golden("board/screen-phone-80x24.txt", golden_text(text))
    assert f"phone {BERT}" in text
    assert "202 is refused by the PBX: wrong password" in text
    assert seen(fleet, "enter", "escape") == seen(fleet)
    JourneyKeeper(engine, frozenset).advance()
    assert seen(fleet, "enter") == text  # the events of the database and those of the log, each once


LONG = "the account does not exist, or the password that the phone answered with is an old one: see the log"


def test_one_phone_is_told_in_full_however_long_its_texts_are(engine: Engine) -> None:
    fleet = fleet_of(
        engine,
        site=SITE,
        events=[
            *EVENTS,
            *(FileNotFound(250 + n, BERT, f"{n}-{'x' * 90}.cnf", "10.0.0.8", "") for n in range(30)),
            RegistrationRefused(290, BERT, "202", LONG),
        ],
    )
    JourneyKeeper(engine, frozenset).advance()
    lines = seen(fleet, "enter").splitlines()
    text = " ".join(" ".join(line.strip("│ ") for line in lines).split())
    assert text.count(f"the PBX refuses 202: {LONG} run: ringup pbx install --reload") == 1
    assert f"202 is refused by the PBX: {LONG}" in text
    assert "…" not in text.replace("Bert Bertol…", "")
    assert len(lines) == 24
    assert {len(line) for line in lines} == {80}


def test_all_troubles_of_one_phone_are_told_the_last_one_first(engine: Engine) -> None:
    missing = FileNotFound(220, BERT, f"SIP{BERT}.cnf", "192.168.178.102", "")
    refused = RegistrationRefused(230, BERT, "202", "wrong password")
    text = seen(fleet_of(engine, site=SITE, events=[*EVENTS, missing, refused]), "enter")
    assert 0 < text.index("the PBX refuses 202") < text.index("not in the site: no")
    assert f"ringup phone add {BERT}" in text


@pytest.mark.parametrize("keys", [("enter",), ("?",), ("/",)])
@pytest.mark.parametrize("height", [8, 15, 24, 60])
def test_how_to_leave_is_always_on_the_screen(engine: Engine, height: int, keys: tuple[str, ...]) -> None:
    fleet = fleet_of(engine)
    lines = seen(fleet, *keys, height=height).splitlines()
    assert len(lines) <= height
    assert "Ctrl-C quits" in lines[-1]
    assert "q quit" in seen(fleet, height=height).splitlines()[-1]


class _InUtc(datetime):
    @classmethod
    def fromtimestamp(cls, at: float, tz: tzinfo | None = None) -> Self:
        return super().fromtimestamp(at, tz or UTC)


def test_help_names_every_key(engine: Engine) -> None:
    text = seen(fleet_of(engine), "?")
    assert all(keys in text for keys, _ in KEYS)
    assert seen(fleet_of(engine, site=SITE), "?", "escape").startswith("5 phones")


def test_nothing_to_select_is_no_error(engine: Engine) -> None:
    fleet = fleet_of(engine, site=Site())
    for keys in (["enter"], ["down"], ["end"], ["/", "x", "enter", "enter"], ["t", "page up"]):
        assert "No phones yet." in seen(fleet, *keys)


def test_an_idle_screen_of_a_large_fleet_reads_no_phone_again(
    engine: Engine, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    made: list[int] = []

    def counted(journeys: Mapping[str, Journey], site: Site, present: Present) -> list[FleetRow]:
        made.append(1)
        return fleet_rows(journeys, site, present)

    monkeypatch.setattr(watch_module, "fleet_rows", counted)
    after_waiting(monkeypatch, lambda: None, lambda: None, lambda: add_events(engine, [NEWS]), lambda: None)
    assert run(engine).exit_code == 0
    assert len(made) == 2


def test_faults_of_the_machine_are_red_above_the_totals(
    engine: Engine, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_screen, "event_line", partial(event_line, zone=UTC))
    faults = [
        MachineFault(280.0 + number, "", f"code-{number}", f"Fault {number} is there.", "Type: its cure")
        for number in range(5)
    ]
    fleet = fleet_of(engine, site=SITE, events=[*EVENTS, *faults])
    text = screen_of(fleet, 80, 24)
    golden("board/screen-faults-80x24.txt", golden_text(text))
    lines = text.splitlines()
    assert lines[:4] == [
        f"{line:80}"
        for line in (
            "Fault 2 is there. Type: its cure",
            "Fault 3 is there. Type: its cure",
            "Fault 4 is there. Type: its cure",
            "2 more faults of this machine: ringup check",
        )
    ]
    assert len(lines) == 24


def test_silence_makes_a_phone_red_although_nothing_comes(
    engine: Engine, terminal: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    clock = [NOW]
    seen: list[str] = []

    def later() -> None:
        seen.append(terminal.getvalue())
        clock[0] += 700

    after_waiting(monkeypatch, later, lambda: None)
    monkeypatch.setattr(watch_module, "time", lambda: clock[0])
    assert run(engine).exit_code == 0
    assert "takes the application" in seen[0]
    assert "1 in trouble" in seen[0]
    assert "2 in trouble" not in seen[0]
    assert "2 in trouble" in terminal.getvalue()
    assert "usually follows" in terminal.getvalue()


def test_on_a_real_terminal_keys_work_and_q_ends(engine: Engine) -> None:
    fill(engine)
    words = ["watch", "--interval", "5", "--database", str(engine.url.database)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "ringup", *words], environment)
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)

    def until(words: str) -> None:
        for _ in range(100):
            if words in "\n".join(screen.display):
                return
            stream.feed(os.read(terminal, 65536))
        raise AssertionError("\n".join(screen.display))

    until("by urgency")
    os.write(terminal, b"/1600\r")
    until("1 of 1, by urgency, with “1600”")
    os.write(terminal, b"\r")
    until(f"phone {ANNA}")
    os.write(terminal, b"q")
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    assert status == 0
