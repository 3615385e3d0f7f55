"""Runs the demo up to registration, restarts one phone by `ringup restart`, and prints what the phone did.

Run inside `ringup.demo.isolation`: the test beside this file does.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import OWNERS, DemoPlan
from ringup.demo.steps import STEPS, boot_seconds, run_steps
from ringup.site.model import Driver


async def run(sandbox: Path, release: str, driver: Driver) -> dict[str, Any]:
    """Restart the first phone; its reports after the command began, and what the command printed."""
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE, asterisk=release, driver=driver)
    async with Lab(plan) as lab:
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        phone, other = lab.phones
        marks = len(phone.reports), len(other.reports)
        words = ["restart", OWNERS[0].name.split()[0], "--json", "--database", str(plan.database)]
        command = await asyncio.create_subprocess_exec(
            *network.inside("server", [sys.executable, "-m", "ringup", *words]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complained = await command.communicate()
        if not outcome.ok or command.returncode != 0:
            return {"reason": outcome.reason or (printed + complained).decode()}
        await phone.wait("boot", "boot", boot_seconds(lab), since=marks[0])
        await phone.wait("again", "line", boot_seconds(lab), since=marks[0], state="registered")
    return {
        "reason": "",
        "printed": json.loads(printed),
        "did": [report["kind"] for report in phone.reports[marks[0] :]],
        "other_boots": len(other.of("boot", since=marks[1])),
    }


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))  # type: ignore[arg-type]
