"""Changes the PIN of a mailbox over the phone, then the site, restarts Asterisk, and tries both PINs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ringup.demo.lab import Lab
from ringup.demo.plan import DemoPlan
from ringup.demo.processes import DemoFailed
from ringup.demo.steps import CallMarks, hang_up, marks_of
from ringup.events import PbxReloaded
from tests.end_to_end.ask_pbx import ask
from tests.end_to_end.registered_phones import main, ringup

SECONDS = 30
LOOK_SECONDS = 0.1
FIRST, OWN = "4711", "9876"
ASKS_FOR_PIN = "598"
REFUSED, OPENED = "Incorrect password", "vm-youhave"
"""What Asterisk logs: a wrong PIN, and the first words of an open mailbox."""


async def run(lab: Lab, plan: DemoPlan) -> dict[str, Any]:
    """What Asterisk thought of each PIN, before the change and at the end."""
    await changed(lab, plan, "phone", "set", lab.phones[1].mac, f"pin={FIRST}")
    first = await tried(lab, plan, FIRST)
    await set_over_the_phone(lab, plan)
    await changed(lab, plan, "phone", "set", lab.phones[1].mac, "name=Countess Ada")
    seen = len(lab.events)
    await lab.pbx.stop()
    await lab.pbx.start()
    await lab.wait_for("Asterisk again", SECONDS, lambda each: isinstance(each, PbxReloaded), since=seen)
    boxes = await ask(plan, "voicemail show users")
    return {
        "first": first,
        "named": "Countess Ada" in boxes,
        "own": await tried(lab, plan, OWN),
        "old": await tried(lab, plan, FIRST),
    }


async def changed(lab: Lab, plan: DemoPlan, *words: str) -> None:
    """Change the site, and wait until Asterisk has it."""
    seen = len(lab.events)
    status, printed = await ringup(plan, *words)
    if status:
        raise DemoFailed(" ".join(words), printed)
    await lab.wait_for("reload", SECONDS, lambda each: isinstance(each, PbxReloaded), since=seen)


async def set_over_the_phone(lab: Lab, plan: DemoPlan) -> None:
    """Press Messages, 0 for the options of the mailbox, 5 for the PIN, and the new one twice."""
    phone = lab.phones[1]
    mark = len(phone.reports)
    await phone.press("messages")
    await phone.wait("voicemail", "call", SECONDS, since=mark, state="answered")
    await phone.press("press", digits=f"05{OWN}#{OWN}#")
    kept = plan.state / "pbx/var/spool/asterisk/voicemail/ringup" / phone.extension / "secret.conf"
    await until(kept.exists, "the PIN is stored")
    await hang_up(phone, None, CallMarks(mark, mark))


async def tried(lab: Lab, plan: DemoPlan, pin: str) -> str:
    """Type a PIN at another phone; returns what Asterisk logs first."""
    caller, called = lab.phones
    what = f"VoiceMailMain({called.extension}@ringup)"
    await ask(plan, f"dialplan add extension {ASKS_FOR_PIN},1,{what} into ringup replace")
    log = plan.state / "pbx/var/log/asterisk/messages"
    begins = len(logged(log))
    marks = marks_of(caller, called)
    await caller.press("dial", digits=ASKS_FOR_PIN)
    await caller.wait("voicemail", "call", SECONDS, since=marks.caller, state="answered")
    await caller.press("press", digits=f"{pin}#")

    def found() -> list[str]:
        return [each for each in (REFUSED, OPENED) if each in logged(log)[begins:]]

    await until(lambda: bool(found()), "the PIN is looked at")
    await hang_up(caller, None, marks)
    return found()[0]


async def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something on disk."""
    for _look in range(round(SECONDS / LOOK_SECONDS)):
        if is_so():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise DemoFailed(what, f"not within {SECONDS} s")


def logged(path: Path) -> str:
    """The log so far."""
    return path.read_text(errors="replace")


if __name__ == "__main__":
    main(run)
