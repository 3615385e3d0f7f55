"""Roll a load out to six phones; meanwhile the server is killed, and one phone loses its power for a while.

The test beside this file runs it inside `ringup.demo.isolation`. It prints what the phones and the records
have.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan, Owner
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import STEPS, boot_seconds, run_steps
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.rollout.record import PhoneStep, Rollout, RolloutState
from ringup.site.model import Driver
from ringup.store.revisions import read_site
from ringup.store.rollouts import latest_rollout

LOAD = "P0S3-08-11-00"
OWNERS = tuple(
    Owner(f"phone{number}", f"00164600000{number}", f"20{number}", f"Phone {number}")
    for number in range(1, 7)
)
CANARIES = 2
AT_MOST = 4
WAIT_SECONDS = 60
"""Seconds after which the phone without power counts as failed."""
LOOK_SECONDS = 0.2


class Watched:
    """The rollout of a lab, which is read again and again."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.most_under_way = 0
        self.seen: list[str] = []

    def look(self) -> Rollout:
        """Read the rollout."""
        found = latest_rollout(self._lab._database)
        if found is None:
            raise DemoFailed("rollout", "there is none")
        self.most_under_way = max(self.most_under_way, len(found.under_way))
        if not self.seen or self.seen[-1] != str(found.state):
            self.seen.append(str(found.state))
        return found

    async def until(self, step: str, seconds: float, holds: Callable[[Rollout], bool]) -> Rollout:
        """Read the rollout until the condition holds."""
        deadline = time.monotonic() + seconds
        while not holds(found := self.look()):
            if time.monotonic() > deadline:
                raise DemoFailed(step, f"not within {seconds:.0f} s: {found}")
            await asyncio.sleep(LOOK_SECONDS)
        return found


async def ringup(plan: DemoPlan, *words: str) -> str:
    """Run a command on the server, as an operator does."""
    command = [sys.executable, "-m", "ringup", *words, "--database", str(plan.database)]
    process = await asyncio.create_subprocess_exec(
        *network.inside("server", command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise DemoFailed(" ".join(words), printed.decode())
    return printed.decode()


def is_booting(rollout: Rollout, phone: SoftwarePhone) -> bool:
    """Return whether the server has seen the beginning of this phone's boot."""
    return any(each.mac == phone.mac and each.step is PhoneStep.TAKING for each in rollout.phones)


async def roll_out(lab: Lab) -> dict[str, Any]:
    """Carry out the rollout with its accidents."""
    plan, watched = lab.plan, Watched(lab)
    write_package(plan.firmware, make_sip_package(LOAD))
    marks = {phone.mac: len(phone.reports) for phone in lab.phones}
    words = ["firmware", "rollout", LOAD, "--all", "--canary", str(CANARIES), "--at-most", str(AT_MOST)]
    words += ["--wait", str(WAIT_SECONDS), "--yes", "--firmware", str(plan.firmware)]
    began = time.monotonic()
    printed = await ringup(plan, *words)
    first, unlucky = lab.phones[0], lab.phones[-1]
    await watched.until("a canary boots", 120, lambda rollout: is_booting(rollout, first))
    await lab.server.kill()
    killed = watched.look()
    await lab.start_server()
    await watched.until("the second wave boots", 200, lambda rollout: is_booting(rollout, unlucky))
    await unlucky.power_off()
    stopped = await watched.until("it stops", 200, lambda rollout: rollout.state is RolloutState.STOPPED)
    others = (PhoneStep.DONE, PhoneStep.READY, PhoneStep.FAILED)
    stopped = await watched.until(
        "the others finish", 100, lambda rollout: all(each.step in others for each in rollout.phones)
    )
    mark = len(unlucky.reports)
    await unlucky.power_on()
    await unlucky.wait("it registers", "line", boot_seconds(lab), since=mark, state="registered")
    resumed = await ringup(plan, "firmware", "rollout", "resume")
    done = await watched.until("it is done", 250, lambda rollout: rollout.state is RolloutState.DONE)
    site = read_site(lab._database)
    return {
        "seconds": round(time.monotonic() - began),
        "printed": printed,
        "resumed": resumed,
        "killed_in": [str(each.step) for each in killed.phones],
        "states": watched.seen,
        "stopped_for": stopped.reason,
        "at_the_stop": [str(each.step) for each in stopped.phones],
        "steps": [str(each.step) for each in done.phones],
        "most_under_way": watched.most_under_way,
        "applications": [json.loads(phone.flash.read_text())["application"] for phone in lab.phones],
        "flashed": [
            [report["load"] for report in phone.of("flash", since=marks[phone.mac])] for phone in lab.phones
        ],
        "site_load": site.load,
        "own_loads": [phone.load for phone in site.phones],
        "status": await ringup(plan, "firmware", "rollout", "status", "--all"),
        "history": await ringup(plan, "history"),
    }


async def run(sandbox: Path, release: str, driver: Driver) -> dict[str, Any]:
    """Run once from beginning to end."""
    plan = DemoPlan(
        sandbox=sandbox, state=isolation.STATE, asterisk=release, driver=driver, owners=OWNERS, speed=20.0
    )
    async with Lab(plan) as lab:
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        if not outcome.ok:
            return {"reason": outcome.reason}
        try:
            return {"reason": "", **await roll_out(lab)}
        except DemoFailed as error:
            return {"reason": str(error), "server": lab.server.last_words(60)}


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))  # type: ignore[arg-type]
