"""Park a call and take it back by the Services button; then set call features, and restart Asterisk."""

from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import SoftwarePhone
from ringup.demo.steps import hang_up, marks_of
from ringup.events import PbxReloaded
from tests.end_to_end.ask_pbx import ask, hint
from tests.end_to_end.change_pin import changed
from tests.end_to_end.press_services import SECONDS, answered_without_ringing, shown
from tests.end_to_end.registered_phones import main

PARKING = "[general]\n[default]\nparkext => 700\nparkpos => 701-720\ncontext => parkedcalls\n"


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Return the pages with the parked call, and the features before and after the restart."""
    (plan.state / "pbx/etc/asterisk/res_parking.conf").write_text(PARKING)
    await ask(plan, "ModuleLoad", "Module=res_parking.so", "LoadType=load")
    await changed(lab, plan, "site", "set", "pbx.parking=parkedcalls")
    return {**await parked_and_taken(lab, plan), **await kept(lab, plan)}


async def parked_and_taken(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Park the caller of a call, and take the call back by the page that lists it."""
    caller, called = lab.phones
    marks = marks_of(caller, called)
    await caller.press("dial", digits=called.extension)
    await called.wait("call", "call", SECONDS, since=marks.callee, state="ringing")
    await called.press("answer")
    await caller.wait("call", "call", SECONDS, since=marks.caller, state="answered")
    channels = (await ask(plan, "core show channels concise")).splitlines()
    [channel] = [row.partition("!")[0] for row in channels if f"/{caller.extension}-" in row]
    await ask(plan, "Park", f"Channel={channel}", "Timeout=40000")
    await called.wait("call", "call", SECONDS, since=marks.callee, state="ended")
    page = await parked(called)
    mark = len(called.reports)
    await called.press("select", entry=1)
    await called.wait("parked call", "call", SECONDS, since=mark, state="answered")
    bridged = await ask(plan, "core show channels concise")
    after = await parked(called)
    still = [each for each in caller.of("call", since=marks.caller) if each["state"] == "ended"]
    await hang_up(caller, called, marks)
    return {"parked": page, "after": after["text"], "talking": bridged.count("!Up!"), "caller_ended": still}


async def parked(phone: SoftwarePhone) -> dict[str, Any]:
    """Return the page of the parked calls."""
    menu = await shown(phone, {"do": "services"})
    number = [name for name, _url in menu["entries"]].index("Parked calls") + 1
    return await shown(phone, {"do": "select", "entry": number})


async def kept(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Set do not disturb and a forward, restart Asterisk, and look at the page, the hint and a call."""
    caller, called = lab.phones
    menu = await shown(called, {"do": "services"})
    number = [name for name, _url in menu["entries"]].index("Forward calls") + 1
    await shown(called, {"do": "select", "entry": number})
    await shown(called, {"do": "select", "entry": 2})
    await shown(called, {"do": "select", "entry": 1})
    before = await shown(called, {"do": "submit", "text": "600"})
    seen = len(lab.events)
    await lab.pbx.stop()
    await lab.pbx.start()
    await lab.wait_for("Asterisk again", SECONDS, lambda each: isinstance(each, PbxReloaded), since=seen)
    for phone in (caller, called):
        mark = len(phone.reports)
        await phone.power_off()
        await phone.power_on()
        await phone.wait("registered", "line", 2 * SECONDS, since=mark, line=1, state="registered")
    await shown(called, {"do": "services"})
    features = [before, await shown(called, {"do": "select", "entry": number})]
    busy = await hint(plan, called.extension)
    forwarded = await answered_without_ringing(caller, called)
    await shown(called, {"do": "select", "entry": 1})
    undisturbed = await answered_without_ringing(caller, called)
    return {
        "features": [[name for name, _url in each["entries"]] for each in features],
        "hint": busy,
        "calls": [forwarded, undisturbed],
    }


if __name__ == "__main__":
    main(run)
