"""Run the emulated phone from power-on to its first REGISTER, over any number of reboots (P-BOOT-15)."""

from ringup.emulator.behaviour import LoaderBehaviour, application_behaviour, loader_behaviour
from ringup.emulator.boot import loader, sccp_application, sip_application
from ringup.emulator.boot.loader import Reboot, StartApplication
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.sccp_application import Register, reach_nobody
from ringup.emulator.boot.sip_application import Ready
from ringup.emulator.screen import Shown


async def boot(machine: PhoneMachine, register: Register = reach_nobody) -> Ready:
    """Run loader and application until the SIP application is ready; an SCCP application registers with
    `register`.
    """
    last = Reboot("power-on", must_hunt=False)
    while True:
        machine.power_up()
        behaviour = loader_behaviour(machine.flash.loader)
        await machine.work(machine.draw(behaviour.boot) if last.boot_seconds is None else last.boot_seconds)
        step = await _start(machine, behaviour, last.must_hunt, register)
        if isinstance(step, Ready):
            return step
        machine.report("reboot", reason=step.reason)
        machine.screen.show()
        last = step


async def _start(
    machine: PhoneMachine, behaviour: LoaderBehaviour, must_hunt: bool, register: Register
) -> Ready | Reboot:
    """Do one boot: run the loader if its generation hunts, then the application."""
    if behaviour.hunts_at_power_on or must_hunt or not machine.flash.application:
        step = await loader.run(machine, behaviour)
        if not isinstance(step, StartApplication):
            return step
    return await _run_application(machine, behaviour, register)


async def _run_application(
    machine: PhoneMachine, behaviour: LoaderBehaviour, register: Register
) -> Ready | Reboot:
    flash = machine.flash
    row = application_behaviour(flash.application, flash.protocol)
    machine.show(Shown.STARTING)
    await machine.work(row.boot_seconds)
    machine.report("boot", application=flash.application, protocol=flash.protocol, loader=flash.loader)
    if flash.protocol == "SIP":
        return await sip_application.run(machine, row, behaviour)
    return await sccp_application.run(machine, row, register)
