"""Send a command or an action to the demo's Asterisk: ``python -m tests.end_to_end.ask_pbx DATABASE WHAT…``.

WHAT is a console command, or an action with its fields, like ``Originate Channel=Local/201@ringup``.
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import cast

from ringup.change.stored_site import stored_site
from ringup.demo import network
from ringup.demo.plan import DemoPlan
from ringup.serve.pbx import manager_of


async def hint(plan: DemoPlan, extension: str) -> str:
    """Return the state of a line's hint, like ``Busy``."""
    said = await ask(plan, f"core show hint {extension}")
    return said.partition("State:")[2].split()[0]


async def ask(plan: DemoPlan, *words: str) -> str:
    """Return Asterisk's reply."""
    command = [sys.executable, "-m", "tests.end_to_end.ask_pbx", str(plan.database), *words]
    asking = await asyncio.create_subprocess_exec(
        *network.inside("server", command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await asking.communicate()
    return printed.decode()


async def _ask(database: str, words: Sequence[str]) -> str:
    manager = manager_of(stored_site(database).pbx)
    await manager.connect()
    try:
        if len(words) == 1:
            return await manager.command(words[0])
        fields = [cast("tuple[str, str]", tuple(each.split("=", 1))) for each in words[1:]]
        return str((await manager.action(words[0], fields)).response)
    finally:
        await manager.close()


if __name__ == "__main__":
    print(asyncio.run(_ask(sys.argv[1], sys.argv[2:])))
