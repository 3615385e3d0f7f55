"""Plug two unknown phones in while guests are on: one dials a right code, the other one only wrong codes."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ringup.demo import isolation
from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import boot_seconds
from ringup.events import SiteChanged
from ringup.site.guests import MOST_WRONG
from ringup.site.model import Line, Phone
from ringup.store.guests import read_guests
from ringup.store.revisions import commit, read_site, revisions
from tests.end_to_end.registered_phones import ringup

if TYPE_CHECKING:
    from ringup.site.model import Driver

WAITING = "020000000205"
SECONDS = 20.0


class GuestLab(Lab):
    """The demo's network, with a site whose only record waits for its phone."""

    def _write_site(self) -> None:
        super()._write_site()
        ada = Line(extension="205", name="Ada Lovelace", secret="s3cret-of-ada")
        waiting = Phone(mac=WAITING, label="Ada", lines=(ada,), password="kept")
        before = read_site(self._database)
        pbx = before.pbx.model_copy(update={"outside_dial": "Local/600@ringup"})
        site = before.model_copy(
            update={"phones": (waiting,), "guests": True, "guests_secret": "f0r-guests", "pbx": pbx}
        )
        commit(self._database, site, author="demo", summary="guests", at=time.time())

    @property
    def summaries(self) -> list[str]:
        """Return the summaries of all revisions."""
        return [each.summary for each in revisions(self._database)]

    @property
    def macs(self) -> dict[str, list[str]]:
        """Return the extensions of each phone of the site, by MAC."""
        site = read_site(self._database)
        return {phone.mac: [line.extension for line in phone.lines] for phone in site.phones}

    def guests(self) -> dict[str, Any]:
        """Return the code, the wrong codes and the block of each guest, by MAC."""
        found = read_guests(self._database)
        return {each.mac: [each.code, each.wrong, bool(each.blocked_until)] for each in found}


async def run(plan: DemoPlan) -> dict[str, Any]:
    """Return the screens, the calls and the records."""
    async with GuestLab(plan) as lab:
        try:
            return {"reason": "", **await _story(lab, plan)}
        except DemoFailed as failed:
            return {"reason": f"{failed}\n{lab.server.last_words(60)}\n{lab.pbx.last_words(30)}"}


async def _story(lab: GuestLab, plan: DemoPlan) -> dict[str, Any]:
    ada, guesser = lab.phones
    await asyncio.gather(*(phone.power_on() for phone in lab.phones))
    for phone in lab.phones:
        await phone.wait("registration", "line", boot_seconds(lab), state="registered")
    screens = [phone.of("screen")[-1]["lines"][0] for phone in lab.phones]
    codes = {mac: f"Code {code}" for mac, (code, _wrong, _blocked) in lab.guests().items()}
    told: dict[str, Any] = {"screens": screens, "codes": [codes[phone.mac] for phone in lab.phones]}
    (told["others"], told["claimed"]), told["blocked"] = await asyncio.gather(
        claimed(lab, plan, ada), guessed(lab, guesser)
    )
    for words in (("phone", "add", "020000000206", "--extension", "206"), ("phone", "code", "206", "--json")):
        status, printed = await ringup(plan, *words)
        if status:
            raise DemoFailed(" ".join(words), printed)
    seen, before = len(lab.events), lab.macs
    await dialled(guesser, json.loads(printed[printed.index("{") :])["codes"][0]["code"])
    told["after"] = lab.macs == before
    status, printed = await ringup(plan, "claim", guesser.mac, "206")
    told["operator"] = [status, printed]
    await lab.wait_for("operator's claim", SECONDS, lambda each: isinstance(each, SiteChanged), since=seen)
    mark = len(guesser.reports)
    await guesser.wait("restart", "line", boot_seconds(lab), since=mark, state="registered")
    told["last"] = [guesser.of("screen")[-1]["lines"], lab.macs]
    told["verified"] = await ringup(plan, "pbx", "verify")
    return told


async def claimed(lab: GuestLab, plan: DemoPlan, ada: SoftwarePhone) -> tuple[list[str], list[Any]]:
    """Dial what a guest may not reach, then the code of the waiting name."""
    others = [await dialled(ada, digits) for digits in ("205", "500", "600", "*98", "9600")]
    printed = (await ringup(plan, "phone", "code", "Ada Lovelace", "--json"))[1]
    code = json.loads(printed[printed.index("{") :])["codes"][0]["code"]
    mark = len(ada.reports)
    await dialled(ada, code)
    await ada.wait("restart", "boot", boot_seconds(lab), since=mark)
    await ada.wait("claimed", "line", boot_seconds(lab), since=mark, state="registered")
    return others, [ada.of("screen")[-1]["lines"][0], lab.macs, lab.summaries[0]]


async def guessed(lab: GuestLab, guesser: SoftwarePhone) -> list[Any]:
    """Dial wrong codes until the phone is blocked."""
    for wrong in range(MOST_WRONG):
        await dialled(guesser, f"{wrong:06}")
    await blocked(lab, guesser)
    found: list[Any] = lab.guests()[guesser.mac][1:]
    return found


async def dialled(phone: SoftwarePhone, digits: str) -> str:
    """Dial a number; return how the call ended: ``ended`` after an answer, or ``failed``."""
    mark = len(phone.reports)
    await phone.press("dial", digits=digits)
    ends = [
        asyncio.create_task(phone.wait(f"call to {digits}", "call", SECONDS, since=mark, state=state))
        for state in ("ended", "failed")
    ]
    done, late = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in late:
        task.cancel()
    return str(done.pop().result()["state"])


async def blocked(lab: GuestLab, phone: SoftwarePhone) -> None:
    """Wait until a phone is blocked."""
    for _ in range(100):
        if lab.guests()[phone.mac][2]:
            return
        await asyncio.sleep(0.1)
    raise DemoFailed("block", f"{lab.guests()}")


if __name__ == "__main__":
    isolation.prepare()
    sandbox, release, driver = sys.argv[1:]
    lab_plan = DemoPlan(Path(sandbox), isolation.STATE, release, cast("Driver", driver), speed=50.0)
    print(json.dumps(asyncio.run(run(lab_plan))))
