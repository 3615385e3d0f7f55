"""Make a long call in real time through a real Asterisk, and check the sound; used by `tools/long-call`."""

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringup.demo import isolation
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import (
    ANSWER_SECONDS,
    STEPS,
    CallMarks,
    DemoOutcome,
    DemoStep,
    connect,
    hang_up,
    marks_of,
    run_steps,
)
from ringup.emulator.regularity import GAP
from ringup.events import Event, LineUnreachable, LineUnregistered
from ringup.site.model import Driver

PBXES: Mapping[Driver, str] = {"chan_sip": "16", "pjsip": "22"}
"""The Asterisk release with which each driver is tested."""
LAST_TONES = 1200, 800
"""Frequencies in Hz that caller and callee play in the last seconds; they occur nowhere else in the call."""
BETWEEN_REGISTRATIONS = 60
"""Seconds for which a registration is valid in this test; it is the minimum that Asterisk grants.

Phones renew a registration 5 s before it ends.
"""
BETWEEN_QUALIFIES = 60
OVERTIME = 10
"""Seconds by which the call is longer than requested, so that events of every minute also occur in the last
minute.
"""
OWN_PAUSE = 0.02
"""Maximum seconds by which a gap may be longer than the sender's pause and still be caused by that pause: one
packet.
"""
NICENESS = -15
TOLD_EVERY = 300
"""Seconds between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition that the call had to fulfil."""

    name: str
    is_met: bool
    figure: str


