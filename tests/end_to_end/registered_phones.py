"""Shared code of scripts that do something with the demo's phones after these have registered.

They run inside `ringup.demo.isolation`. Their arguments are the folder of an Asterisk, its release, a driver,
and options of the software phones. They print one JSON object with the result of the script, and a `reason`
that is empty after success.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.steps import STEPS, run_steps

if TYPE_CHECKING:
    from ringup.site.model import Driver

Script = Callable[[Lab, DemoPlan], Awaitable[dict[str, Any]]]


def main(script: Script) -> None:
    """Run a script and print its result."""
    isolation.prepare()
    sandbox, release, driver, *flags = sys.argv[1:]
    plan = DemoPlan(Path(sandbox), isolation.STATE, release, cast("Driver", driver), phone_flags=tuple(flags))
    print(json.dumps(asyncio.run(_with_registered_phones(plan, script))))


async def _with_registered_phones(plan: DemoPlan, script: Script) -> dict[str, Any]:
    async with Lab(plan) as lab:
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        return {"reason": "", **await script(lab, plan)} if outcome.ok else {"reason": outcome.reason}


async def ringup(plan: DemoPlan, *words: str) -> tuple[int | None, str]:
    """Run a command on the demo's server as an operator does; return its exit status and its output."""
    command = await asyncio.create_subprocess_exec(
        *network.inside("server", [sys.executable, "-m", "ringup", *words, "--database", str(plan.database)]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await command.communicate()
    return command.returncode, printed.decode()
