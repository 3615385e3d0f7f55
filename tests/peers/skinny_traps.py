"""Send messages to a real chan_skinny in its own network, and print what it does in unusual situations.

The test beside this file runs it inside `ringup.demo.isolation`.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.asterisk.install import install
from ringup.asterisk.skinny import read_skinny, reset
from ringup.demo import isolation
from ringup.emulator.sccp.config import SccpConfig, Server
from ringup.emulator.sccp.runner import SccpRunner
from ringup.fleet.pbx_state import pbx_state
from ringup.rule import known
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.wire.sccp import messages
from ringup.wire.sccp.frame import build
from ringup.wire.sccp.of_phone import Register
from tests.peers.open_ports import until_open

if TYPE_CHECKING:
    from ringup.emulator.report import Report

PBX, PHONE, SECRET = "10.9.0.1", "10.9.0.2", "manager"
MAC = "0011223344AA"


def site(etc: Path) -> Site:
    line = Line(extension="201", name="Anna", secret="s3cret")
    phone = Phone(mac=MAC, protocol="sccp", lines=(line,))
    return Site(pbx=Pbx(address=PBX, bind=PBX, etc=str(etc)), phones=(phone,))


def config(mac: str) -> SccpConfig:
    return SccpConfig(PHONE, mac, "7960", 7, "P00308010200", (Server(PBX),))


class Desk:
    """One phone, and its reports."""

    def __init__(self, mac: str) -> None:
        self.reports: list[Report] = []
        self._changed = asyncio.Condition()
        self.runner = SccpRunner(self.reports.append, Random(1))
        self.serving = asyncio.ensure_future(self.runner.serve(config(mac)))

    async def until(self, kind: str) -> None:
        async with asyncio.timeout(15):
            while not any(report.kind == kind for report in self.reports):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def end(self) -> str:
        async with asyncio.timeout(15):
            return await self.serving


async def asked() -> dict[str, str]:
    """Return the devices as the diagnosis reads them, with the addresses from which they are registered."""
    pbx = Pbx(manager_host=PBX, manager_user="ringup", manager_secret=SECRET)
    state = known(await pbx_state(pbx, [], with_skinny=True))
    return dict(known(state.skinny).devices)


async def talk() -> dict[str, Any]:
    """Try every situation, one after the other."""
    manager = Manager(PBX, 5038, "ringup", SECRET)
    await manager.connect()
    told: dict[str, Any] = {"unknown": await Desk("00112233FFFF").end()}
    told["split"] = await split_header()
    told["before"] = await asked()
    first = Desk(MAC)
    await first.until("line")
    told["after"] = await asked()
    found = await read_skinny(manager)
    told["registered"] = found is not None and found.devices[f"SEP{MAC}"] == (PHONE, True)
    second = Desk(MAC)
    told["still there"] = await second.end()
    await reset(manager, f"SEP{MAC}")
    told["reset"] = await first.end()
    third = await as_soon_as_it_may(MAC)
    await third.runner.leave()
    told["left"] = await third.end()
    await manager.close()
    return told


async def as_soon_as_it_may(mac: str) -> Desk:
    """Return the phone once chan_skinny has noticed that its earlier connection has ended."""
    async with asyncio.timeout(30):
        while True:
            desk = Desk(mac)
            line = asyncio.ensure_future(desk.until("line"))
            await asyncio.wait([line, desk.serving], return_when=asyncio.FIRST_COMPLETED)
            if not desk.serving.done():
                await line
                return desk
            line.cancel()


async def split_header() -> str:
    """Send a Register message whose header is divided into two segments."""
    reader, writer = await asyncio.open_connection(PBX, 2000, local_addr=(PHONE, 0))
    data = build(messages.to_frame(Register(f"SEP{MAC}", address=PHONE, device_type=7)))
    writer.write(data[:8])
    await writer.drain()
    await asyncio.sleep(0.3)
    with suppress(OSError):
        writer.write(data[8:])
        await writer.drain()
    try:
        async with asyncio.timeout(5):
            return (await reader.read(100)).hex()
    except (TimeoutError, OSError) as error:
        return type(error).__name__
    finally:
        writer.close()


async def run(sandbox_folder: Path) -> dict[str, Any]:
    instance = isolation.STATE / "pbx"
    etc = sandbox.prepare(instance, address=PBX, manager_secret=SECRET, has_sccp=True)
    install(site(etc), etc)
    program = await asyncio.create_subprocess_exec(
        *sandbox.start_command(sandbox_folder, instance), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await until_open(PBX, 2000)
        return await talk()
    finally:
        program.terminate()
        await program.wait()


def add_addresses() -> None:
    for command in ("link set lo up", f"addr add {PBX}/24 dev lo", f"addr add {PHONE}/24 dev lo"):
        subprocess.run(["ip", *command.split()], check=True)


if __name__ == "__main__":
    isolation.prepare()
    add_addresses()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1])))))
