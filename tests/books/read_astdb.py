"""Read names from the database of a real Asterisk, and print them.

The test beside this file runs it inside `ringup.demo.isolation`.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.books.reading import BookUnreadable, read_book
from ringup.demo import isolation
from ringup.site.model import DirectorySource, Pbx
from tests.peers.open_ports import until_open

ADDRESS, SECRET = "127.0.0.1", "manager"
PBX = Pbx(manager_user="ringup", manager_secret=SECRET)


def names(url: str, pbx: Pbx = PBX) -> list[list[str]] | str:
    """Return the names of a family, or the answer if they cannot be read."""
    try:
        reading = read_book(DirectorySource(name="pbx", url=url), "", pbx)
    except BookUnreadable as error:
        return error.answer
    return [list(entry) for entry in reading.entries] if reading else []


async def put(*pairs: tuple[str, str]) -> None:
    """Write names as an operator does on the console."""
    manager = Manager(ADDRESS, PBX.manager_port, PBX.manager_user, SECRET)
    await manager.connect()
    for number, name in pairs:
        await manager.command(f'database put cidname {number} "{name}"')
    await manager.close()


async def main(folder: Path) -> dict[str, object]:
    """Return what was read."""
    instance = isolation.STATE / "pbx"
    sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET)
    program = await asyncio.create_subprocess_exec(
        *sandbox.start_command(folder, instance), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await until_open(ADDRESS, PBX.manager_port)
        empty = await asyncio.to_thread(names, "asterisk:cidname")
        await put(("+49301234567", "Jörg Müller"), ("0301", "Ada: at home"))
        wrong = PBX.model_copy(update={"manager_secret": "wrong"})
        return {
            "empty": empty,
            "names": await asyncio.to_thread(names, "asterisk:cidname"),
            "other": await asyncio.to_thread(names, "asterisk:nothing"),
            "wrong": await asyncio.to_thread(names, "asterisk:cidname", wrong),
        }
    finally:
        program.terminate()
        await program.wait()


if __name__ == "__main__":
    isolation.prepare()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
