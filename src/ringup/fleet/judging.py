"""The evidence about phones with the doctor's verdicts, for commands and pages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ringup.doctor.evidence import Evidence, PbxAnswers
    from ringup.doctor.verdict import Diagnosis
    from ringup.fleet.glance import FleetAtAGlance
    from ringup.rule import Found, Unknown
    from ringup.site.model import Phone, Site

    AskHost = Callable[[Site, str], tuple[Mapping[str, Found] | Unknown, str | Unknown]]

GOOD_STATES = ("in_service", "on_the_way")
"""States that need no explanation."""


def judged(
    engine: "Engine",
    site: "Site",
    fleet: "FleetAtAGlance",
    firmware: Path,
    macs: Sequence[str],
    pbx_states: "Mapping[str, PbxAnswers | Unknown]",
    *,
    ask_host: "AskHost | None" = None,
) -> "Iterator[tuple[Evidence, Diagnosis]]":
    """Yield the evidence about each of these phones, and what the doctor says about it.

    `ask_host` asks this machine about the phone's address, which takes a moment.
    """
    from ringup.doctor.diagnose import diagnose
    from ringup.firmware.folder import FirmwareFolder
    from ringup.fleet.evidence import evidence_of_many, omitted_events

    names = FirmwareFolder(firmware).sizes()
    loads = frozenset(name.removesuffix(".loads") for name in names if name.endswith(".loads"))
    omitted, now = omitted_events(engine), fleet.present.now
    found = evidence_of_many(engine, fleet, site, macs, now, loads=loads, pbx=pbx_states, omitted=omitted)
    for evidence in found:
        if ask_host is not None:
            blocked, neighbour = ask_host(site, evidence.journey.address)
            evidence = replace(evidence, blocked=blocked, neighbour=neighbour)
        yield evidence, diagnose(evidence)


def pbx_answers(site: "Site", macs: Sequence[str]) -> "PbxAnswers | Unknown":
    """Ask Asterisk about the lines of these phones."""
    import asyncio

    from ringup.fleet.pbx_state import pbx_state

    wanted = set(macs)
    speak_sccp = {phone.mac for phone in site.sccp_phones()} & wanted
    speak_sip = wanted - speak_sccp
    extensions = [line.extension for phone, line in site.lines() if phone.mac in speak_sip]
    return asyncio.run(pbx_state(site.pbx, extensions, with_skinny=bool(speak_sccp)))


def title_of(phone: "Phone | None", mac: str) -> str:
    """Return the words by which people know a phone: its numbers, its name and its MAC."""
    if phone is None:
        return f"{mac}, which is not in the site"
    numbers = "/".join(line.extension for line in phone.lines)
    name = phone.label or next((line.name for line in phone.lines if line.name), "")
    return ", ".join(each for each in (numbers, name, mac) if each)
