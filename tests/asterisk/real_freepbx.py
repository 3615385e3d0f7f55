"""Run a real Asterisk with files in FreePBX's format, and print the findings before and after the fields were
set.

`test_real_freepbx` runs it in a private network: ``python -m tests.asterisk.real_freepbx SANDBOX FOLDER
DRIVER``.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.asterisk.freepbx import read_freepbx
from ringup.asterisk.freepbx_fields import findings
from ringup.asterisk.verification import verified
from ringup.asterisk.verify import ABOUT_PHONES
from ringup.site.model import Driver, Line, Pbx, Phone, Site
from tests.asterisk.freepbx_folder import extension, peer, write_freepbx
from tests.asterisk.real_pbx import ADDRESS, SECRET, START_TRIES, connected

LINES = {"201": "of;201", "202": "of-202"}
WRONG = {"force_rport": "yes", "rewrite_contact": "yes"}
RIGHT = {"force_rport": "no", "rewrite_contact": "no"}


def write(etc: Path, *, nat: str, **options: str) -> None:
    """Write the files of both drivers, with these options for all extensions."""
    escaped = {number: secret.replace(";", "\\;") for number, secret in LINES.items()}
    write_freepbx(
        etc,
        *(extension(number, secret, **options) for number, secret in escaped.items()),
        peers="".join(peer(number, secret, nat=nat) for number, secret in escaped.items()),
        transports={"0.0.0.0-udp": f"udp {ADDRESS}:5060"},
        sip_port="5060",
    )


def site_for(etc: Path, driver: Driver) -> Site:
    """Return a site whose phone has these extensions as its lines."""
    pbx = Pbx(
        address=ADDRESS, driver=driver, freepbx=str(etc), manager_host=ADDRESS, manager_user="ringup",
        manager_secret=SECRET,
    )  # fmt: skip
    lines = tuple(Line(extension=number, secret=secret) for number, secret in LINES.items())
    return Site(pbx=pbx, phones=(Phone(mac="001646C0FFEE", lines=lines),))


async def seen(site: Site) -> list[str]:
    """Return the code and the line of each finding about Asterisk."""
    found = await verified(site, site.phones, {})
    return sorted(f"{each.code} {each.where}" for each in found if each.code not in ABOUT_PHONES)


async def found(folder: Path, instance: Path, driver: Driver) -> dict[str, list[str]]:
    """Return the findings with the options of a new extension, and those after the fields were set."""
    etc = sandbox.prepare(instance, address=ADDRESS, manager_secret=SECRET, driver=driver)
    write(etc, nat="force_rport,comedia", **WRONG)
    site = site_for(etc, driver)
    in_files = sorted(f"{each.code} {each.where}" for each in findings(site, read_freepbx(etc, driver)))
    with (instance / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *sandbox.start_command(folder, instance), stdout=output, stderr=output
        )
    try:
        manager, _version = await connected()
        before = await seen(site)
        write(etc, nat="no", **RIGHT)
        await manager.reload(driver)
        for _try in range(START_TRIES):  # chan_sip reloads a moment after it reports that it did
            if not (after := await seen(site)):
                break
            await asyncio.sleep(0.1)
        await manager.close()
        return {"in files": in_files, "before": before, "after": after}
    finally:
        await asyncio.to_thread(sandbox.stop, instance)
        await process.wait()


def main() -> None:
    """Print the result as JSON."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    driver: Driver = "chan_sip" if sys.argv[3] == "chan_sip" else "pjsip"
    print(json.dumps(asyncio.run(found(Path(sys.argv[1]), Path(sys.argv[2]), driver))))


if __name__ == "__main__":
    main()
