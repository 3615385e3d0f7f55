"""The SIP application before registration: it fetches its files, and installs another load if they name one
(P-BOOT-7, P-BOOT-8, P-CNF-3).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from ringup.emulator import cnf
from ringup.emulator.behaviour import ApplicationBehaviour, LoaderBehaviour
from ringup.emulator.boot.config_xml import syncs_in
from ringup.emulator.boot.loader import Reboot
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.tftp import NoAnswer, Received
from ringup.emulator.boot.upgrade import ApplicationFlashed, LoaderFlashed, WriteFailed, take_load
from ringup.emulator.screen import Shown


@dataclass(frozen=True, slots=True)
class Ready:
    """The result of a boot: the phone has read all files and may register."""

    settings: Mapping[str, str]
    dial_template: bytes
    """The contents of the dial template; empty if the phone received none."""


async def run(
    machine: PhoneMachine, behaviour: ApplicationBehaviour, loader: LoaderBehaviour
) -> Ready | Reboot:
    """Read the files until they configure at least one line; install another load if they name one."""
    await machine.get_address()
    machine.start_application_ports(behaviour.below_the_loader, behaviour.retry)
    while True:
        machine.show(Shown.LOOKING_FOR_FILES)
        default = await _read(machine, "SIPDefault.cnf")
        own = await _own_settings(machine, behaviour) if default is not None else None
        if default is not None and own is not None:
            break
        # [I] If no server answers, the application does what the loader does: it pauses and starts again.
        await machine.host.sleep(behaviour.pause)
    # The phone's own file wins; an image_version stored in flash does not count.
    version = {**default, **own}.get("image_version", "")
    reboot = await _follow_image_version(machine, version, loader)
    return reboot or await _finish(machine, behaviour)


async def check_sync(machine: PhoneMachine) -> Reboot | bytes | None:
    """Handle a check-sync NOTIFY: return a reboot, or the new dial template, or None if there is no dial
    template.
    """
    information = await machine.fetch("syncinfo.xml")
    template = await machine.fetch(_template_name(machine) or "dialplan.xml")
    if isinstance(information, Received) and _is_out_of_sync(machine, information.data):
        return Reboot("syncinfo.xml has another SYNC", must_hunt=False)
    return template.data if isinstance(template, Received) else None


def _is_out_of_sync(machine: PhoneMachine, information: bytes) -> bool:
    own = cnf.effective(machine.flash.settings, "sync")
    return any(
        image.sync != own
        for image in syncs_in(information)
        if image.version in ("*", machine.flash.application)
    )


async def _own_settings(machine: PhoneMachine, behaviour: ApplicationBehaviour) -> Mapping[str, str] | None:
    """Request the phone's own file every 31 s until it configures a line; None if no server answers."""
    while True:
        # tftp_cfg_dir is put before the name unchanged: with "./" the phone requests "./SIP000E84C060A6.cnf".
        folder = cnf.effective(machine.flash.settings, "tftp_cfg_dir")
        settings = await _read(machine, f"{folder}SIP{machine.flash.mac}.cnf")
        # [I] A file that configures no line is requested again, like a missing file.
        if settings is None or (
            settings and cnf.provisioned_lines(machine.flash.settings, machine.flash.model)
        ):
            return settings
        machine.show(Shown.UNPROVISIONED)
        await machine.host.sleep(behaviour.unprovisioned_pause)


async def _read(machine: PhoneMachine, name: str) -> Mapping[str, str] | None:
    """Fetch a `.cnf` file and store its values; return no values if it is absent, None if no server
    answers.
    """
    outcome = await machine.fetch(name)
    if isinstance(outcome, NoAnswer):
        return None
    if not isinstance(outcome, Received):
        return {}
    reading = cnf.read(outcome.data, name)
    for refused in reading.rejections:
        machine.report(
            "setting-rejected", file=refused.file, line=refused.line, key=refused.key, reason=refused.reason
        )
    machine.keep_settings(reading.settings)
    return reading.settings


async def _follow_image_version(
    machine: PhoneMachine, version: str, loader: LoaderBehaviour
) -> Reboot | None:
    """Install the load that the files name; if that fails, the phone keeps its present load."""
    if not version or version == machine.flash.application:
        return None
    match await take_load(machine, version, loader):
        case LoaderFlashed(boot_seconds):
            return Reboot(f"image_version is {version}", boot_seconds=boot_seconds)
        case ApplicationFlashed():
            return Reboot(f"image_version is {version}")
        case WriteFailed(boot_seconds):
            return Reboot("an image could not be written to flash", boot_seconds=boot_seconds)
        case _:
            return None


async def _finish(machine: PhoneMachine, behaviour: ApplicationBehaviour) -> Ready:
    """Fetch the ring list and the dial template at the same time; neither is required."""
    await machine.work(machine.draw(behaviour.ring_list_after))
    names = ["RINGLIST.DAT", _template_name(machine)]
    ring_list, *template = await asyncio.gather(*(machine.fetch(name) for name in names if name))
    machine.rings = _rings_in(ring_list.data) if isinstance(ring_list, Received) else {}
    data = [outcome.data for outcome in template if isinstance(outcome, Received)]
    return Ready(machine.flash.settings, data[0] if data else b"")


def _rings_in(data: bytes) -> Mapping[str, str]:
    """Return the file of each ring by its name; only a TAB separates the two (P-RING-2)."""
    rows = (row.partition("\t") for row in data.decode("iso-8859-1").splitlines())
    return {name.strip(): file.strip() for name, tab, file in rows if tab}


def _template_name(machine: PhoneMachine) -> str:
    """Return the file name of the dial template, with the setting's case: DIALPLAN requests DIALPLAN.xml. [I]
    Without the setting, no template is requested.
    """
    template = cnf.effective(machine.flash.settings, "dial_template")
    return f"{template}.xml" if template else ""
