"""The demo's steps with the phone's own keys: logo, Directory, Services, and the ring of an outside call."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from ringup.demo import network
from ringup.demo.lab import Lab
from ringup.demo.plan import OUTSIDE_RING, DemoPlan
from ringup.demo.processes import DemoFailed, Report, SoftwarePhone
from ringup.demo.steps import (
    ANSWER_SECONDS,
    CALLER_TONE,
    CallMarks,
    DemoStep,
    hang_up,
    marks_of,
    steps_of,
)
from ringup.render.dialplan_xml import ECHO_TEST

KEYS_OF_A_NAME = "232"
"""The keys that begin Ada, on the telephone's keypad."""


async def shown(phone: SoftwarePhone, *keys: str) -> Report:
    """Press keys, and return the page that the last one leads to."""
    mark = len(phone.reports)
    for key in keys:
        await phone.press("key", key=key)
    return await phone.wait("page", "page", ANSWER_SECONDS, since=mark)


def _digits(number: str) -> list[str]:
    return [f"KeyPad{digit}" for digit in number]


async def see_logo(lab: Lab) -> Mapping[str, Any]:
    """Check that each phone has fetched its logo by HTTP and shows it."""
    logos = [await phone.wait("logo", "logo", ANSWER_SECONDS) for phone in lab.phones]
    return {"logos": [[logo["width"], logo["height"]] for logo in logos]}


async def use_directory(lab: Lab) -> Mapping[str, Any]:
    """Press Directories, search by keys, and dial the entry that was found."""
    caller, callee = lab.phones
    marks = marks_of(caller, callee)
    await shown(caller, "Directories")
    await shown(caller, "Soft1")
    found = await shown(caller, *_digits(KEYS_OF_A_NAME), "Soft1")
    await caller.press("key", key="Soft1")
    await callee.wait("directory", "call", ANSWER_SECONDS, since=marks.callee, state="ringing")
    await callee.press("key", key="Line1")
    await caller.wait("directory", "call", ANSWER_SECONDS, since=marks.caller, state="answered")
    await hang_up(caller, callee, marks)
    return {"found": found["entries"]}


async def forward(lab: Lab) -> Mapping[str, Any]:
    """Press Services, forward the second phone to the echo test, call it, and take the forward back."""
    caller, callee = lab.phones
    await _open_forward(callee)
    await shown(callee, "Soft1")
    page = await shown(callee, *_digits(ECHO_TEST), "Soft1")
    marks = marks_of(caller, callee)
    await caller.press("dial", digits=callee.extension)
    await caller.wait("forward", "call", ANSWER_SECONDS, since=marks.caller, state="answered")
    await caller.press("play", frequency=CALLER_TONE)
    await caller.wait("echo", "tone-heard", ANSWER_SECONDS, since=marks.caller, frequency=CALLER_TONE)
    await hang_up(caller, None, marks)
    if callee.of("call", since=marks.callee):
        raise DemoFailed("forward", f"phone {callee.extension} rang although it is forwarded")
    back = await shown(callee, "Soft1")
    return {"forward": [page["entries"][0][0], back["entries"][0][0]]}


async def _open_forward(phone: SoftwarePhone) -> Report:
    menu = await shown(phone, "Services")
    number = [name for name, _url in menu["entries"]].index("Forward calls") + 1
    return await shown(phone, f"KeyPad{number}")


async def hear_outside_call(lab: Lab) -> Mapping[str, Any]:
    """Call the second phone from outside: it rings differently than for the first phone's call."""
    caller, callee = lab.phones
    marks = marks_of(caller, callee)
    command = [sys.executable, "-m", "ringup.demo.outside_call", str(lab.plan.database), callee.extension]
    calling = await asyncio.create_subprocess_exec(
        *network.inside("server", command), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await calling.communicate()
    if calling.returncode:
        raise DemoFailed("outside call", said.decode(errors="replace"))
    outside = await callee.wait("outside call", "call", ANSWER_SECONDS, since=marks.callee, state="ringing")
    await hang_up(callee, None, CallMarks(marks.callee, marks.caller))
    marks = marks_of(caller, callee)
    await caller.press("dial", digits=callee.extension)
    inside = await callee.wait("inside call", "call", ANSWER_SECONDS, since=marks.callee, state="ringing")
    await hang_up(caller, None, marks)
    rings = [outside.get("alert_info", ""), inside.get("alert_info", "")]
    if rings != [OUTSIDE_RING, ""]:
        raise DemoFailed("outside call", f"the rings of an outside and an inside call are {rings}")
    return {"rings": rings}


BUTTON_STEPS = (
    DemoStep("logo", "both show the logo", see_logo),
    DemoStep("directory", "Directory found Ada by the keys 232, and called her", use_directory),
    DemoStep("forwarded", "Services forwarded 202 to the echo test, and back", forward),
    DemoStep("outside", "a call from outside rang differently", hear_outside_call),
)
"""The steps of phones on SIP, whose keys show pages."""


def all_steps(plan: DemoPlan) -> tuple[DemoStep, ...]:
    """Return the steps of a plan; only phones on SIP get pages here."""
    return (*steps_of(plan), *(BUTTON_STEPS if plan.protocol == "sip" else ()))
