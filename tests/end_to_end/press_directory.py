"""Find the other phone with the Directory button of a registered phone, and call it."""

from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from tests.end_to_end.registered_phones import main

SECONDS = 20


async def run(lab: Lab, _plan: DemoPlan) -> dict[str, Any]:
    """Return the pages on the first phone's screen, and what it then dials."""
    phone, other = lab.phones
    pages = []
    for keys in (
        {"do": "directory"}, {"do": "select", "entry": 1}, {"do": "submit", "text": "232"},
    ):  # fmt: skip
        mark = len(phone.reports)
        await phone.press(**keys)
        pages.append(await phone.wait("page", "page", SECONDS, since=mark))
    await phone.press("select", entry=1)
    ringing = await other.wait("call", "call", SECONDS, state="ringing")
    await other.press("answer")
    await phone.wait("call", "call", SECONDS, state="answered")
    await phone.press("hangup")
    mark = len(phone.reports)
    await phone.press("services")
    pages.append(await phone.wait("page", "page", SECONDS, since=mark))
    return {"pages": pages, "with": ringing["with"]}


if __name__ == "__main__":
    main(run)
