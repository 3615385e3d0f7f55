"""Run `ringup init` with Debian's `/etc/asterisk`, plug a phone in, and run it again.

The machine is laid out as for the README's commands (`readme_block.py`): the phone is emulated, and the
firmware is synthetic.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from ringup.asterisk import sandbox
from ringup.demo import isolation, network
from ringup.demo.processes import HostProcess, SoftwarePhone
from tests.end_to_end import readme_block as machine

PHONE = f"--phone {machine.MAC} --extension {machine.EXTENSION}"
INIT = f"ringup init --yes {PHONE} --fix-modules --ignore clock-sync"
"""The clock is that of the machine that runs the test."""
FIRST, AGAIN, CHECK = f"{INIT} --serve", f"{INIT} --no-follow", "ringup check --json --ignore clock-sync"
READY_SECONDS = 90


OWN_TRANSPORT = "[mine]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:5160\n"


async def run(tree: Path, pjsip: str) -> dict[str, Any]:
    """Set the machine up, try the phone, and set the machine up again; the operator's pjsip.conf ends with
    these lines.
    """
    state = isolation.STATE
    machine.lay_out_machine(state, tree)
    _append(Path("/etc/asterisk/pjsip.conf"), pjsip)
    network.make_switch()
    network.add_host("machine", address=machine.ADDRESS)
    folder = state / "here"
    folder.mkdir()
    machine.write_zip(folder / f"{machine.LOAD}.zip")
    phone = SoftwarePhone("phone1", machine.MAC, machine.EXTENSION, speed=10, state=state)
    network.add_host("phone1", mac=phone.mac_with_colons)
    start = network.inside("machine", sandbox.start_command(tree, state / "pbx"))
    await HostProcess("Asterisk", start, state / "pbx.log").start()
    await machine.asked(state, "core waitfullybooted", "fully booted")
    planned = await asyncio.to_thread(_typed, f"{INIT} --dry-run", folder, state)
    log = state / "init.log"
    await HostProcess(FIRST, machine.shell(FIRST, folder, state), log).start()
    await asyncio.to_thread(_wait_for, log, "Power the phone on")
    await phone.power_on()
    tried = await machine.try_phone(phone, state)
    again = await asyncio.to_thread(_typed, AGAIN, folder, state)
    checked = await asyncio.to_thread(_typed, CHECK, folder, state)
    await phone.power_off()
    return {"planned": planned, "first": log.read_text(), "again": again, "checked": checked, **tried}


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def _wait_for(log: Path, words: str) -> None:
    until = monotonic() + READY_SECONDS
    while not log.exists() or words not in log.read_text():
        if monotonic() > until:
            raise TimeoutError(log.read_text())
        sleep(0.1)


def _typed(command: str, folder: Path, state: Path) -> tuple[int, str]:
    return machine.run_command(machine.shell(command, folder, state))


if __name__ == "__main__":
    isolation.prepare()
    os.environ["RINGUP_ACCEPT_TEST_SIGNER"] = "1"
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), OWN_TRANSPORT if "own" in sys.argv else ""))))
