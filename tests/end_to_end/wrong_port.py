"""Let Asterisk, on the server's own machine, answer to the wrong port, and diagnose the phone from what was
seen.

The test beside this file runs it inside `ringup.demo.isolation`.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

from ringup.asterisk import sandbox
from ringup.demo import isolation, network
from ringup.demo.lab import Lab
from ringup.demo.plan import NETWORK, PBX, SERVER, DemoPlan
from ringup.demo.steps import boot_seconds
from ringup.events import SipSeen
from tests.end_to_end.registered_phones import ringup

FAULTS = {"pjsip": "force-rport", "chan_sip": "nat-comedia"}


class OneMachine(Lab):
    """The demo's network, in which the server and the PBX are two addresses of one machine."""

    def _pbx_command(self) -> list[str]:
        return network.inside("server", sandbox.start_command(self.plan.sandbox, self.plan.state / "pbx"))

    def _plug_in(self) -> None:
        network.make_switch()
        network.add_host("server", address=f"{SERVER}/{NETWORK.prefixlen}")
        second = ["ip", "address", "add", f"{PBX}/{NETWORK.prefixlen}", "dev", network.INTERFACE]
        network.run(network.inside("server", second))
        for phone in self.phones:
            network.add_host(phone.host, mac=phone.mac_with_colons)


async def run(sandbox_folder: Path, release: str, driver: str) -> dict[str, Any]:
    """Return the diagnosis of a phone that keeps trying to register."""
    plan = DemoPlan(sandbox_folder, isolation.STATE, release, cast("Any", driver), fault=FAULTS[driver])
    async with OneMachine(plan) as lab:
        phone = lab.phones[0]
        await phone.power_on()
        await lab.wait_for(
            "an answer at the wrong port",
            boot_seconds(lab) + 60,
            lambda event: isinstance(event, SipSeen) and event.status == 401,
        )
        _, printed = await ringup(plan, "why", phone.extension, "--json")
    return {"why": json.loads(printed)}


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))))
