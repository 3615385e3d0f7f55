"""Change a registered phone's secret with --restart, and print what callers experienced.

A phone does not restart while it is called. So there are calls before the change, and from the restart on.
All the time, the script checks whether the PBX accepts the secret that the phone has.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

from ringup.asterisk.register_query import LineLogin, SecretCheck, check_secret
from ringup.demo import network
from ringup.demo.lab import Lab
from ringup.demo.plan import NETWORK, OWNERS, PBX, DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import boot_seconds
from ringup.store.revisions import read_site
from tests.end_to_end.registered_phones import main, ringup

NEW = "a-new-secret-of-201"
WATCHER = "10.79.60.3"
"""The host from which the secret is checked."""
CALL_SECONDS = 1.0
ASK_SECONDS = 0.2
SETTLED_CALLS = 5
"""Number of calls before the change, and after the phone has registered again."""


async def called(caller: SoftwarePhone, callee: SoftwarePhone) -> bool:
    """Dial, and return whether the other phone rings within a second."""
    mark, own = len(callee.reports), len(caller.reports)
    await caller.press("dial", digits=callee.extension)
    try:
        await callee.wait("call", "call", CALL_SECONDS, since=mark, state="ringing")
        is_reached = True
    except DemoFailed:
        is_reached = False
    await caller.press("hangup")
    with contextlib.suppress(DemoFailed):
        await caller.wait("hang up", "call", 2 * CALL_SECONDS, since=own, state="ended")
    return is_reached


async def asked(secret: Callable[[], str], refused: list[tuple[float, float]]) -> None:
    """Check again and again whether the PBX accepts the phone's secret, and record the spans in which it does
    not.
    """
    began = 0.0
    while True:
        account = LineLogin(str(PBX), 5060, OWNERS[0].extension, OWNERS[0].extension, secret())
        proof = await asyncio.to_thread(check_secret, account)
        now = time.monotonic()
        if proof is SecretCheck.WRONG and not began:
            began = now
        elif proof is SecretCheck.RIGHT and began:
            refused.append((began, now))
            began = 0.0
        await asyncio.sleep(ASK_SECONDS)


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """Change the first phone's secret while the second one calls it."""
    network.run(["ip", "address", "add", f"{WATCHER}/{NETWORK.prefixlen}", "dev", network.SWITCH])
    phone, caller = lab.phones
    own_file, mark, old = f"SIP{phone.mac}.cnf", len(phone.reports), secret_of(lab)

    def secret() -> str:
        files = (report["name"] for report in phone.of("file-received", since=mark))
        return NEW if own_file in files else old

    refused: list[tuple[float, float]] = []
    asking = asyncio.create_task(asked(secret, refused))
    before = [await called(caller, phone) for _ in range(SETTLED_CALLS)]
    command = asyncio.create_task(
        ringup(plan, "phone", "set", OWNERS[0].extension, "--secret", NEW, "--restart")
    )
    begun = await phone.wait("restart", "check-sync", boot_seconds(lab), since=mark)
    meanwhile = [await called(caller, phone)]
    while "registered" not in (states := [line["state"] for line in phone.of("line", since=mark)]):
        meanwhile.append(await called(caller, phone))
    registered = phone.of("line", since=mark)[states.index("registered")]
    after = [await called(caller, phone) for _ in range(SETTLED_CALLS)]
    status, printed = await command
    asking.cancel()
    return {
        "status": status,
        "printed": printed,
        "before": before,
        "meanwhile": meanwhile,
        "after": after,
        "seconds": registered["at"] - begun["at"],
        "refused": [round(end - begin, 2) for begin, end in refused],
        "states": states,
        "stored": secret_of(lab),
    }


def secret_of(lab: Lab) -> str:
    """Return the first phone's secret in the records."""
    found = read_site(lab._database).phone(OWNERS[0].mac)
    return found.lines[0].secret if found else ""


if __name__ == "__main__":
    main(run)
