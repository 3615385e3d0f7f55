"""Show the demo: its steps, the fleet and the last events; or one line per step."""

import asyncio
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ringup.cli.fleet_view import fleet_table, last_lines
from ringup.cli.keys import unseen
from ringup.demo.buttons import all_steps
from ringup.demo.evidence import FAULT_SEEN, FAULT_STEPS
from ringup.demo.faults import FAULTS, Fault
from ringup.demo.lab import Lab
from ringup.demo.plan import NETWORK, DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import DemoOutcome, DemoStep, run_steps
from ringup.events import DhcpIgnored, Event, TftpIgnored
from ringup.fleet.rows import fleet_rows

REFRESH_SECONDS = 0.25
EVENTS_KEPT = 40
LEAST_EVENT_LINES = 4
"""Minimum number of screen lines for the last events; on a small screen, steps and headings are shortened
first.
"""
BORDER_LINES, BORDER_COLUMNS = 2, 4
SCREEN_WIDTH, SCREEN_LINES = 36, 3
"""Size of one phone's display: two displays fit beside each other into 80 columns."""


class DemoScreen:
    """The state of the demo's screen: the steps reached, and the last events."""

    def __init__(self, plan: DemoPlan, steps: tuple[DemoStep, ...], console: Console) -> None:
        self._plan = plan
        self._steps = steps
        self._console = console
        self.painted = False
        """True while the live screen is shown. Before that, and without a terminal, plain lines are printed
        instead.
        """
        self._reached: dict[str, float] = {}
        self._last: list[Event] = []
        self._started = time.monotonic()

    def show_step(self, text: str) -> None:
        """Report the preparation that has begun."""
        self._print(f"  {text} …")

    def reached(self, step: DemoStep) -> None:
        """Note that the demo has reached a step."""
        self._reached[step.name] = time.monotonic() - self._started
        self._print(f"[{self._reached[step.name]:5.1f} s] {step.title}")

    def _print(self, line: str) -> None:
        if not self.painted:
            self._console.print(line, highlight=False)

    def take(self, events: list[Event]) -> None:
        """Keep the last events that are worth showing."""
        shown = [event for event in events if not isinstance(event, DhcpIgnored | TftpIgnored)]
        self._last = [*self._last, *shown][-EVENTS_KEPT:]

    def picture(self, lab: Lab) -> RenderableType:
        """Return the demo's screen, one line lower than the terminal, with the last event at the end. The
        cursor stays in the last line, so a picture as high as the screen would scroll and leave its border
        behind.
        """
        room = self._console.height - 1 - BORDER_LINES
        inside = self._console.options.update(width=self._console.width - BORDER_COLUMNS)
        for parts in self._layouts(lab):
            lines = sum(len(self._console.render_lines(part, inside)) for part in parts)
            if room - lines >= LEAST_EVENT_LINES:
                break
        events = last_lines(self._last, room - lines, self._console, inside)
        return Panel(
            Group(*parts, *events),
            title=f"ringup demo · Asterisk {self._plan.asterisk} · {self._plan.driver} · {NETWORK}",
            subtitle="Ctrl-C ends it",
            height=min(room, lines + sum(len(self._console.render_lines(each, inside)) for each in events))
            + BORDER_LINES,
        )

    def _layouts(self, lab: Lab) -> Iterator[list[RenderableType]]:
        """Yield shorter and shorter versions of the part above the events."""
        now = time.time()
        rows = lab.fleet.judged(fleet_rows(lab.fleet.journeys, lab.fleet.site, lab.fleet.present(now)), now)
        screens = Columns([phone_screen(phone) for phone in lab.phones])
        explained = (
            [Text(f"With the fault: {lab.fault.title}; expected: {lab.fault.shows}.", "yellow")]
            if lab.fault
            else []
        )
        heading = Text("last events", style="bold")
        for is_full, has_steps in ((True, True), (False, True), (False, False)):
            fleet = fleet_table(rows, now, pbx_lost=lab.fleet.pbx_lost, faults=lab.fleet.faults)
            if not is_full:
                fleet.box, fleet.show_header, fleet.padding = None, False, (0, 1, 0, 0)
            steps = self._steps_text() if has_steps else self._place_text()
            yield [*explained, steps, screens, fleet, *([heading] if is_full else [])]
        yield [*explained, steps, fleet]

    def _steps_text(self) -> Text:
        return Text("\n").join(self._step_text(step) for step in self._steps)

    def _step_text(self, step: DemoStep) -> Text:
        done = self._reached.get(step.name)
        if done is None:
            return Text(f"  ·         {step.title}", "dim")
        mark, colour = ("✗", "red") if step.name == FAULT_SEEN else ("✓", "green")
        return Text.assemble((f"  {mark} {done:5.1f} s ", colour), step.title)

    def _place_text(self) -> Text:
        """Return the last step and the next step, one line each; at the end, the last two."""
        done = sum(step.name in self._reached for step in self._steps)
        first = max(0, min(done, len(self._steps) - 1) - 1)
        return Text("\n").join(self._step_text(step) for step in self._steps[first : first + 2])


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
    steps = FAULT_STEPS[plan.fault] if plan.fault else all_steps(plan)
    shown = DemoScreen(plan, steps, console)
    if plan.fault and not live:
        console.print(f"With the fault: {FAULTS[plan.fault].title}.\nExpected: {FAULTS[plan.fault].shows}.")
    _end_on_signals()
    outcome, over = DemoOutcome(), asyncio.Event()
    try:
        async with Lab(plan, shown.show_step) as lab:
            painter = asyncio.create_task(_paint(shown, lab, console, over, live=live))
            try:
                outcome = await run_steps(lab, steps, shown.reached)
                if not once and outcome.ok and not plan.fault:
                    await asyncio.Event().wait()
            finally:
                over.set()
                await painter
    except DemoFailed as blocked:
        outcome.failed_step, outcome.reason = blocked.step, blocked.what
    if not outcome.ok:
        console.print(
            f'The demo failed at step "{outcome.failed_step}": {outcome.reason}', style="red", highlight=False
        )
    if plan.fault and outcome.ok:
        _print_proof(console, FAULTS[plan.fault], outcome.findings)
    return _result(plan, outcome)


