"""Kill a change with restarts at each of its steps, and let the start of the server complete it.

For each step, it prints what the records, Asterisk's file and the phone have. A step is each system call of
Python that changes a file, each commit, and each action on the manager interface. The process ends there as
after SIGKILL, without any cleanup.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import event as engine_events

from ringup.asterisk.control import Manager
from ringup.asterisk.drift import drift
from ringup.asterisk.install import contents, install
from ringup.change import held_secrets, pbx_steps, restart_run
from ringup.change.releases import Releases
from ringup.change.restart_step import Restarting
from ringup.change.rotate import left
from ringup.change.site import change_site
from ringup.engine.ami import Answered
from ringup.events import FileSent, LineRegistered
from ringup.site.held import with_held
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.site.rows import Plain
from ringup.store.database import open_database
from ringup.store.held_secrets import read_held
from ringup.store.history import add_events, read_events
from ringup.store.revisions import commit, read_site
from ringup.wire.ami import AmiMessage
from tests.asterisk.fake_asterisk import FakeAsterisk, message
from tests.cli.test_change_restart import boot

MACS = {"001646000001": "201", "001646000002": "202"}
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.chown", "os.truncate", "tempfile.mkstemp")
KILLED = 9


def new_place(place: Path, port: int) -> None:
    """Make two registered phones, whose accounts are in Asterisk's folder."""
    (place / "etc").mkdir(parents=True)
    pbx = Pbx(etc=str(place / "etc"), manager_port=port, manager_user="ringup", manager_secret="s3cret")
    phones = (
        Phone(mac=mac, lines=(Line(extension=name, secret=f"old-of-{name}"),)) for mac, name in MACS.items()
    )
    site = Site(pbx=pbx, phones=tuple(phones))
    install(site, place / "etc")
    engine = open_database(str(place / "ringup.db"))
    commit(engine, site, author="test", summary="test", at=1.0)
    for mac, name in MACS.items():
        add_events(engine, [*boot(mac), LineRegistered(3.0, mac, name, f"sip:{name}@10.0.0.9:5060")])
    engine.dispose()


def renew(data: Plain) -> None:
    """Give both lines new secrets."""
    for phone in data["phones"]:
        for line in phone["lines"]:
            line["secret"] = f"new-of-{line['extension']}"


def die_at(step: int, die: Callable[[], None] = lambda: os._exit(KILLED)) -> None:
    """End this process at the step with this number; `die` may do something else instead."""
    steps = count()

    def passed(*_: object) -> None:
        if next(steps) == step:
            die()

    def heard(name: str, arguments: tuple[Any, ...]) -> None:
        if name in CHANGES or (name == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            passed()

    real = Manager.action

    async def action(self: Manager, *arguments: Any) -> Answered:
        passed()
        answer = await real(self, *arguments)
        passed()
        return answer

    setattr(Manager, "action", action)  # noqa: B010
    engine_events.listen(Engine, "commit", passed)
    sys.addaudithook(heard)


def change(place: Path, step: int) -> bool:
    """Make the change in a process that dies at this step; return whether it died."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            die_at(step)
            change_site(
                str(place / "ringup.db"), renew, "renew", lambda _plan: None, restarting=Restarting(2, 2.0)
            )
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    if code not in (0, KILLED):
        raise AssertionError(f"step {step}: the change failed")
    return code == KILLED


def next_start(place: Path) -> dict[str, Any]:
    """Do what `ringup serve` does at its start, and return what each side has then."""
    engine = open_database(str(place / "ringup.db"))
    Releases(engine).look()
    held = read_held(engine)
    site = read_site(engine)
    wanted = with_held(site, held)
    install(wanted, place / "etc")
    own = place / "etc" / "ringup.d"
    fetched = [
        event.mac for _, event in read_events(engine) if isinstance(event, FileSent) and event.mac in MACS
    ]
    engine.dispose()
    remaining = left(str(place / "ringup.db"))
    return {
        "records": [line.secret for _, line in site.lines()],
        "asterisk": [line.secret for _, line in wanted.lines()],
        "files": all((own / name).read_text() == text for name, text in contents(wanted).items()),
        "drift": [each.name for each in drift(place / "etc")],
        "unfinished": [path.name for path in own.glob(".*")],
        "restarted": [fetched.count(mac) > 1 for mac in MACS],
        "left": [*remaining.registered, *remaining.off],
        "listed": [mac in remaining.restarted for mac in MACS],
    }


async def asterisk(current: Path, ready: int) -> None:
    """Stand for an Asterisk whose phones boot at a check-sync and fetch their files."""

    def notified(action: AmiMessage) -> list[AmiMessage]:
        name = action.get("Endpoint")
        mac = next(mac for mac, own in MACS.items() if own == name)
        engine = open_database(str(current.resolve() / "ringup.db"))
        add_events(engine, [*boot(mac), LineRegistered(4.0, mac, name, f"sip:{name}@10.0.0.9:5060")])
        engine.dispose()
        return [message(Response="Success", ActionID=action.get("ActionID"))]

    async with FakeAsterisk() as fake:
        fake.answers["PJSIPNotify"] = notified
        os.write(ready, f"{fake.port}\n".encode())
        await asyncio.Event().wait()


def main(folder: Path) -> None:
    """Kill the change at every step, until it completes."""
    held_secrets.FETCH_SECONDS = 0.2
    restart_run.LOOK_SECONDS = 0.02
    setattr(pbx_steps, "said", lambda _site, _macs: "")  # noqa: B010
    reader, ready = os.pipe()
    current = folder / "current"
    pbx = os.fork()
    if pbx == 0:
        asyncio.run(asterisk(current, ready))
    port = int(os.read(reader, 16))
    try:
        for step in count():
            place = folder / "place"
            shutil.rmtree(place, ignore_errors=True)
            current.unlink(missing_ok=True)
            current.symlink_to(place)
            new_place(place, port)
            was_killed = change(place, step)
            print(json.dumps({"step": step, "killed": was_killed, **next_start(place)}), flush=True)
            if not was_killed:
                break
    finally:
        os.kill(pbx, KILLED)
        os.waitpid(pbx, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
