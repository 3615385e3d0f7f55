"""Takes the first phone's line to the second one by its Services button, and sends it back."""

import json
from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import boot_seconds
from ringup.events import SiteChanged
from tests.end_to_end.press_services import shown
from tests.end_to_end.registered_phones import main, ringup

SECONDS = 30
PIN = "4711"


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """The pages, the lines that each phone registers, and the revisions."""
    own, guest = lab.phones
    for words in (("phone", "set", own.mac, f"pin={PIN}"), ("site", "set", "services=hot-desk")):
        seen = len(lab.events)
        status, printed = await ringup(plan, *words)
        if status:
            raise DemoFailed(" ".join(words), printed)
        await lab.wait_for("site", SECONDS, lambda each: isinstance(each, SiteChanged), since=seen)
    await opened(guest)
    await shown(guest, {"do": "select", "entry": 1})
    wrong = await shown(guest, {"do": "submit", "text": own.extension, "further": ["0000"]})
    await opened(guest)
    await shown(guest, {"do": "select", "entry": 1})
    marks = len(own.reports), len(guest.reports)
    moving = await shown(guest, {"do": "submit", "text": own.extension, "further": [PIN]})
    await restarted(lab, own, marks[0])
    for line in (1, 2):
        await guest.wait("moved", "line", boot_seconds(lab), since=marks[1], line=line, state="registered")
    await own.wait("stand-in", "line", boot_seconds(lab), since=marks[0], line=1, state="registered")
    lines = [registered(own, marks[0]), registered(guest, marks[1])]
    moved = await opened(guest)
    menu = await shown(guest, {"do": "update"})
    mark, begins = len(guest.reports), len(own.reports)
    await shown(guest, {"do": "select", "entry": 2})
    await restarted(lab, guest, mark)
    await restarted(lab, own, begins)
    await guest.wait("at home", "line", boot_seconds(lab), since=mark, line=1, state="registered")
    await own.wait("at home", "line", boot_seconds(lab), since=begins, line=1, state="registered")
    back = await opened(guest)
    lines += [registered(own, begins), registered(guest, mark)]
    _, printed = await ringup(plan, "history", "--json")
    summaries = [each["summary"] for each in json.loads(printed[printed.index("{") :])["revisions"]]
    return {"pages": [wrong, moving, moved, menu, back], "lines": lines, "history": summaries[:2]}


async def opened(phone: SoftwarePhone) -> dict[str, Any]:
    """The page of hot desking."""
    await shown(phone, {"do": "services"})
    return await shown(phone, {"do": "select", "entry": 1})


async def restarted(lab: Lab, phone: SoftwarePhone, mark: int) -> None:
    """Wait until a phone has booted."""
    await phone.wait("restart", "boot", boot_seconds(lab), since=mark)


def registered(phone: SoftwarePhone, mark: int) -> list[int]:
    """The numbers of the lines that are registered since the restart."""
    return sorted({each["line"] for each in phone.of("line", since=mark) if each["state"] == "registered"})


if __name__ == "__main__":
    main(run)
