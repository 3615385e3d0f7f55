"""The universal application loader: its file search (hunt), and what it does after each answer (P-BOOT-7 to
P-BOOT-10).

Strategy: `HUNT` lists the files in the order of the log. `_search` requests them until one names a load or a
protocol. `run` acts on the result until the phone starts its application or reboots.
"""

import enum
from dataclasses import dataclass

from ringup.emulator import cnf
from ringup.emulator.behaviour import AfterSipFile, LoaderBehaviour, OnSilence
from ringup.emulator.boot.config_xml import load_in
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.tftp import Failed, NoAnswer, NotFound, Received
from ringup.emulator.boot.upgrade import (
    ApplicationFlashed,
    Current,
    LoaderFlashed,
    Silent,
    Unusable,
    WriteFailed,
    take_load,
)
from ringup.emulator.screen import Shown


class LoaderKind(enum.Enum):
    """The content that the loader needs in a file of its file search (hunt)."""

    TRUST_LIST = "trust list"
    NAMES_A_LOAD = "names a load"
    SIP = "SIP"
    MGCP = "MGCP"


HUNT: tuple[tuple[str, LoaderKind], ...] = (
    ("CTLSEP{mac}.tlv", LoaderKind.TRUST_LIST),
    ("SEP{mac}.cnf.xml", LoaderKind.NAMES_A_LOAD),
    ("SIP{mac}.cnf", LoaderKind.SIP),
    ("MGC{mac}.cnf", LoaderKind.MGCP),
    ("XMLDefault.cnf.xml", LoaderKind.NAMES_A_LOAD),
    # [D] CME-CFG: the loader continues with the files below. [L] JH: it did not request them when
    # XMLDefault.cnf.xml existed.
    ("SIPDefault.cnf", LoaderKind.SIP),
    ("MGCDefault.cnf", LoaderKind.MGCP),
)


@dataclass(frozen=True, slots=True)
class Reboot:
    """The phone reboots: the loader's decision to start again from power-on."""

    reason: str
    must_hunt: bool = True
    """True if the loader hunts even if its generation normally starts the application at once."""
    boot_seconds: float | None = None
    """Seconds that the boot takes, if they were already drawn; None: they are drawn at the boot."""


@dataclass(frozen=True, slots=True)
class StartApplication:
    """The loader's decision to end and start the application."""


@dataclass(frozen=True, slots=True)
class _Load:
    name: str


async def run(machine: PhoneMachine, behaviour: LoaderBehaviour) -> Reboot | StartApplication:
    """Hunt until there is an application to start or a new loader to reboot into."""
    await machine.get_address()
    machine.start_loader_ports(behaviour.retry)
    machine.show(Shown.LOOKING_FOR_FILES)
    while True:  # A message stays on the screen during the next hunt.
        found = await _search(machine, behaviour)
        step = await _take(machine, behaviour, found.name) if isinstance(found, _Load) else found
        match step:
            case StartApplication() | Reboot():
                return step
            case Unusable(shown, reason):
                machine.report("loader-stuck", message=shown.value, reason=reason)
                machine.show(shown)
        await machine.host.sleep(behaviour.pause)
        if isinstance(step, Silent) and behaviour.on_silence is OnSilence.NEXT_FILE:
            return Reboot("the TFTP server does not answer")


async def _take(
    machine: PhoneMachine, behaviour: LoaderBehaviour, load: str
) -> Reboot | StartApplication | Unusable | Silent:
    upgrade = await take_load(machine, load, behaviour)
    match upgrade:
        case LoaderFlashed(boot_seconds):
            return Reboot("a new loader was flashed", boot_seconds=boot_seconds)
        case WriteFailed(boot_seconds):
            return Reboot("an image could not be written to flash", boot_seconds=boot_seconds)
        case ApplicationFlashed() | Current():
            return StartApplication()
        case Unusable() if load == machine.flash.application:
            # [I] A missing list does not stop a phone that already runs the application that the list names.
            return StartApplication()
        case _:
            return upgrade


async def _search(
    machine: PhoneMachine, behaviour: LoaderBehaviour
) -> _Load | StartApplication | Unusable | Silent:
    """Request the files of the hunt, up to the first file that decides the load or the protocol."""
    protocol, image_version, silent = "", "", 0
    for template, kind in HUNT:
        if protocol and kind is not LoaderKind.NAMES_A_LOAD:
            continue  # An earlier file has decided the protocol (P-BOOT-9).
        name = template.format(mac=machine.flash.mac)
        outcome = await machine.fetch(name)
        match outcome:
            case NotFound():
                continue
            case NoAnswer() if behaviour.on_silence is OnSilence.START_OVER:
                return Silent()
            case NoAnswer():
                silent += 1
                continue
            case Failed(code, message):
                # [D] CSCee31047: any error but 1 stops the hunt.
                return Unusable(Shown.APPLICATION_INVALID, f"{name}: error {code} {message}")
            case Received(b""):
                return Unusable(Shown.APPLICATION_INVALID, f"{name} is empty")
            case Received(data) if kind is LoaderKind.NAMES_A_LOAD:
                load = load_in(data, machine.flash.model)
                if load:
                    return _Load(load)
                if not protocol:
                    return Unusable(Shown.NO_LOAD, f"{name} names no load for a {machine.flash.model}")
            case Received(data) if kind is not LoaderKind.TRUST_LIST:
                protocol = kind.value
                image_version = cnf.read(data, name).settings.get("image_version", "")
                if behaviour.after_sip_file is AfterSipFile.IMAGE_VERSION:
                    break
    return Silent() if silent == len(HUNT) else _decide(machine, protocol, image_version)


def _decide(machine: PhoneMachine, protocol: str, image_version: str) -> _Load | StartApplication | Unusable:
    """Decide how to continue when no file named a load."""
    if protocol and image_version:
        return _Load(image_version)
    if protocol and protocol == machine.flash.protocol:
        return StartApplication()
    return Unusable(Shown.APPLICATION_INVALID, "no file names a load")
