"""Run the demo until two phones are registered; then a device with the first phone's MAC requests its files.

`test_clones.py` runs it inside `ringup.demo.isolation`. It prints what the device got, and the output of
`ringup status` and `ringup why` for the phone.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import NETWORK, SERVER, DemoPlan
from ringup.demo.steps import STEPS, run_steps
from ringup.site.model import Driver
from ringup.wire.mac import with_colons

CLONE = "10.79.60.66"
LOOKS = 20
FETCH = """
import socket, sys
for name in sys.argv[2:]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", (sys.argv[1], 69))
        print(name, client.recv(2000))
"""


async def run(sandbox: Path, release: str, driver: Driver) -> dict[str, Any]:
    """Let the clone request the first phone's file while the phone is registered on the PBX."""
    plan = DemoPlan(sandbox=sandbox, state=isolation.STATE, asterisk=release, driver=driver)
    async with Lab(plan) as lab:
        outcome = await run_steps(lab, STEPS[:3], lambda _step: None)
        if not outcome.ok:
            return {"reason": outcome.reason}
        mac = lab.phones[0].mac
        before = await said(plan, "status", mac, "--json")
        network.add_host("clone", address=f"{CLONE}/{NETWORK.prefixlen}", mac=with_colons(mac))
        names = (f"CTLSEP{mac}.tlv", "SIPDefault.cnf", f"SIP{mac}.cnf")
        fetch = [sys.executable, "-c", FETCH, str(SERVER), *names]
        stolen = await output_of(network.inside("clone", fetch))
        troubles: dict[str, str] = {}
        for _ in range(LOOKS):
            record = json.loads(await said(plan, "status", mac, "--json"))
            troubles = {each["key"]: each["text"] for each in record["troubles"]}
            if "registered_elsewhere" in troubles:
                break
        return {
            "reason": "",
            "before": [each["key"] for each in json.loads(before)["troubles"]],
            "address": record["address"],
            "stage": record["stage"],
            "stolen": stolen,
            "troubles": troubles,
            "why": await said(plan, "why", mac),
        }


async def said(plan: DemoPlan, *words: str) -> str:
    """Return what a command of the operator prints."""
    command = [sys.executable, "-m", "ringup", *words, "--database", str(plan.database)]
    return await output_of(network.inside("server", command))


async def output_of(command: list[str]) -> str:
    """Return what a program prints."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    return printed.decode(errors="replace")


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))  # type: ignore[arg-type]
