"""The steps of the demo: convert the phones, register them, call both ways, leave a message and play it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ringup.demo.lab import Lab
from ringup.demo.logo import FILE as LOGO
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.events import FileNotFound, FileSent, LineRegistered
from ringup.journey.requests import requested_when

CALLER_TONE, CALLEE_TONE = 1000, 600
"""Frequencies in Hz; they differ enough from each other and from the PBX's prompts to be recognised."""
MESSAGE_SECONDS = 4.0
"""Length in seconds of the message that the caller leaves."""
BEEP_SECONDS = 2.0
"""Seconds from pressing #, which skips the greeting, to the end of the beep."""
CONVERSION_SECONDS = 240
"""Maximum seconds for a phone's conversion and registration, at the speed of a real phone.

The conversion writes the flash twice and needs four boots; it takes up to 170 s.
"""
PROTOCOL_SECONDS = 120
"""Maximum seconds for the parts that `--speed` does not shorten: DHCP, transfers, retransmissions and
pauses.
"""
ANSWER_SECONDS = 20
PLAY_MESSAGE_SECONDS = 60
"""Maximum seconds of announcements before the voicemail system plays the message."""


@dataclass(slots=True)
class DemoOutcome:
    """The results of a run, as plain data."""

    ok: bool = False
    failed_step: str = ""
    reason: str = ""
    steps: dict[str, float] = field(default_factory=dict)
    """Seconds from power-on to the end of each step."""
    findings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step of the demo."""

    name: str
    title: str
    run: Callable[[Lab], Awaitable[Mapping[str, Any]]]


def boot_seconds(lab: Lab) -> float:
    """Return the maximum seconds from power-on to registration, at the speed of this lab."""
    return PROTOCOL_SECONDS + CONVERSION_SECONDS / lab.plan.speed


async def power_on(lab: Lab) -> Mapping[str, Any]:
    """Start the phones, and check that they run the firmware with which they left the factory."""
    await asyncio.gather(*(phone.power_on() for phone in lab.phones))
    boots = [await phone.wait("power on", "boot", boot_seconds(lab)) for phone in lab.phones]
    return {"factory": [{key: boot[key] for key in ("application", "loader")} for boot in boots]}


async def convert(lab: Lab) -> Mapping[str, Any]:
    """Wait until every phone runs its load."""
    plan, seconds = lab.plan, boot_seconds(lab)
    boots = await asyncio.gather(
        *(
            phone.wait("conversion", "boot", seconds, application=plan.load_of(phone.mac))
            for phone in lab.phones
        )
    )
    return {"converted": [{key: boot[key] for key in ("application", "loader")} for boot in boots]}


async def register(lab: Lab) -> Mapping[str, Any]:
    """Wait until every phone and the PBX report the registration."""
    for phone in lab.phones:
        await phone.wait("registration", "line", boot_seconds(lab), state="registered")
    contacts = {phone.extension: await contact_of(lab, phone) for phone in lab.phones}
    return {"contacts": contacts}


async def contact_of(lab: Lab, phone: SoftwarePhone) -> str:
    """Return the address to which the PBX sends calls for this phone."""
    event = await lab.wait_for(
        "registration at the PBX",
        20,
        lambda event: isinstance(event, LineRegistered) and event.mac == phone.mac,
    )
    return event.contact if isinstance(event, LineRegistered) else ""


class CallMarks(NamedTuple):
    """The index in each phone's list of reports at which a call begins."""

    caller: int
    callee: int


def marks_of(caller: SoftwarePhone, callee: SoftwarePhone) -> CallMarks:
    """Return the number of reports of each phone so far; the reports of the next call follow them."""
    return CallMarks(len(caller.reports), len(callee.reports))


async def ring(caller: SoftwarePhone, callee: SoftwarePhone) -> CallMarks:
    """Dial, and wait until the other phone rings."""
    marks = marks_of(caller, callee)
    await caller.press("dial", digits=callee.extension)
    await callee.wait("call", "call", ANSWER_SECONDS, since=marks.callee, state="ringing")
    return marks


async def hang_up(phone: SoftwarePhone, other: SoftwarePhone | None, since: CallMarks) -> None:
    """Hang up, and wait until both ends are idle."""
    await phone.press("hangup")
    await phone.wait("hang up", "call", ANSWER_SECONDS, since=since.caller, state="ended")
    if other is not None:
        await other.wait("hang up", "call", ANSWER_SECONDS, since=since.callee, state="ended")


async def connect(caller: SoftwarePhone, callee: SoftwarePhone) -> CallMarks:
    """Make and answer a call, and wait until each phone hears the other's tone."""
    marks = await ring(caller, callee)
    await callee.press("answer")
    for phone, mark in zip((caller, callee), marks, strict=True):
        await phone.wait("call", "call", ANSWER_SECONDS, since=mark, state="answered")
    await caller.press("play", frequency=CALLER_TONE)
    await callee.press("play", frequency=CALLEE_TONE)
    await callee.wait("audio", "tone-heard", ANSWER_SECONDS, since=marks.callee, frequency=CALLER_TONE)
    await caller.wait("audio", "tone-heard", ANSWER_SECONDS, since=marks.caller, frequency=CALLEE_TONE)
    return marks


