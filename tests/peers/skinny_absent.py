"""Read the SCCP state of a real Asterisk that has no chan_skinny, and print the result.

The test beside this file runs it inside `ringup.demo.isolation`.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.demo import isolation
from ringup.fleet.pbx_state import pbx_state
from ringup.rule import known
from ringup.site.model import Pbx
from tests.peers.open_ports import until_open

PBX, SECRET = "127.0.0.1", "manager"


async def is_loaded(sandbox_folder: Path) -> bool:
    instance = isolation.STATE / "pbx"
    sandbox.prepare(instance, address=PBX, manager_secret=SECRET)
    program = await asyncio.create_subprocess_exec(
        *sandbox.start_command(sandbox_folder, instance), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await until_open(PBX, 5038)
        state = known(
            await pbx_state(Pbx(manager_user="ringup", manager_secret=SECRET), [], with_skinny=True)
        )
        return known(state.skinny).is_loaded
    finally:
        program.terminate()
        await program.wait()


if __name__ == "__main__":
    isolation.prepare()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(json.dumps({"is_loaded": asyncio.run(is_loaded(Path(sys.argv[1])))}))
