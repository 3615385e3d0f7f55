"""Install a site's files in a real Asterisk in this network namespace, reload it, and print what it has
loaded.

`test_real_asterisk` runs it in a private network: ``python -m tests.asterisk.real_pbx SANDBOX FOLDER
DRIVER``.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.asterisk.control import Manager
from ringup.asterisk.install import install
from ringup.errors import OutsideError
from ringup.site.model import Driver, Line, Phone, Site
from tests.render.sites import OFFICE, OLD

ADDRESS = "127.0.0.1"
SECRET = "s3cret"
START_TRIES = 100
QUESTIONS: dict[Driver, tuple[str, ...]] = {
    "pjsip": (
        "pjsip show endpoint 201",
        "pjsip show auth 202",
        "pjsip show aor 201",
        "pjsip show transports",
        "pjsip show auth 301",
        "pjsip show auth 302",
        "pjsip show endpoints",
    ),
    "chan_sip": (
        "sip show peer 201",
        "sip show peer 202",
        "sip show peer 301",
        "sip show peer 302",
        "sip show peers",
    ),
}
SHARED_QUESTIONS = ("dialplan show ringup", "voicemail show users", "core show hints")


ADOPTED_SECRETS = {
    "301": 'q"u;o\\t\te#[x]=>',
    "302": "x" * 1024,
    "303": "   ",
    "304": "a\n[305]\ntype = endpoint",
}
"""Passwords of imported lines; the last two cannot be written into a file."""

ADOPTED = Phone(
    mac="001646000009",
    lines=tuple(Line(extension=name, secret=secret) for name, secret in ADOPTED_SECRETS.items()),
)


def site_for(driver: Driver) -> Site:
    """Return the site of the goldens with ringup's own transport, and an imported phone."""
    site = OLD if driver == "chan_sip" else OFFICE
    pbx = site.pbx if driver == "chan_sip" else site.pbx.model_copy(update={"transport": "", "bind": ADDRESS})
    return site.model_copy(update={"pbx": pbx, "phones": (*site.phones, ADOPTED)})


async def connected() -> tuple[Manager, str]:
    """Log in as soon as Asterisk listens."""
    for _try in range(START_TRIES):
        manager = Manager(ADDRESS, 5038, "ringup", SECRET)
        try:
            return manager, await manager.connect()
        except OutsideError:
            await manager.close()
            await asyncio.sleep(0.1)
    raise TimeoutError("Asterisk did not come up")


async def answer_to(manager: Manager, question: str) -> str:
    """Return the console's output; it is repeated, because chan_sip reloads a moment after it reports that it
    did.
    """
    for _try in range(START_TRIES):
        text = await manager.command(question)
        if "not found" not in text:
            return text
        await asyncio.sleep(0.1)
    return text


async def loaded(folder: Path, instance: Path, driver: Driver) -> dict[str, object]:
    """Return what Asterisk has loaded after the files were installed while it was running."""
    etc = sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET, driver=driver)
    with (instance / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *sandbox.start_command(folder, instance), stdout=output, stderr=output
        )
    try:
        manager, version = await connected()
        changed = install(site_for(driver), etc)
        await manager.reload(driver)
        questions = (*QUESTIONS[driver], *SHARED_QUESTIONS)
        answers = {question: await answer_to(manager, question) for question in questions}
        await manager.close()
        return {"version": version, "changed": changed, "again": install(site_for(driver), etc), **answers}
    finally:
        await asyncio.to_thread(sandbox.stop, instance)
        await process.wait()


def main() -> None:
    """Print the result as JSON."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder, instance, driver = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if driver not in ("pjsip", "chan_sip"):
        raise ValueError(driver)
    print(json.dumps(asyncio.run(loaded(folder, instance, "pjsip" if driver == "pjsip" else "chan_sip"))))


if __name__ == "__main__":
    main()
