"""Set a forward and do-not-disturb with the Services button, and let the other phone call that line."""

import asyncio
import time
import wave
from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import SoftwarePhone
from ringup.demo.steps import CallMarks, hang_up, marks_of
from ringup.events import PbxReloaded
from tests.end_to_end.ask_pbx import ask, hint
from tests.end_to_end.registered_phones import main, ringup

SECONDS = 20


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Return the pages, the hints, and the destinations of the calls."""
    caller, called = lab.phones
    menu = await shown(called, {"do": "services"})
    number = [name for name, _url in menu["entries"]].index("Forward calls") + 1
    before = await shown(called, {"do": "select", "entry": number})
    await shown(called, {"do": "select", "entry": 1})
    forwarded = await shown(called, {"do": "submit", "text": "600"})
    told: dict[str, Any] = {"menu": menu, "pages": [before, forwarded], "hints": [await hint(plan, "202")]}
    told["forwarded"] = await answered_without_ringing(caller, called)
    await shown(called, {"do": "select", "entry": 1})
    disturbed = await shown(called, {"do": "select", "entry": 2})
    told["pages"].append(disturbed)
    told["hints"].append(await hint(plan, "202"))
    told["undisturbed"] = await answered_without_ringing(caller, called)
    told["pages"].append(await shown(called, {"do": "select", "entry": 2}))
    told["hints"].append(await hint(plan, "202"))
    return {**told, **await on_the_phone(caller, called), **await rings(lab, plan)}


async def shown(phone: SoftwarePhone, keys: dict[str, Any]) -> dict[str, Any]:
    """Return the page that a key leads to."""
    mark = len(phone.reports)
    await phone.press(**keys)
    return await phone.wait("page", "page", SECONDS, since=mark)


async def answered_without_ringing(caller: SoftwarePhone, called: SoftwarePhone) -> dict[str, Any]:
    """Dial the other phone's line; return the seconds until something else answers, and whether the phone
    rang.
    """
    marks, began = marks_of(caller, called), time.monotonic()
    await caller.press("dial", digits=called.extension)
    await caller.wait("call", "call", SECONDS, since=marks.caller, state="answered")
    took = time.monotonic() - began
    await hang_up(caller, None, marks)
    return {"seconds": took, "rang": bool(called.of("call", since=marks.callee))}


async def on_the_phone(caller: SoftwarePhone, called: SoftwarePhone) -> dict[str, Any]:
    """Make a call, and show meanwhile which lines are in a call."""
    marks = marks_of(caller, called)
    await caller.press("dial", digits=called.extension)
    ringing = await called.wait("call", "call", SECONDS, since=marks.callee, state="ringing")
    await called.press("answer")
    await caller.wait("call", "call", SECONDS, since=marks.caller, state="answered")
    menu = await shown(called, {"do": "services"})
    names = [name for name, _url in menu["entries"]]
    talking = await shown(called, {"do": "select", "entry": names.index("Who is on the phone") + 1})
    await shown(called, {"do": "services"})
    parked = await shown(called, {"do": "select", "entry": names.index("Parked calls") + 1})
    await hang_up(caller, called, marks)
    return {"talking": talking["text"], "parked": parked["text"], "inside": ringing}


async def rings(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Give calls from outside another ring, and call the first phone from outside."""
    seen = len(lab.events)
    status, printed = await ringup(plan, "site", "set", "pbx.outside_ring=Bellcore-dr3")
    if status:
        return {"reason": printed}
    caller, called = lab.phones
    marks = marks_of(caller, called)
    await lab.wait_for("reload", SECONDS, lambda event: isinstance(event, PbxReloaded), since=seen)
    asked = asyncio.ensure_future(
        ask(plan, "Originate", f"Channel=Local/{called.extension}@ringup", "Application=Wait", "Data=9")
    )
    outside = await called.wait("call", "call", SECONDS, since=marks.callee, state="ringing")
    heard = [await sound_of(called, plan)]
    await called.press("hangup")
    await called.wait("call", "call", SECONDS, since=marks.callee, state="ended")
    await asked
    marks = marks_of(caller, called)
    await caller.press("dial", digits=called.extension)
    inside = await called.wait("call", "call", SECONDS, since=marks.callee, state="ringing")
    await caller.wait("call", "call", SECONDS, since=marks.caller, state="ringback")
    heard += [await sound_of(called, plan), await sound_of(caller, plan)]
    await hang_up(caller, None, CallMarks(*marks))
    return {"outside": outside, "inside": inside, "heard": heard}


async def sound_of(phone: SoftwarePhone, plan: DemoPlan) -> str:
    """Return what a person at the phone hears now, and check that the WAV file with it has two seconds."""
    mark, file = len(phone.reports), plan.state / f"{phone.extension}.wav"
    await phone.press("listen", file=str(file), seconds=2)
    heard = await phone.wait("sound", "listened", SECONDS, since=mark)
    with wave.open(str(file)) as sound:
        return f"{heard['sound']} {sound.getnframes() / sound.getframerate():.0f} s"


if __name__ == "__main__":
    main(run)