def checks(found: Mapping[str, Any], minutes: float) -> list[Check]:
    """Return the conditions and whether they were fulfilled; the call should have lasted this many
    minutes.
    """
    seconds = found["seconds"]
    fewest = int((seconds - 1) // (BETWEEN_QUALIFIES + 1))
    judged = [
        Check("the call lasted", seconds >= minutes * 60, f"{seconds:.1f} s"),
        Check("lines that were lost meanwhile", not found["lost_lines"], str(found["lost_lines"] or "none")),
    ]
    for phone, other in zip(found["phones"], reversed(found["phones"]), strict=True):
        heard, who = phone["account"], phone["extension"]
        gap, renewed, qualified = heard["longest_gap_received"], phone["renewed"], phone["qualified"]
        judged += [
            Check(
                f"{who}: longest gap in the received sound",
                gap <= GAP,
                f"{gap * 1000:.0f} ms, {heard['gaps_received']} over {GAP * 1000:.0f} ms, "
                f"{heard['packets_lost']} of {heard['packets_received']} packets lost; "
                f"it sent {heard['packets_sent']}, longest pause {heard['longest_pause_sent'] * 1000:.0f} ms"
                + _excuse(gap, other["account"]["longest_pause_sent"]),
            ),
            Check(f"{who}: tone interrupted", not phone["tones_ended"], f"{phone['tones_ended']} times"),
            Check(f"{who}: new tone heard at the end", phone["heard_at_the_end"], f"{phone['last_tone']} Hz"),
            Check(f"{who}: registered again", renewed >= fewest, f"{renewed} times, at least {fewest}"),
            Check(f"{who}: answered qualify", qualified >= fewest, f"{qualified} times, at least {fewest}"),
        ]
    return judged


def _excuse(gap: float, pause: float) -> str:
    """Return a remark if the sending software phone paused because it got no processor time; the check fails
    anyway.
    """
    if gap <= GAP or pause < gap - OWN_PAUSE:
        return ""
    return f"; the other phone itself paused {pause * 1000:.0f} ms: try again on a quieter machine"


def take_precedence() -> str:
    """Raise this process's priority, and return a description of the priority that was allowed.

    A real phone has its own processor, so the software phones must not wait for other programs. Phones, PBX
    and server inherit the priority. The real-time class needs root.
    """
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        return "before all other programs"
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
        return "before most other programs"
    return "like any other program, so a busy machine shows as gaps"


async def talk(lab: Lab, minutes: float) -> dict[str, Any]:
    """Make one call, from the first ring to the last tone."""
    caller, callee = lab.phones
    marks = await connect(caller, callee)
    lab.collect()
    began, events = time.monotonic(), len(lab.events)
    during = marks_of(caller, callee)
    await _last(lab, minutes * 60 + OVERTIME)
    until = marks_of(caller, callee)
    seconds = time.monotonic() - began
    heard = await _change_tones(caller, callee, until)
    await hang_up(caller, callee, marks)
    lab.collect()
    spans = [phone.reports[first:last] for phone, first, last in zip(lab.phones, during, until, strict=True)]
    accounts = [phone.of("call", since=mark)[-1] for phone, mark in zip(lab.phones, marks, strict=True)]
    of_each = zip(lab.phones, accounts, spans, reversed(LAST_TONES), heard, strict=True)
    return {
        "seconds": seconds,
        "lost_lines": _lost_lines(lab.events[events:], spans),
        "phones": [_phone_during(*one) for one in of_each],
    }


def _lost_lines(events: Sequence[Event], spans: Sequence[Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return the lines that lost their registration during the call: first those the server saw, then the
    phones' own.
    """
    return [
        f"{type(event).__name__} {event.extension}"
        for event in events
        if isinstance(event, LineUnreachable | LineUnregistered)
    ] + [f"{report['state']} {report['extension']}" for span in spans for report in _of(span, "line")]


def _phone_during(
    phone: SoftwarePhone,
    account: Mapping[str, Any],
    span: Sequence[Mapping[str, Any]],
    last_tone: int,
    heard_at_the_end: bool,
) -> dict[str, Any]:
    """Return one phone's figures of the call, and the counts of its reports during the call."""
    return {
        "extension": phone.extension,
        "account": account,
        "renewed": len(_of(span, "renewed")),
        "qualified": len(_of(span, "qualified")),
        "tones_ended": len(_of(span, "tone-ended")),
        "last_tone": last_tone,
        "heard_at_the_end": heard_at_the_end,
    }


def _of(reports: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [report for report in reports if report["kind"] == kind]


async def _last(lab: Lab, seconds: float) -> None:
    """Wait for this many seconds of the call; raises DemoFailed at once if the call or a program ends."""
    began = time.monotonic()
    ends = [
        asyncio.ensure_future(phone.wait("call", "call", seconds, since=len(phone.reports), state="ended"))
        for phone in lab.phones
    ]
    try:
        while (left := began + seconds - time.monotonic()) > 0:
            done, _ = await asyncio.wait(
                ends, timeout=min(left, TOLD_EVERY), return_when=asyncio.FIRST_COMPLETED
            )
            if done and began + seconds - time.monotonic() > 1:
                raise DemoFailed("call", f"it ended after {time.monotonic() - began:.0f} s")
            _print(lab.plan, f"{(time.monotonic() - began) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f}")
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


async def _change_tones(caller: SoftwarePhone, callee: SoftwarePhone, since: CallMarks) -> list[bool]:
    """Let both phones play new tones; return for each phone whether it hears the other's tone."""
    await caller.press("play", frequency=LAST_TONES[0])
    await callee.press("play", frequency=LAST_TONES[1])
    heard = []
    for phone, mark, tone in zip((caller, callee), since, reversed(LAST_TONES), strict=True):
        try:
            await phone.wait("audio", "tone-heard", ANSWER_SECONDS, since=mark, frequency=tone)
        except DemoFailed:
            heard.append(False)
        else:
            heard.append(True)
    return heard


def _print(plan: DemoPlan, text: str) -> None:
    print(f"{plan.driver:8} {text}", flush=True)


async def _run(plan: DemoPlan, minutes: float) -> int:
    task = asyncio.current_task()
    if (
        task is not None
    ):  # the first process of a PID namespace gets only the signals for which it has a handler
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    found: dict[str, Any] = {}

    async def long_call(lab: Lab) -> Mapping[str, Any]:
        found.update(await talk(lab, minutes))
        return {}

    steps = (*STEPS[:3], DemoStep("talked", f"they talked for {minutes:g} minutes", long_call))
    outcome = DemoOutcome()
    try:
        async with Lab(plan, lambda text: _print(plan, f"{text} …")) as lab:
            outcome = await run_steps(lab, steps, lambda step: _print(plan, step.title))
    except DemoFailed as blocked:
        outcome.failed_step, outcome.reason = blocked.step, blocked.what
    if not outcome.ok:
        _print(plan, f"NOT MET  {outcome.failed_step}: {outcome.reason}")
        return 1
    judged = checks(found, minutes)
    for check in judged:
        _print(plan, f"{'ok      ' if check.is_met else 'NOT MET '} {check.name}: {check.figure}")
    return 0 if all(check.is_met for check in judged) else 1


def _run_inside(driver: Driver, minutes: float) -> int:
    isolation.prepare()
    plan = DemoPlan(
        sandbox=Path(os.environ["RINGUP_SANDBOX"]),
        state=isolation.STATE,
        asterisk=PBXES[driver],
        driver=driver,
        settings={"timer_register_expires": str(BETWEEN_REGISTRATIONS)},
    )
    _print(plan, f"it runs {take_precedence()}")
    try:
        return asyncio.run(_run(plan, minutes))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(f"{driver:8} stopped; the network and its files are removed.", file=sys.stderr)
        return 130


def _run_both(arguments: Sequence[str]) -> int:
    """Run the calls of both drivers at the same time, in one process each; two calls of 45 minutes then take
    45 minutes.
    """
    command = [sys.executable, "-m", "ringup.demo.long_call", *arguments, "--driver"]
    running = [subprocess.Popen([*command, driver]) for driver in PBXES]

    def stop(_number: int, _frame: object) -> None:
        for process in running:
            process.terminate()

    signal.signal(signal.SIGINT, lambda _number, _frame: None)  # Ctrl-C reaches these processes too
    signal.signal(signal.SIGTERM, stop)
    return max([process.wait() for process in running], key=abs)


def main() -> int:
    """Make the calls; the exit status is 0 if every condition was fulfilled."""
    parser = argparse.ArgumentParser(
        prog="tools/long-call",
        description="Two software phones talk through a real Asterisk in real time; prints the results.",
    )
    parser.add_argument("--minutes", type=float, default=45.0, help="(default 45)")
    parser.add_argument("--driver", choices=list(PBXES), help="(default: both, side by side)")
    options = parser.parse_args()
    if options.minutes <= 0:
        parser.error("--minutes must be more than 0.")
    if options.driver is None:
        return _run_both(sys.argv[1:])
    if isolation.isolated():
        return _run_inside(options.driver, options.minutes)
    cache = Path(os.environ["RINGUP_CACHE"]).absolute()
    os.environ["RINGUP_SANDBOX"] = str(cache / f"asterisk-{PBXES[options.driver]}")
    return isolation.run_inside([sys.executable, "-m", "ringup.demo.long_call", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
