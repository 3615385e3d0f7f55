"""Cut the connection to Asterisk's manager interface while one phone registers and another's contact is
removed.

The test beside this file runs it inside `ringup.demo.isolation`. The server reaches the manager interface
through a relay, which is killed and started again.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from ringup.asterisk.control import Manager
from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import PBX, DemoPlan
from ringup.demo.processes import HostProcess
from ringup.demo.steps import boot_seconds
from ringup.events import Event, LineRegistered, LineUnregistered, PbxConnected, PbxLost
from ringup.site.model import Driver, Pbx
from ringup.store.revisions import commit, read_site

RELAY = 15038
FORGET: dict[Driver, str] = {
    "pjsip": "database deltree registrar contact",
    "chan_sip": "sip unregister {extension}",
}
"""Commands that remove a contact; the first one causes no event in Asterisk."""


async def relay() -> None:
    """Connect each client on loopback to Asterisk's manager interface."""

    async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(str(PBX), 5038)
        await asyncio.gather(pumped(reader, there[1]), pumped(there[0], writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", RELAY)
    await server.serve_forever()


class RelayedLab(Lab):
    """The demo's network, in which the server reaches Asterisk's manager interface through the relay."""

    relay: HostProcess
    secret: str

    def _write_site(self) -> None:
        super()._write_site()
        site = read_site(self._database)
        self.secret = site.pbx.manager_secret
        pbx: Pbx = site.pbx.model_copy(update={"manager_host": "127.0.0.1", "manager_port": RELAY})
        site = site.model_copy(update={"pbx": pbx})
        commit(self._database, site, author="demo", summary="relay", at=time.time())

    async def start_server(self) -> None:
        """Start the relay before the server."""
        command = network.inside("server", [sys.executable, str(Path(__file__)), "relay"])
        self.relay = HostProcess("the relay", command, self.plan.state / "relay.log")
        await self.relay.start()
        await super().start_server()

    async def say(self, command: str) -> str:
        """Run a command on Asterisk's console, over a separate connection from the PBX's network."""
        words = [sys.executable, str(Path(__file__)), "say", self.secret, command]
        process = await asyncio.create_subprocess_exec(
            *network.inside("pbx", words), stdout=asyncio.subprocess.PIPE
        )
        return (await process.communicate())[0].decode()


async def said(secret: str, command: str) -> str:
    """Run a console command over the manager interface."""
    manager = Manager(str(PBX), 5038, "ringup", secret)
    await manager.connect()
    try:
        return await manager.command(command)
    finally:
        await manager.close()


def about(lab: Lab, since: int) -> list[Event]:
    """Return the events about registrations."""
    return [each for each in lab.events[since:] if isinstance(each, LineRegistered | LineUnregistered)]


async def run(sandbox: Path, release: str, driver: Driver) -> dict[str, Any]:
    """Return the registrations that were reported before, during and after the cut."""
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE, asterisk=release, driver=driver)
    async with RelayedLab(plan) as lab:
        first, second = lab.phones
        await first.power_on()
        await first.wait("registration", "line", boot_seconds(lab), state="registered")
        await lab.wait_for("the event", 20, lambda event: isinstance(event, LineRegistered))
        cut = len(lab.events)
        await lab.relay.kill()
        await lab.wait_for("the loss", 20, lambda event: isinstance(event, PbxLost), since=cut)
        await first.power_off()
        forgotten = await lab.say(FORGET[driver].format(extension=first.extension))
        await second.power_on()
        await second.wait("registration", "line", boot_seconds(lab), state="registered")
        during = about(lab, cut)
        back = len(lab.events)
        await lab.relay.start()
        await lab.wait_for("the connection", 60, lambda event: isinstance(event, PbxConnected), since=back)
        await lab.wait_for("the loss", 30, lambda event: isinstance(event, LineUnregistered), since=back)
        await lab.wait_for("the news", 90, lambda event: isinstance(event, LineRegistered), since=back)
        return {
            "forgotten": forgotten,
            "during": [str(each) for each in during],
            "after": [[type(each).__name__, each.extension] for each in about(lab, back)],  # type: ignore[union-attr]
        }


if __name__ == "__main__":
    match sys.argv[1]:
        case "relay":
            asyncio.run(relay())
        case "say":
            print(asyncio.run(said(sys.argv[2], sys.argv[3])))
        case sandbox:
            isolation.prepare()
            print(json.dumps(asyncio.run(run(Path(sandbox), sys.argv[2], sys.argv[3]))))  # type: ignore[arg-type]
