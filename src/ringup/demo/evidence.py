"""The steps for each fault of the demo; they check that the phone fails in the same way as a real phone."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from ringup.demo import proof
from ringup.demo.doctor import ask_doctor
from ringup.demo.lab import Lab
from ringup.demo.processes import DemoFailed, SoftwarePhone
from ringup.demo.steps import (
    ANSWER_SECONDS,
    CallMarks,
    DemoStep,
    boot_seconds,
    convert,
    hang_up,
    marks_of,
    power_on,
    register,
)
from ringup.events import Event, FileNotFound, FileSent, RegistrationRefused
from ringup.wire.file_names import NameKind, kind_of

UNANSWERED = 3
"""Number of challenges that must be lost at the sending port to prove the fault."""
UNPROVISIONED_ASKS = 3
"""Number of requests for SIP<MAC>.cnf to wait for, so that two intervals of 31 s can be measured."""


async def reports(
    phone: SoftwarePhone, step: str, kind: str, count: int, timeout: float
) -> list[dict[str, Any]]:
    """Wait until the phone has made `count` reports of this kind; return them."""
    found: list[dict[str, Any]] = []
    position = 0
    for _ in range(count):
        report = await phone.wait(step, kind, timeout, since=position)
        position = phone.reports.index(report, position) + 1
        found.append(report)
    return found


def refuse_if_registered(lab: Lab) -> None:
    """Check that no phone is registered; raises DemoFailed if one is."""
    for phone in lab.phones:
        if any(report["state"] == "registered" for report in phone.of("line")):
            raise DemoFailed("fault", f"phone {phone.extension} registered although the fault is active")


async def answers_are_dropped(lab: Lab) -> Mapping[str, Any]:
    """Check that the PBX answers to the sending port, where the phone does not listen."""
    dropped = [
        await reports(phone, "fault", "dropped", UNANSWERED, boot_seconds(lab)) for phone in lab.phones
    ]
    refuse_if_registered(lab)
    return {
        "dropped": [report["first_line"] for report in dropped[0]],
        "proof": proof.answers_to_the_sending_port(lab.phones[0].extension, dropped[0][0]),
    }


async def calls_in_are_lost(lab: Lab) -> Mapping[str, Any]:
    """Check that a registered phone can call the voicemail, but its call never makes the other phone ring."""
    registered = await register(lab)
    caller, callee = lab.phones
    mark = len(caller.reports)
    await caller.press("messages")
    await caller.wait("outgoing call", "call", ANSWER_SECONDS, since=mark, state="answered")
    await hang_up(caller, None, CallMarks(mark, mark))
    marks = marks_of(caller, callee)
    await caller.press("dial", digits=callee.extension)
    (first,) = await reports(callee, "incoming call", "dropped", 1, ANSWER_SECONDS)
    await caller.wait("incoming call", "call", ANSWER_SECONDS * 3, since=marks.caller, state="answered")
    if any(report["state"] == "ringing" for report in callee.of("call", since=marks.callee)):
        raise DemoFailed("fault", f"phone {callee.extension} rang although the fault is active")
    contact = str(registered["contacts"][callee.extension])
    return {
        **registered,
        "outgoing": "answered",
        "incoming": "never rang",
        "went_to": "voicemail",
        "proof": proof.call_to_the_sending_port(callee.extension, contact, first),
    }


async def the_secret_is_rejected(lab: Lab) -> Mapping[str, Any]:
    """Check that the phone ignores the complete secret, so that it answers the challenge wrongly."""
    phone = lab.phones[0]
    rejected = await phone.wait("fault", "setting-rejected", boot_seconds(lab), key="line1_password")
    await phone.wait("fault", "line", boot_seconds(lab), state="refused")
    await lab.wait_for("fault", 60, lambda event: isinstance(event, RegistrationRefused))
    refuse_if_registered(lab)
    return {
        "rejected": {key: rejected[key] for key in ("file", "key", "reason")},
        "proof": proof.rejected_secret(phone.extension, rejected),
    }


async def it_stays_in_the_loader(lab: Lab) -> Mapping[str, Any]:
    """Check that the loader requests the .sb2, gets "not found" (error 1), and starts its file search
    again.
    """
    mac = lab.phones[0].mac
    absent = await lab.wait_for(
        "fault",
        boot_seconds(lab),
        lambda event: isinstance(event, FileNotFound) and event.mac == mac and event.name.endswith(".sb2"),
    )
    await lab.wait_for(
        "second hunt",
        boot_seconds(lab),
        lambda event: (
            isinstance(event, FileNotFound) and event.mac == mac and kind_of(event.name) is NameKind.CTLSEP
        ),
        since=lab.events.index(absent) + 1,
    )
    if lab.phones[0].of("line"):
        raise DemoFailed("fault", "the phone runs SIP without its application file")
    boots = [report["application"] for report in lab.phones[0].of("boot")]
    screens = [report["lines"] for report in lab.phones[0].of("screen")]
    name = absent.name if isinstance(absent, FileNotFound) else ""
    return {
        "boots": boots,
        "screen": screens[-1],
        "proof": proof.absent_firmware(lab.phones[0].extension, name, screens[-1]),
    }


async def it_asks_every_31_seconds(lab: Lab) -> Mapping[str, Any]:
    """Check that the phone, after SIPDefault.cnf, requests only SIP<MAC>.cnf, again and again."""
    await convert(lab)
    phone = lab.phones[0]
    default = await lab.wait_for(
        "SIP application", boot_seconds(lab), lambda event: _asks(event, phone, "SIPDefault.cnf")
    )
    requests: list[FileNotFound | FileSent] = []
    position = lab.events.index(default) + 1
    while len(requests) < UNPROVISIONED_ASKS:
        event = await lab.wait_for("next request", 60, lambda event: _asks(event, phone), since=position)
        position = lab.events.index(event, position) + 1
        if isinstance(event, FileNotFound | FileSent):
            requests.append(event)
    names = {event.name for event in requests}
    if names != {f"SIP{phone.mac}.cnf"}:
        raise DemoFailed("fault", f"the phone requested {sorted(names)}")
    gaps = [round(later.at - earlier.at, 1) for earlier, later in pairwise(requests)]
    name, screen = names.pop(), phone.of("screen")[-1]["lines"]
    shown = proof.absent_phone_file(phone.extension, name, gaps, screen)
    return {"asked": name, "seconds_between": gaps, "screen": screen, "proof": shown}


def _asks(event: Event, phone: SoftwarePhone, name: str = "") -> bool:
    """Return whether the event is the outcome of a read request of this phone; `name` limits it to one
    file.
    """
    return isinstance(event, FileNotFound | FileSent) and event.mac == phone.mac and name in ("", event.name)


async def the_doctor_names_it(lab: Lab) -> Mapping[str, Any]:
    """Run `ringup why` for the first phone."""
    return {"doctor": await ask_doctor(lab)}


FAULT_SEEN = "fault-seen"
"""The name of the step, the same for every fault, in which the symptom of the fault appears."""

_UP_TO_THE_LOAD = (
    DemoStep("power-on", "two SCCP phones out of the box are plugged in", power_on),
    DemoStep("converted", "both run the SIP load", convert),
)

_DIAGNOSED = DemoStep("diagnosed", "ringup why names the cause", the_doctor_names_it)

FAULT_STEPS: dict[str, tuple[DemoStep, ...]] = {
    "force-rport": (
        *_UP_TO_THE_LOAD,
        DemoStep(FAULT_SEEN, "neither can register", answers_are_dropped),
        _DIAGNOSED,
    ),
    "nat-comedia": (
        *_UP_TO_THE_LOAD,
        DemoStep(FAULT_SEEN, "neither can register", answers_are_dropped),
        _DIAGNOSED,
    ),
    "rewrite-contact": (
        *_UP_TO_THE_LOAD,
        DemoStep(FAULT_SEEN, "outgoing calls work, incoming calls do not", calls_in_are_lost),
        _DIAGNOSED,
    ),
    "long-secret": (
        *_UP_TO_THE_LOAD,
        DemoStep(FAULT_SEEN, "neither can register", the_secret_is_rejected),
        _DIAGNOSED,
    ),
    "missing-application": (
        _UP_TO_THE_LOAD[0],
        DemoStep(FAULT_SEEN, "they stay in the loader", it_stays_in_the_loader),
        _DIAGNOSED,
    ),
    "missing-phone-file": (
        _UP_TO_THE_LOAD[0],
        DemoStep(FAULT_SEEN, "they request their file every 31 s", it_asks_every_31_seconds),
        _DIAGNOSED,
    ),
}
"""The steps of the demo for each fault; the last two prove the fault and diagnose it."""
