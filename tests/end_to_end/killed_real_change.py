"""Kill a change, or a real Asterisk, at each step of a change; then start the server.

For each step, it prints what the records, Asterisk's files or rows, and Asterisk itself have. It runs inside
`ringup.demo.isolation`: ``killed_real_change.py SANDBOX DRIVER [SOCKET DATABASE]``. With the last two
arguments, the accounts are in PostgreSQL.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.asterisk.drift import drift
from ringup.asterisk.install import contents, install
from ringup.asterisk.loaded import read_accounts
from ringup.asterisk.realtime import rows_to_write, write_rows
from ringup.asterisk.verification import verified
from ringup.asterisk.verify import ABOUT_PHONES
from ringup.change.site import change_site
from ringup.demo import isolation
from ringup.errors import OutsideError
from ringup.events import Event, PbxReloaded
from ringup.render.realtime_conf import realtime_conf
from ringup.serve.pbx import PbxLink
from ringup.site.model import Driver, Line, Pbx, Phone, Site
from ringup.site.rows import Plain
from ringup.store.database import open_database
from ringup.store.revisions import commit, read_site
from tests.end_to_end.killed_change import KILLED, die_at
from tests.end_to_end.realtime import NOLOADS

ADDRESS = "127.0.0.1"
SECRET = "s3cret"
OLD = {"201": "old-of-201", "202": "of-202"}
NEW = {"201": "new-of-201", "203": "of-203"}
ASTERISK_STEPS = 6
"""Number of steps at which Asterisk is killed; each takes a start of Asterisk."""

LONGEST = 15.0
"""Maximum seconds for Asterisk to start, and to read its files."""


@dataclass
class Bench:
    """One Asterisk, and the site whose change is killed."""

    folder: Path
    instance: Path
    pbx: Pbx
    pbx_process: "subprocess.Popen[bytes] | None" = None

    @property
    def database(self) -> Path:
        """The site's database."""
        return self.instance.parent / "ringup.db"

    def start(self) -> None:
        """Start Asterisk, and wait until it answers."""
        with (self.instance / "output").open("ab") as output:
            command = sandbox.start_command(self.folder, self.instance)
            self.pbx_process = subprocess.Popen(command, stdout=output, stderr=output)
        until = time.monotonic() + LONGEST
        while not asyncio.run(self._answers()):
            assert time.monotonic() < until, (self.instance / "output").read_text()
            time.sleep(0.05)

    async def _answers(self) -> bool:
        manager = self.manager()
        try:
            return bool(await manager.connect())
        except OutsideError:
            return False
        finally:
            await manager.close()

    def manager(self) -> Manager:
        """Return a connection to the manager interface that has not logged in yet."""
        return Manager(ADDRESS, self.pbx.manager_port, self.pbx.manager_user, self.pbx.manager_secret)

    def kill(self) -> None:
        """Kill Asterisk."""
        assert self.pbx_process
        self.pbx_process.kill()
        self.pbx_process.wait()

    async def reload_at_once(self) -> None:
        """Let four programs reload at the same time; raises AmiRefused if Asterisk refuses one of them."""
        managers = [self.manager() for _ in range(4)]
        for manager in managers:
            await manager.connect()
        await asyncio.gather(*(manager.reload(self.pbx.driver) for manager in managers))
        for manager in managers:
            await manager.close()

    def begin_anew(self) -> None:
        """Give the records, Asterisk's files or rows, and Asterisk itself the old lines."""
        for path in self.database.parent.glob("ringup.db*"):
            path.unlink()
        engine = open_database(str(self.database))
        commit(engine, Site(pbx=self.pbx, phones=(phone(OLD),)), author="test", summary="test", at=1.0)
        engine.dispose()
        self.next_start()

    def next_start(self) -> None:
        """Start the part of `ringup serve` that keeps Asterisk up to date, and wait until it has reloaded."""
        engine = open_database(str(self.database))
        site = read_site(engine)
        engine.dispose()
        asyncio.run(self._next_start(site))

    @staticmethod
    async def _next_start(site: Site) -> None:
        reloaded = asyncio.Event()
        said: list[Event] = []

        def emit(event: Event) -> None:
            said.append(event)
            if isinstance(event, PbxReloaded):
                reloaded.set()

        running = asyncio.create_task(PbxLink(site, emit).run())
        try:
            await asyncio.wait_for(reloaded.wait(), LONGEST)
        except TimeoutError as error:
            raise AssertionError(f"Asterisk was not reloaded: {said}") from error
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def state(self) -> dict[str, Any]:
        """Return what each side has; Asterisk may need a moment to read its files."""
        engine = open_database(str(self.database))
        site = read_site(engine)
        engine.dispose()
        own = Path(self.pbx.etc) / "ringup.d"
        until = time.monotonic() + LONGEST
        while (loaded := asyncio.run(self._loaded(site))) and time.monotonic() < until:
            time.sleep(0.1)
        return {
            "records": {line.extension: line.secret for _, line in site.lines()},
            "files": all((own / name).read_text() == text for name, text in contents(site).items()),
            "drift": [each.name for each in drift(Path(self.pbx.etc))],
            "unfinished": [path.name for path in own.glob(".*")],
            "rows": rows_to_write(site) if self.pbx.realtime else 0,
            "differences": loaded,
        }

    async def _loaded(self, site: Site) -> list[str]:
        """Return how Asterisk differs from the records: lines, their secrets, and superfluous lines."""
        found = [each for each in await verified(site, site.phones, {}) if each.code not in ABOUT_PHONES]
        manager = self.manager()
        await manager.connect()
        accounts = await read_accounts(manager, self.pbx.driver, sorted({*OLD, *NEW})) or {}
        await manager.close()
        more = set(accounts) - {line.extension for _, line in site.lines()}
        return [*map(str, found), *(f"{name} is still there" for name in sorted(more))]


