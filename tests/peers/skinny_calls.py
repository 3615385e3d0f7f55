"""Three phones of a real chan_skinny: hold, resume, transfer and the Messages button, printed as JSON.

Run inside `ringup.demo.isolation`: `test_skinny.py` does.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.asterisk.install import install
from ringup.demo import isolation
from ringup.emulator.behaviour import StimulusLength
from ringup.emulator.report import Report
from ringup.emulator.sccp.config import SccpConfig, Server
from ringup.emulator.sccp.runner import SccpRunner
from ringup.site.model import Line, Pbx, Phone, Site
from tests.peers.open_ports import until_open

PBX, SECRET = "10.9.0.1", "manager"
NUMBERS = ("201", "202", "203")
SECONDS = 20


def mac_of(number: str) -> str:
    return f"0011223344{number[1:]}"


def site(etc: Path) -> Site:
    phones = tuple(
        Phone(mac=mac_of(number), protocol="sccp", lines=(Line(extension=number, secret="s3cret"),))
        for number in NUMBERS
    )
    return Site(pbx=Pbx(address=PBX, bind=PBX, etc=str(etc)), phones=phones)


class CallingPhone:
    """One phone, and what its calls did."""

    def __init__(self, number: str, address: str, stimulus: StimulusLength) -> None:
        self.states: list[str] = []
        self.prompts: list[str] = []
        self.is_registered = False
        self.runner = SccpRunner(self._take, Random(1))
        config = SccpConfig(
            address, mac_of(number), "7960", 7, "P00308010200", (Server(PBX),), stimulus=stimulus
        )
        self.serving = asyncio.ensure_future(self.runner.serve(config))

    def _take(self, report: Report) -> None:
        if report.kind == "call":
            self.states.append(str(report.detail["state"]))
        elif report.kind == "line":
            self.is_registered = report.detail["state"] == "registered"
        elif report.kind == "dialled":
            self.prompts.append(str(report.detail["digits"]))

    async def until(self, *states: str) -> None:
        await holds(lambda: self.states[-len(states) :] == list(states), f"{states}, not {self.states}")


async def holds(condition: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise AssertionError(what) from error


async def talk(has_ended: Callable[[], bool]) -> dict[str, Any]:
    """Every situation in turn; the transfer comes last, because it may end this Asterisk (P-SCCP-40)."""
    lengths = (StimulusLength.SIXTEEN, StimulusLength.EIGHT, StimulusLength.SIXTEEN)
    one, two, three = phones = [
        CallingPhone(number, f"10.9.0.{place}", length)
        for place, (number, length) in enumerate(zip(NUMBERS, lengths, strict=True), start=11)
    ]
    for phone in phones:
        await holds(lambda phone=phone: phone.is_registered, "registered")  # type: ignore[misc]
    told: dict[str, Any] = {}
    for name, phone in (("long", one), ("short", two)):
        await phone.runner.command("messages")
        await phone.until("answered")
        await phone.runner.command("hangup")
        await phone.until("ended")
        told[name] = list(phone.states)
        phone.states.clear()
    await one.runner.command("dial", digits="202")
    await two.until("ringing")
    await two.runner.command("answer")
    await one.until("answered")
    await one.runner.command("hold")
    await one.until("held")
    await one.runner.command("resume")
    await one.until("resumed")
    await one.runner.command("transfer", digits="203")
    await three.until("ringing")
    await three.runner.command("answer")
    await one.until("answered")
    told["one"] = list(one.states)
    await one.runner.command("transfer")
    await holds(lambda: one.states[-2:] == ["ended", "ended"] or has_ended(), f"transfer, not {one.states}")
    told["others"] = [two.states[-1], three.states[-1]]
    told["has_ended"] = has_ended()
    for phone in phones:
        await phone.runner.stop()
        phone.serving.cancel()
    return told


async def run(sandbox_folder: Path) -> dict[str, Any]:
    instance = isolation.STATE / "pbx"
    etc = sandbox.prepare(instance, address=PBX, manager_secret=SECRET, has_sccp=True)
    install(site(etc), etc)
    program = await asyncio.create_subprocess_exec(
        *sandbox.start_command(sandbox_folder, instance), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await until_open(PBX, 2000)
        manager = Manager(PBX, 5038, "ringup", SECRET)
        await manager.connect()
        await manager.command("core waitfullybooted")
        await manager.close()
        return await talk(lambda: program.returncode is not None)
    finally:
        with suppress(ProcessLookupError):
            program.terminate()
        await program.wait()


if __name__ == "__main__":
    isolation.prepare()
    for command in ("link set lo up", *(f"addr add 10.9.0.{last}/24 dev lo" for last in (1, 11, 12, 13))):
        subprocess.run(["ip", *command.split()], check=True)
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
