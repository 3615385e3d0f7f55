"""Boot two phones whose flash contains what a case defines, and capture all packets.

`test_street_traces` runs it inside `ringup.demo.isolation`. Its arguments are the folder of an Asterisk, the
capture to write, and a key of CASES.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ringup.demo import isolation
from ringup.demo.faults import FAULTS
from ringup.demo.lab import Lab
from ringup.demo.plan import OWNERS, DemoPlan
from ringup.demo.processes import Report, SoftwarePhone
from ringup.demo.steps import boot_seconds
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.emulator.flash import Flash, save
from ringup.site.model import Site
from ringup.store.revisions import commit, read_site
from ringup.street.script import FlashState
from ringup.street.seeds import LOADER, OLDER_LOAD, OLDER_LOADER, flash_of

SEED = 7
SPEED = 10.0


@dataclass(frozen=True, slots=True)
class Case:
    """The contents of the two phones' flash, and what the phones find on the network."""

    states: tuple[FlashState, FlashState]
    fault: str = ""
    """A key of FAULTS; empty if both phones register."""
    is_older: bool = False
    """True if the site's load is the older one."""
    files: int = 0
    """With a fault, the number of files after whose requests by each phone the capture ends."""

    @property
    def flashes(self) -> list[Flash]:
        """Return the flash of each phone."""
        return [flash_of(owner.mac, state) for owner, state in zip(OWNERS, self.states, strict=True)]

    def counts(self, report: Report) -> bool:
        """Return whether a phone's report counts towards the end of the case."""
        if self.fault:
            return bool(report["kind"] == "file-request")
        return bool(report["kind"] == "line" and report["state"] == "registered")

    def site(self, site: Site) -> Site:
        """Return the site of the demo, with the changes of this case."""
        return site.model_copy(
            update=({"load": OLDER_LOAD} if self.is_older else {})
            | ({"phones": ()} if self.fault and FAULTS[self.fault].unknown_phones else {})
        )

    def write_firmware(self, folder: Path, load: str) -> None:
        """Write the package of the site's load, without the files that the fault removes."""
        write_package(folder, make_sip_package(load, OLDER_LOADER if self.is_older else LOADER))
        suffix = FAULTS[self.fault].missing_files if self.fault else ""
        for path in folder.glob(f"*{suffix}") if suffix else ():
            path.unlink()


CASES = {
    "older to current, and current": Case(("older", "current")),
    "older, and fresh to older": Case(("older", "fresh"), is_older=True),
    "no application": Case(("older", "fresh"), "missing-application", files=18),
    "no file of its own": Case(("current", "older"), "missing-phone-file", files=16),
}


class CaseLab(Lab):
    """The demo's network with the phones and the firmware of a case."""

    case: Case

    def _write_firmware(self) -> None:
        self.case.write_firmware(self.plan.firmware, OLDER_LOAD if self.case.is_older else "P0S3-8-12-00")
        for phone, flash in zip(self.phones, self.case.flashes, strict=True):
            save(phone.flash, flash)

    def _write_site(self) -> None:
        super()._write_site()
        site = self.case.site(read_site(self._database))
        commit(self._database, site, author="demo", summary="the case", at=time.time())


async def run(sandbox: Path, capture: Path, case: Case) -> dict[str, str]:
    """Boot the phones until both are registered, or have requested the files of the case."""
    plan = DemoPlan(sandbox, isolation.STATE, fault=case.fault, seed=SEED, speed=SPEED, capture=capture)
    lab = CaseLab(plan)
    lab.case = case
    done: Counter[str] = Counter()
    is_over = asyncio.Event()

    def count(phone: SoftwarePhone, report: Report) -> None:
        done[phone.mac] += case.counts(report)
        if all(done[each.mac] >= max(case.files, 1) for each in lab.phones):
            is_over.set()

    async with lab:
        for phone in lab.phones:
            phone.on_report = count
        await asyncio.gather(*(phone.power_on() for phone in lab.phones))
        await asyncio.wait_for(is_over.wait(), boot_seconds(lab) + 60)
    return {"reason": ""}


if __name__ == "__main__":
    isolation.prepare()
    print(json.dumps(asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), CASES[sys.argv[3]]))))
