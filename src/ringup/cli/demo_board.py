"""Show the demo: its steps, the fleet and the last events; or one line per step."""

import asyncio
import signal
import time
from collections.abc import Mapping
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from ringup.cli.board import event_line, fleet_table
from ringup.demo.evidence import FAULT_STEPS
from ringup.demo.faults import FAULTS
from ringup.demo.lab import Lab
from ringup.demo.plan import NETWORK, DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import STEPS, Outcome, Step, run_steps
from ringup.events import DhcpIgnored, Event, TftpIgnored
from ringup.fleet.rows import fleet_rows

REFRESH_SECONDS = 0.25
EVENTS_SHOWN = 10
SCREEN_WIDTH, SCREEN_LINES = 36, 3
"""Size of one phone's display: two displays fit beside each other into 80 columns."""


class DemoBoard:
    """The state of the demo's screen: the steps reached, and the last events."""

    def __init__(self, plan: DemoPlan, steps: tuple[Step, ...], console: Console) -> None:
        self._plan = plan
        self._steps = steps
        self._console = console
        self.painted = False
        """Whether the screen is drawn; before that, and without a terminal, lines are printed."""
        self._reached: dict[str, float] = {}
        self._doing = "building the network"
        self._last: list[Event] = []
        self._started = time.monotonic()

    def tell(self, text: str) -> None:
        """Report a preparation that is under way."""
        self._doing = text
        self._print(f"  {text} …")

    def reached(self, step: Step) -> None:
        """Note that the demo has reached a step."""
        self._reached[step.name] = time.monotonic() - self._started
        self._doing = next((s.title for s in self._steps if s.name not in self._reached), "")
        self._print(f"[{self._reached[step.name]:5.1f} s] {step.title}")

    def _print(self, line: str) -> None:
        if not self.painted:
            self._console.print(line, highlight=False)

    def take(self, events: list[Event]) -> None:
        """Keep the last events that are worth showing."""
        shown = [event for event in events if not isinstance(event, DhcpIgnored | TftpIgnored)]
        self._last = [*self._last, *shown][-EVENTS_SHOWN:]

    def picture(self, lab: Lab) -> RenderableType:
        """Return the complete screen."""
        events = [event_line(event.at, event) for event in self._last]
        screens = Columns([phone_screen(phone) for phone in lab.phones])
        rows = fleet_rows(lab.fleet.journeys, lab.fleet.site)
        fleet = fleet_table(rows, time.time(), pbx_lost=lab.fleet.pbx_lost)
        return Panel(
            Group(self._steps_text(), screens, fleet, Text("last events", style="bold"), *events),
            title=f"ringup demo · Asterisk {self._plan.asterisk} · {self._plan.driver} · {NETWORK}",
            subtitle="Ctrl-C ends it",
        )

    def _steps_text(self) -> Text:
        text = Text()
        for step in self._steps:
            done = self._reached.get(step.name)
            if done is None:
                text.append(f"  ·         {step.title}\n", style="dim")
            else:
                text.append(f"  ✓ {done:5.1f} s ", style="green").append(f"{step.title}\n")
        return text


def phone_screen(phone: SoftwarePhone) -> Panel:
    """Return the phone's own display and its MWI lamp."""
    shown = phone.of("screen")
    lines = [str(line) for line in shown[-1]["lines"]] if shown else ["(no power)"]
    lamps = phone.of("lamp")
    lit = bool(lamps and lamps[-1]["on"])
    text = Text("\n".join(lines[:SCREEN_LINES]), no_wrap=True, overflow="ellipsis")
    lamp = "[bold red]●[/] message" if lit else "[dim]○[/]"
    return Panel(
        text, title=f"phone {phone.extension}", subtitle=lamp, width=SCREEN_WIDTH, height=SCREEN_LINES + 2
    )


async def show(plan: DemoPlan, *, once: bool, quiet: bool) -> Mapping[str, Any]:
    """Run the plan and show it; returns the machine-readable result."""
    console = Console(stderr=quiet)
    live = console.is_terminal and not quiet
    steps = FAULT_STEPS[plan.fault] if plan.fault else STEPS
    board = DemoBoard(plan, steps, console)
    if plan.fault:
        console.print(f"On purpose: {FAULTS[plan.fault].title}.\nIt shows: {FAULTS[plan.fault].shows}.")
    _end_on_signals()
    outcome = Outcome()
    try:
        async with Lab(plan, board.tell) as lab:
            painter = asyncio.create_task(_paint(board, lab, console, live=live))
            try:
                outcome = await run_steps(lab, steps, board.reached)
                if not once and outcome.ok:
                    await asyncio.Event().wait()
            finally:
                painter.cancel()
    except DemoFailed as blocked:
        outcome.failed_step, outcome.reason = blocked.step, blocked.what
    if not outcome.ok:
        console.print(
            f'The demo failed at step "{outcome.failed_step}": {outcome.reason}', style="red", highlight=False
        )
    return _result(plan, outcome)


async def _paint(board: DemoBoard, lab: Lab, console: Console, *, live: bool) -> None:
    """Keep the picture on a terminal up to date."""
    position = 0
    if not live:
        return
    board.painted = True
    with Live(console=console, refresh_per_second=4) as screen:
        while True:
            lab.collect()
            board.take(lab.events[position:])
            position = len(lab.events)
            screen.update(board.picture(lab))
            await asyncio.sleep(REFRESH_SECONDS)


def _end_on_signals() -> None:
    """The first process of a PID namespace gets no signal that it has no handler for.

    SIGINT has Python's, but not where a script started us in the background: such shells let us ignore it.
    """
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _result(plan: DemoPlan, outcome: Outcome) -> dict[str, Any]:
    return {
        "ok": outcome.ok,
        "asterisk": plan.asterisk,
        "driver": plan.driver,
        "fault": plan.fault,
        "failed_step": outcome.failed_step,
        "reason": outcome.reason,
        "seconds": outcome.steps,
        **outcome.findings,
    }
