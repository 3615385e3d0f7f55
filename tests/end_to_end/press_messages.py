"""Leaves a message, looks at it by the Services button, and hears it by the Messages button."""

from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed
from ringup.demo.steps import hear_message, leave_message
from tests.end_to_end.press_services import shown
from tests.end_to_end.registered_phones import main

SECONDS = 20


async def run(lab: Lab, _plan: DemoPlan) -> dict[str, Any]:
    """The page before and after the message was heard, the lamp, and the counts that the phone shows."""
    callee = lab.phones[1]
    try:
        told: dict[str, Any] = {**await leave_message(lab), "lamp": True}
    except DemoFailed as failed:
        told = {"lamp": False, "why": str(failed)}
    told["refused"] = len(callee.of("notify-refused"))
    pages = [await page(lab)]
    if told["lamp"]:
        told["marked"] = await marked(lab) if "mark" in pages[0]["prompt"] else []
        told |= await hear_message(lab)
        pages.append(await page(lab))
    counts = [[report["new"], report["old"]] for report in callee.of("messages")]
    return {**told, "pages": pages, "counts": counts}


async def marked(lab: Lab) -> list[list[str]]:
    """Mark the message as heard and as new again, and wait for the lamp; return the page after each step."""
    callee = lab.phones[1]
    marks = await shown(callee, {"do": "update"})
    pages = [marks]
    for is_on in (False, True):
        seen = len(callee.reports)
        pages.append(await shown(callee, {"do": "select", "entry": 1}))
        await callee.wait("lamp", "lamp", SECONDS, since=seen, on=is_on)
    return [[name.partition(":")[0] for name, _url in each["entries"]] for each in pages]


async def page(lab: Lab) -> dict[str, Any]:
    """The messages of the second phone, by the Services button."""
    menu = await shown(lab.phones[1], {"do": "services"})
    number = [name for name, _url in menu["entries"]].index("Messages") + 1
    return await shown(lab.phones[1], {"do": "select", "entry": number})


if __name__ == "__main__":
    main(run)