async def talk(caller: SoftwarePhone, callee: SoftwarePhone) -> dict[str, Any]:
    """Make one call, with a tone in each direction."""
    marks = await connect(caller, callee)
    await hang_up(caller, callee, marks)
    return {"from": caller.extension, "to": callee.extension, "heard": [CALLEE_TONE, CALLER_TONE]}


async def call(lab: Lab) -> Mapping[str, Any]:
    """Let each phone call the other, and check that both hear the other's tone."""
    first, second = lab.phones
    return {"calls": [await talk(first, second), await talk(second, first)]}


async def leave_message(lab: Lab) -> Mapping[str, Any]:
    """Leave a tone as a message, and wait until the MWI lamp is on."""
    caller, callee = lab.phones
    marks = await ring(caller, callee)
    await caller.wait("voicemail", "call", ANSWER_SECONDS, since=marks.caller, state="answered")
    await caller.press("press", digits="#")
    await asyncio.sleep(BEEP_SECONDS)
    await caller.press("play", frequency=CALLER_TONE)
    await asyncio.sleep(MESSAGE_SECONDS)
    await hang_up(caller, None, marks)
    lamp = await callee.wait("message lamp", "lamp", ANSWER_SECONDS, since=marks.callee, on=True)
    return {"lamp_on": lamp["on"]}


async def hear_message(lab: Lab) -> Mapping[str, Any]:
    """Press the Messages button, then 1 for the new message; check that the tone is heard and the lamp goes
    off.
    """
    callee = lab.phones[1]
    mark = len(callee.reports)
    await callee.press("messages")
    await callee.wait("voicemail", "call", ANSWER_SECONDS, since=mark, state="answered")
    await callee.press("press", digits="1")
    heard = await callee.wait(
        "message", "tone-heard", PLAY_MESSAGE_SECONDS, since=mark, frequency=CALLER_TONE
    )
    await hang_up(callee, None, CallMarks(mark, mark))
    lamp = await callee.wait("message lamp", "lamp", ANSWER_SECONDS, since=mark, on=False)
    return {"message_heard": heard["frequency"], "lamp_off": not lamp["on"]}


STEPS = (
    DemoStep("power-on", "two SCCP phones out of the box are plugged in", power_on),
    DemoStep("converted", "both run the SIP load", convert),
    DemoStep("registered", "both lines are registered", register),
    DemoStep("called", "they called each other, with audio both ways", call),
    DemoStep("message-left", "a message was left; the lamp is on", leave_message),
    DemoStep("message-heard", "it was heard through 500; the lamp is off", hear_message),
)
"""All steps, in order."""
_TITLES = {
    "sccp": {"converted": "both run the SCCP load"},
    "mixed": {"converted": "one runs the SIP load, one the SCCP load"},
}


def steps_of(plan: DemoPlan) -> tuple[DemoStep, ...]:
    """Return the steps; their titles fit the protocols of the phones."""
    titles = _TITLES.get(plan.protocol, {})
    return tuple(replace(step, title=titles.get(step.name, step.title)) for step in STEPS)


async def run_steps(
    lab: Lab, steps: tuple[DemoStep, ...], reached: Callable[[DemoStep], None]
) -> DemoOutcome:
    """Run the steps; return the results, and the last step that was completed."""
    outcome = DemoOutcome()
    started = time.monotonic()
    for step in steps:
        try:
            outcome.findings.update(await step.run(lab))
        except DemoFailed as blocked:
            outcome.failed_step, outcome.reason = step.name, str(blocked)
            break
        outcome.steps[step.name] = round(time.monotonic() - started, 2)
        reached(step)
    else:
        outcome.ok = True
    lab.collect()
    outcome.findings["phones"] = [_phone_findings(lab, phone) for phone in lab.phones]
    return outcome


def _phone_findings(lab: Lab, phone: SoftwarePhone) -> dict[str, Any]:
    """Return the phone's requests over TFTP, as the phone reported them and as the server saw them."""
    requests = [report for report in phone.of("file-request") if report.get("attempt", 1) == 1]
    answers = [
        event
        for event in lab.events
        if isinstance(event, FileSent | FileNotFound) and event.mac == phone.mac and event.name != LOGO
    ]
    return {
        "mac": phone.mac,
        "extension": phone.extension,
        "requests": [report["name"] for report in requests],
        "ports": [report["port"] for report in requests],
        "seen_by_server": [event.name for event in sorted(answers, key=requested_when)],
        "sent": [event.name for event in answers if isinstance(event, FileSent)],
        "flashed": [report["load"] for report in phone.of("flash")],
        "boots": [report["application"] for report in phone.of("boot")],
        "lamp": [report["on"] for report in phone.of("lamp")],
    }
