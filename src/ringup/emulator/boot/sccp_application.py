"""The SCCP application: it fetches its files, and registers with the CallManager that they name (P-BOOT-5,
P-BOOT-6).
"""

from collections.abc import Awaitable, Callable

from ringup.emulator.behaviour import ApplicationBehaviour
from ringup.emulator.boot.config_xml import load_in, locales_in
from ringup.emulator.boot.loader import Reboot
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.tftp import NoAnswer, Received
from ringup.emulator.screen import Shown

Register = Callable[[bytes], Awaitable[Reboot | None]]
"""Registers with the servers of a configuration, and returns when the registration has ended: with a reboot,
or with None if no server accepts the phone.
"""


async def reach_nobody(_configuration: bytes) -> None:
    """Register with no server: the function for an emulated phone without an SCCP client."""


async def run(machine: PhoneMachine, behaviour: ApplicationBehaviour, register: Register) -> Reboot:
    """Fetch the files and register; repeat both when the registration ends, until there is a reason to
    reboot.
    """
    await machine.get_address()
    machine.start_application_ports(behaviour.below_the_loader, behaviour.retry)
    while True:
        machine.show(Shown.LOOKING_FOR_FILES)
        found = await _hunt(machine)
        if isinstance(found, Reboot):
            return found
        if found:
            machine.show(Shown.REGISTERING_SCCP)
            await _fetch_locale(machine, found)
            reboot = await register(found)
            if reboot is not None:
                return reboot
        await machine.host.sleep(behaviour.pause)
        if found is None:
            return Reboot("the TFTP server does not answer", must_hunt=False)


async def _hunt(machine: PhoneMachine) -> Reboot | bytes | None:
    """Return the configuration (empty if no file exists), None if no server answers, or a reboot for a new
    load.
    """
    answers = 0
    for template in ("CTLSEP{mac}.tlv", "SEP{mac}.cnf.xml", "XMLDefault.cnf.xml"):
        name = template.format(mac=machine.flash.mac)
        outcome = await machine.fetch(name)
        answers += not isinstance(outcome, NoAnswer)
        if not isinstance(outcome, Received) or name.startswith("CTL"):
            continue
        load = load_in(outcome.data, machine.flash.model)
        if load and load != machine.flash.application:
            return Reboot(f"{name} names {load}")
        return outcome.data
    return b"" if answers else None


async def _fetch_locale(machine: PhoneMachine, configuration: bytes) -> None:
    """Fetch the font and tones of a locale (sequence B); with an empty locale the name keeps its leading
    slash.
    """
    user, network = locales_in(configuration)
    await machine.fetch(f"{user}/7960-font.xml")
    await machine.fetch(f"{network}/7960-tones.xml")