def _print_proof(console: Console, fault: Fault, findings: Mapping[str, Any]) -> None:
    """Print the evidence of the fault, and what the doctor says."""
    console.print(f"\n{fault.title}:", style="bold red", highlight=False, markup=False)
    for sentence in findings["proof"]:
        console.print(Padding(Text(sentence), (0, 0, 0, 2)))
    doctor = findings["doctor"]
    console.print(Text(f"ringup why: {doctor['what']} [{doctor['confidence']}]", "bold"))
    console.print(Padding(Text(doctor["cause"]), (0, 0, 0, 2)))
    console.print(Text(f"Cure: {doctor['cure']}", "green"))
    for command in doctor["commands"]:
        console.print(Text(f"  {command}", "green"), soft_wrap=True)


async def _paint(shown: DemoScreen, lab: Lab, console: Console, over: asyncio.Event, *, live: bool) -> None:
    """Redraw the screen until the demo has ended, its last step included."""
    position = 0
    if not live:
        return
    shown.painted = True
    with unseen(sys.stdin.fileno()), Live(console=console, auto_refresh=False) as screen:
        is_over = False
        while not is_over:
            lab.collect()
            shown.take(lab.events[position:])
            position = len(lab.events)
            screen.update(shown.picture(lab), refresh=True)
            is_over = over.is_set()
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), REFRESH_SECONDS)


def _end_on_signals() -> None:
    """Return the kernel delivers a signal to the first process of a PID namespace only if the process has a
    handler for it. Python has a handler for SIGINT, but not if a script started the demo in the background:
    the shell then sets SIGINT to be ignored.
    """
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _result(plan: DemoPlan, outcome: DemoOutcome) -> dict[str, Any]:
    return {
        "ok": outcome.ok,
        "asterisk": plan.asterisk,
        "driver": plan.driver,
        "fault": plan.fault,
        "cure": FAULTS[plan.fault].cure if plan.fault else "",
        "failed_step": outcome.failed_step,
        "reason": outcome.reason,
        "seconds": outcome.steps,
        **outcome.findings,
    }
