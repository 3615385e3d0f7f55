"""Run the demo's steps while the server is killed ten times; print what was promised and what is stored.

The test beside this file runs it inside `ringup.demo.isolation`.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from ringup.demo import isolation
from ringup.demo.lab import Lab
from ringup.demo.plan import OWNERS, DemoPlan
from ringup.demo.steps import STEPS, run_steps
from ringup.store.database import open_database
from ringup.store.leases import read_leases
from ringup.store.revisions import commit, current_revision, read_site

KILLS = 10
BETWEEN_KILLS = (0.5, 4.0)
"""Seconds between two kills; together they span both conversions and the first call."""


async def torment(lab: Lab, dice: random.Random, promised: list[int]) -> None:
    """Kill the server at random times, commit a revision each time, and start it again."""
    database = open_database(str(lab.plan.database))
    for number in range(1, KILLS + 1):
        await asyncio.sleep(dice.uniform(*BETWEEN_KILLS))
        await lab.server.kill()
        site = read_site(database)
        settings = {**site.settings, "phone_prompt": f"kill {number}"}
        changed = site.model_copy(update={"settings": settings})
        commit(database, changed, author="test", summary=f"kill {number}", at=time.time())
        promised.append(current_revision(database))
        await lab.start_server()
    database.dispose()


async def run(sandbox: Path, seed: int) -> dict[str, Any]:
    """Run once; every address that a phone was given must still belong to that phone in the database."""
    dice = random.Random(seed)
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE)
    promised: list[int] = []
    async with Lab(plan) as lab:
        tormenting = asyncio.create_task(torment(lab, dice, promised))
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        await tormenting
        called = await run_steps(lab, STEPS[3:4], lambda _step: None)
    database = open_database(str(plan.database))
    leases = {lease.mac: lease.address for lease in read_leases(database)}
    revision = current_revision(database)
    prompt = read_site(database).settings.get("phone_prompt")
    database.dispose()
    given = {phone.mac: [report["address"] for report in phone.of("address")] for phone in lab.phones}
    return {
        "seed": seed,
        "registered": outcome.ok,
        "called": called.ok,
        "reason": outcome.reason or called.reason,
        "given": given,
        "leases": {mac: leases.get(mac, "") for mac in (owner.mac for owner in OWNERS)},
        "promised_revisions": promised,
        "revision": revision,
        "prompt": prompt,
    }


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))))
