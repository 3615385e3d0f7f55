"""Plug ten unknown phones in while the site gives extensions to unknown phones, and print what became of
them. No phone is typed."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from ringup.demo import isolation
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan, Owner
from ringup.demo.processes import DemoFailed
from ringup.demo.steps import boot_seconds
from ringup.store.revisions import commit, read_site, revisions
from tests.end_to_end.registered_phones import ringup

COUNT = 10
OWNERS = tuple(
    Owner(f"phone{number}", f"001646C0A1{number:02X}", str(900 + number), "nobody")
    for number in range(1, COUNT + 1)
)
"""The site never contains these extensions, because it has no phones at first."""


class AutoLab(Lab):
    """The demo's network, with a site that has no phones and a range of extensions."""

    def _write_site(self) -> None:
        super()._write_site()
        site = read_site(self._database).model_copy(
            update={
                "phones": (),
                "auto_extensions": "301-320",
                "auto_most": COUNT,
                "auto_until": "2100-01-01T00:00",
            }
        )
        commit(self._database, site, author="demo", summary="no phones", at=time.time())

    @property
    def revisions(self) -> list[str]:
        """Return the summaries of all revisions."""
        return [each.summary for each in revisions(self._database)]

    @property
    def extensions(self) -> dict[str, str]:
        """Return the extension of each phone of the site, by MAC."""
        return {phone.mac: line.extension for phone, line in read_site(self._database).lines()}


async def run(plan: DemoPlan) -> dict[str, Any]:
    """Let all phones boot at once, then call from one to another."""
    async with AutoLab(plan) as lab:
        try:
            await asyncio.gather(*(phone.power_on() for phone in lab.phones))
            seconds = boot_seconds(lab)
            await asyncio.gather(
                *(phone.wait("registration", "line", seconds, state="registered") for phone in lab.phones)
            )
            extensions = lab.extensions
            caller, callee = lab.phones[0], lab.phones[-1]
            await caller.press("dial", digits=extensions[callee.mac])
            await callee.wait("call", "call", 20, state="ringing")
        except DemoFailed as failed:
            return {"reason": f"{failed}\n{lab.server.last_words(40)}", "revisions": lab.revisions}
        verified = await ringup(plan, "pbx", "verify")
        return {
            "reason": "",
            "revisions": lab.revisions,
            "extensions": extensions,
            "verified": verified,
        }


if __name__ == "__main__":
    isolation.prepare()
    sandbox = Path(sys.argv[1])
    print(json.dumps(asyncio.run(run(DemoPlan(sandbox, isolation.STATE, speed=50.0, owners=OWNERS)))))
