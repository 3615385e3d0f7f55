"""Run the demo with the accounts in PostgreSQL, and print what Asterisk, the phones and the database had.

The test beside this file runs it inside `ringup.demo.isolation`. The database's socket does not exist in
Asterisk's own root folder, so a relay in Asterisk's network forwards connections to it.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import OWNERS, PBX, DemoPlan
from ringup.demo.steps import STEPS, boot_seconds, run_steps
from ringup.events import PbxConnected
from ringup.render.realtime_conf import ODBC_DRIVER, ODBC_INI, realtime_conf
from ringup.store.revisions import commit, read_site

NEW = "a-new-one"
PORT = 5432
NOLOADS = {
    "pgsql": ("res_config_pgsql", "res_sorcery_realtime"),
    "odbc": ("res_odbc_transaction", "res_odbc", "res_config_odbc", "res_sorcery_realtime"),
}
LIBRARIES = ("odbc/psqlodbcw.so", "libodbcinst.so.2")
"""Libraries of Debian's package odbc-postgresql, which Asterisk's own root folder lacks."""


async def relay(socket: str, address: str = str(PBX)) -> None:
    """Forward each connection to this address to PostgreSQL's socket."""

    async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pumped(reader, there[1]), pumped(there[0], writer), return_exceptions=True)

    server = await asyncio.start_server(serve, address, PORT)
    print("ready", flush=True)
    await server.serve_forever()


class RealtimeLab(Lab):
    """The demo's network, with the accounts in a database."""

    def __init__(self, plan: DemoPlan, socket: Path, name: str) -> None:
        super().__init__(plan)
        self._url = f"postgresql://postgres@{PBX}/{name}"
        self._home = plan.state / "pbx" / "var" / "lib" / "asterisk"
        self._relay = network.inside("pbx", [sys.executable, str(Path(__file__)), "relay", str(socket)])

    def _write_site(self) -> None:
        super()._write_site()
        site = read_site(self._database)
        pbx = site.pbx.model_copy(update={"realtime": self._url})
        site = site.model_copy(update={"pbx": pbx})
        commit(self._database, site, author="demo", summary="realtime", at=time.time())

    async def ringup(self, *words: str) -> tuple[int | None, str]:
        """Run a command as the operator does."""
        arguments = [sys.executable, "-m", "ringup", *words, "--database", str(self.plan.database)]
        command = await asyncio.create_subprocess_exec(
            *network.inside("server", arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await command.communicate()
        return command.returncode, printed.decode()

    def install_odbc(self) -> None:
        """Copy the ODBC driver to the places where this Asterisk searches, in its own root folder."""
        self._home.mkdir(parents=True, exist_ok=True)
        (folder,) = Path("/usr/lib").glob("*/odbc")
        for name in LIBRARIES:
            shutil.copy(folder.parent / name, self._home)

    async def let_asterisk_read_the_tables(self, road: str) -> None:
        """Write the lines that `ringup pbx realtime` prints, and restart Asterisk."""
        for name, lines in realtime_conf(read_site(self._database).pbx, odbc=road == "odbc").items():
            if name == ODBC_INI:
                driver = f"/var/lib/asterisk/{Path(LIBRARIES[0]).name}"
                (self._home / ".odbc.ini").write_text(lines.replace(ODBC_DRIVER, driver))
                continue
            path = self.plan.etc / name
            text = path.read_text() if path.exists() else ""
            if name == "modules.conf":
                for module in NOLOADS[road]:
                    noload = f"noload = {module}.so\n"
                    assert noload in text
                    text = text.replace(noload, "")
            else:
                text = lines
            path.write_text(text)
        await self.pbx.stop()
        self.collect()
        seen = len(self.events)
        await self.pbx.start()
        await self.wait_for(
            "Asterisk to be back", 60, lambda event: isinstance(event, PbxConnected), since=seen
        )

    def _plug_in(self) -> None:
        """Start the relay in Asterisk's network; it ends with the namespace."""
        super()._plug_in()
        process = subprocess.Popen(self._relay, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"


async def run(sandbox: Path, socket: Path, name: str, road: str) -> dict[str, Any]:
    """Let phones register and call, and change a secret with a restart."""
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE)
    async with RealtimeLab(plan, socket, name) as lab:
        unread = json.loads((await lab.ringup("pbx", "verify", "--json"))[1])
        if road == "odbc":
            lab.install_odbc()
        await lab.let_asterisk_read_the_tables(road)
        if (read := await lab.ringup("pbx", "verify"))[0] != 0:
            return {"reason": f"{read[1]}\n{lab.pbx.last_words(60)}"}
        outcome = await run_steps(lab, STEPS[:4], lambda _step: None)
        if not outcome.ok:
            return {"reason": f"{outcome.reason}\n{lab.pbx.last_words(60)}"}
        verified = await lab.ringup("pbx", "verify")
        phone = lab.phones[0]
        mark = len(phone.reports)
        changed = await lab.ringup("phone", "set", OWNERS[0].extension, "--secret", NEW, "--restart")
        await phone.wait("again", "line", boot_seconds(lab), since=mark, state="registered")
        again = await lab.ringup("pbx", "verify")
        called = await run_steps(lab, STEPS[3:4], lambda _step: None)
        removed = await lab.ringup("phone", "remove", OWNERS[1].mac, "--yes")
        return {
            "reason": called.reason,
            "unread": [each["code"] for each in unread["findings"]],
            "file": (plan.etc / "ringup.d" / "ringup_pjsip.conf").read_text(),
            "verified": verified,
            "changed": changed,
            "again": again,
            "removed": removed,
        }


if __name__ == "__main__":
    if sys.argv[1] == "relay":
        asyncio.run(relay(*sys.argv[2:]))
    else:
        isolation.prepare()
        os.environ["LD_LIBRARY_PATH"] = (
            "/var/lib/asterisk"  # for psqlODBC's own library, in Asterisk's root folder
        )
        print(json.dumps(asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))))