def phone(lines: dict[str, str]) -> Phone:
    """Return the only phone, with these secrets by extension."""
    made = (Line(extension=name, secret=secret, voicemail=False) for name, secret in lines.items())
    return Phone(mac="001646000001", lines=tuple(made))


def renew(data: Plain) -> None:
    """Change a secret, remove a line, and add one."""
    data["phones"][0]["lines"] = [
        {"extension": name, "secret": secret, "voicemail": False} for name, secret in NEW.items()
    ]


def changed(bench: Bench, victim: str, step: int) -> bool:
    """Make the change in a process; the victim dies at this step. Return whether the step was reached."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if victim == "the change":
                die_at(step)
            else:
                die_at(step, lambda: _kill_pbx(bench, writer))
            change_site(str(bench.database), renew, "renew", lambda _plan: None)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    _, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    pbx_died = bool(os.read(reader, 1))
    os.close(reader)
    if code not in (0, KILLED):
        raise AssertionError(f"step {step}: the change failed when {victim} died")
    return pbx_died or code == KILLED


def _kill_pbx(bench: Bench, writer: int) -> None:
    assert bench.pbx_process
    os.kill(bench.pbx_process.pid, signal.SIGKILL)
    os.write(writer, b"x")


def prepared(folder: Path, driver: Driver, words: Sequence[str]) -> Bench:
    """Return a bench whose Asterisk has the old lines."""
    place = isolation.STATE / "bench"
    place.mkdir(parents=True)
    instance = place / "pbx"
    etc = sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET, driver=driver)
    url = f"postgresql://postgres@{ADDRESS}/{words[1]}" if words else ""
    pbx = Pbx(
        address=ADDRESS, driver=driver, bind=ADDRESS, etc=str(etc), realtime=url, manager_host=ADDRESS,
        manager_user="ringup", manager_secret=SECRET,
    )  # fmt: skip
    bench = Bench(folder, instance, pbx)
    if words:
        begin_relay(words[0])
        let_asterisk_read_the_tables(etc, pbx)
        write_rows(Site(pbx=pbx, phones=(phone(OLD),)))
    install(Site(pbx=pbx, phones=(phone(OLD),)), etc)
    bench.start()
    return bench


def begin_relay(socket: str) -> None:
    """Forward TCP connections to PostgreSQL's socket, which does not exist in Asterisk's own root folder."""
    script = Path(__file__).with_name("realtime.py")
    command = [sys.executable, str(script), "relay", socket, ADDRESS]
    relay = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert relay.stdout is not None
    assert relay.stdout.readline() == b"ready\n"


def let_asterisk_read_the_tables(etc: Path, pbx: Pbx) -> None:
    """Write the lines that `ringup pbx realtime` prints."""
    for name, lines in realtime_conf(pbx).items():
        text = lines
        if name == "modules.conf":
            text = (etc / name).read_text()
            for module in NOLOADS["pgsql"]:
                text = text.replace(f"noload = {module}.so\n", "")
        (etc / name).write_text(text)


def main(folder: Path, driver: Driver, words: Sequence[str]) -> None:
    """Kill the change at every step, then Asterisk at some steps, and print a row for each."""
    bench = prepared(folder, driver, words)
    asyncio.run(bench.reload_at_once())
    rows: list[dict[str, Any]] = []

    def trial(victim: str, step: int) -> bool:
        bench.begin_anew()
        was_killed = changed(bench, victim, step)
        if victim == "Asterisk" and was_killed:
            bench.kill()
            bench.start()
        bench.next_start()
        rows.append({"victim": victim, "step": step, "killed": was_killed, **bench.state()})
        return was_killed

    steps = 0
    while trial("the change", steps):
        steps += 1
    for step in range(0, steps, max(1, steps // ASTERISK_STEPS)):
        trial("Asterisk", step)
    bench.kill()
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    isolation.prepare()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    main(Path(sys.argv[1]), "chan_sip" if sys.argv[2] == "chan_sip" else "pjsip", sys.argv[3:])
