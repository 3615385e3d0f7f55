"""Run `ringup why` for the demo's first phone on the server's host, as an operator does."""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from ringup.demo import network
from ringup.demo.lab import Lab
from ringup.demo.processes import DemoFailed

LONGEST_SECONDS = 60.0
"""Maximum seconds from the appearance of the fault to its diagnosis."""
ASK_SECONDS = 1.0
"""Seconds between two runs of `ringup why`."""


async def ask_doctor(lab: Lab) -> Mapping[str, Any]:
    """Return the first cause that `ringup why --json` prints; raises DemoFailed if it finds none in time."""
    until = asyncio.get_running_loop().time() + LONGEST_SECONDS
    while asyncio.get_running_loop().time() < until:
        if verdicts := (await _why(lab)).get("verdicts"):
            first: Mapping[str, Any] = verdicts[0]
            return {key: first[key] for key in ("code", "confidence", "what", "cause", "cure", "commands")}
        await asyncio.sleep(ASK_SECONDS)
    raise DemoFailed("doctor", f"ringup why names no cause within {LONGEST_SECONDS:.0f} s")


async def _why(lab: Lab) -> Mapping[str, Any]:
    plan = lab.plan
    command = [sys.executable, "-m", "ringup", "why", lab.phones[0].mac, "--json"]
    command += ["--database", str(plan.database), "--firmware", str(plan.firmware)]
    process = await asyncio.create_subprocess_exec(
        *network.inside("server", command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, complaint = await process.communicate()
    if not printed.startswith(b"{"):
        raise DemoFailed("doctor", f"ringup why failed: {complaint.decode(errors='replace').strip()}")
    answer: Mapping[str, Any] = json.loads(printed)
    return answer
