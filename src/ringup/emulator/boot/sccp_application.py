"""The SCCP application, as far as it looks for another load (P-BOOT-5, P-BOOT-6)."""

from ringup.emulator.behaviour import ApplicationBehaviour
from ringup.emulator.boot.config_xml import load_in, locales_in
from ringup.emulator.boot.loader import Reboot
from ringup.emulator.boot.machine import Machine
from ringup.emulator.boot.tftp import NoAnswer, Received
from ringup.emulator.screen import Shown


async def run(machine: Machine, behaviour: ApplicationBehaviour) -> Reboot:
    """Hunt, fail to reach a CallManager, and hunt again, until a file names another load."""
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
        await machine.host.sleep(behaviour.pause)
        if found is None:
            return Reboot("the TFTP server does not answer", must_hunt=False)


async def _hunt(machine: Machine) -> Reboot | bytes | None:
    """Return the configuration, empty if no file exists; None if no server answers; a reboot for
    a new load.
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


async def _fetch_locale(machine: Machine, configuration: bytes) -> None:
    """Fetch the files of a locale (sequence B); with an empty locale the request keeps its leading slash."""
    user, network = locales_in(configuration)
    await machine.fetch(f"{user}/7960-font.xml")
    await machine.fetch(f"{network}/7960-tones.xml")
