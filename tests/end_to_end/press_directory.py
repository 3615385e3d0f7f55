"""Runs the demo up to registration, then finds the other phone by the Directory button and calls it.

Run inside `ringup.demo.isolation`: the test beside this file does.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ringup.demo import isolation
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.steps import STEPS, run_steps
from ringup.site.model import Driver

SECONDS = 20


async def run(sandbox: Path, release: str, driver: Driver) -> dict[str, Any]:
    """The pages on the first phone's screen, and what it then dials."""
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE, asterisk=release, driver=driver)
    async with Lab(plan) as lab:
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        if not outcome.ok:
            return {"reason": outcome.reason}
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
    return {"reason": "", "pages": pages, "with": ringing["with"]}


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))  # type: ignore[arg-type]
