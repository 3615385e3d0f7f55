"""Install a load: read its `.loads` list, fetch the loader if its version differs, then the application
(P-LOAD-18).
"""

from dataclasses import dataclass

from ringup.emulator.behaviour import (
    FAILED_WRITE,
    LEAST_WRITING,
    LoaderBehaviour,
    application_behaviour,
)
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.tftp import NoAnswer, Received
from ringup.emulator.flash import with_application, with_loader
from ringup.emulator.image_check import CheckedImage, image_of, payload_of
from ringup.emulator.screen import Shown
from ringup.emulator.signers import trusted_keys
from ringup.errors import WireError
from ringup.wire import loads


@dataclass(frozen=True, slots=True)
class Current:
    """The phone already has both images of the list, so no image was fetched."""


@dataclass(frozen=True, slots=True)
class LoaderFlashed:
    """The loader was replaced; the phone has to reboot before it takes the application."""

    boot_seconds: float
    """Seconds that this boot takes; they were drawn together with the time for flashing."""


@dataclass(frozen=True, slots=True)
class ApplicationFlashed:
    """The application was replaced."""


@dataclass(frozen=True, slots=True)
class WriteFailed:
    """An image arrived completely, but could not be written to flash: the phone reboots and starts over."""

    boot_seconds: float


@dataclass(frozen=True, slots=True)
class Unusable:
    """The load could not be installed; holds the text for the screen, and the reason."""

    shown: Shown
    reason: str


@dataclass(frozen=True, slots=True)
class Silent:
    """The TFTP server did not answer."""


Upgrade = Current | LoaderFlashed | ApplicationFlashed | WriteFailed | Unusable | Silent


async def take_load(machine: PhoneMachine, load: str, behaviour: LoaderBehaviour) -> Upgrade:
    """Install a load, one image at a time."""
    requested_at = machine.host.now()
    fetched = await _fetch(machine, f"{load}.loads")
    if not isinstance(fetched, bytes):
        return fetched
    named = _read_list(machine, f"{load}.loads", fetched)
    if isinstance(named, Unusable):
        return named
    takes_loader = named.loader_version != machine.flash.loader_version
    if not takes_loader and named.application.removesuffix(".sb2") == machine.flash.application:
        return Current()
    await machine.work(machine.draw(behaviour.list_to_image), since=requested_at)
    if takes_loader:
        return await _take_loader(machine, named.loader, named.loader_version, behaviour)
    return await _take_application(machine, named.application, behaviour)


async def _take_loader(machine: PhoneMachine, name: str, version: str, behaviour: LoaderBehaviour) -> Upgrade:
    requested_at = machine.host.now()
    image = await _fetch_image(machine, name)
    if not isinstance(image, CheckedImage):
        return image
    if image.mark != version:
        # The loader compares the eight bytes of its image with LA_VERSION.
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: the image is {image.mark}, the list says {version}")
    boot = machine.draw(behaviour.boot)
    if not await _write(machine, "loader", image, machine.draw(behaviour.loader_change) - boot, requested_at):
        return WriteFailed(boot)
    machine.keep(with_loader(machine.flash, image.stem, image.mark))
    return LoaderFlashed(boot)


async def _take_application(machine: PhoneMachine, name: str, behaviour: LoaderBehaviour) -> Upgrade:
    requested_at = machine.host.now()
    image = await _fetch_image(machine, name)
    if not isinstance(image, CheckedImage):
        return image
    new = with_application(machine.flash, image.stem)
    boot = application_behaviour(new.application, new.protocol).boot_seconds
    seconds = machine.draw(behaviour.application_change) - boot
    if not await _write(machine, "application", image, seconds, requested_at):
        if not FAILED_WRITE.keeps_the_old_image:
            machine.keep(with_application(machine.flash, ""))
        return WriteFailed(machine.draw(behaviour.boot))
    machine.keep(new)
    return ApplicationFlashed()


async def _write(
    machine: PhoneMachine, what: str, image: CheckedImage, seconds: float, requested_at: float
) -> bool:
    """Write an image to flash; return whether that succeeded. The time counts from the request for the
    image.
    """
    machine.show(Shown.UPGRADING)
    await machine.work(seconds, since=requested_at, least=seconds * LEAST_WRITING)
    if machine.failing_writes:
        machine.failing_writes -= 1
        machine.report("flash-failed", what=what, load=image.stem)
        return False
    machine.report("flash", what=what, load=image.stem)
    return True


async def _fetch_image(machine: PhoneMachine, name: str) -> CheckedImage | Unusable | Silent:
    fetched = await _fetch(machine, name)
    if not isinstance(fetched, bytes):
        return fetched
    try:
        return image_of(name, fetched, trusted_keys(machine.flash.loader))
    except WireError as error:
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: {error}")


async def _fetch(machine: PhoneMachine, name: str) -> bytes | Unusable | Silent:
    outcome = await machine.fetch(name)
    if isinstance(outcome, Received):
        return outcome.data
    if isinstance(outcome, NoAnswer):
        return Silent()
    return Unusable(Shown.APPLICATION_INVALID, f"{name}: {outcome.message}")


def _read_list(machine: PhoneMachine, name: str, data: bytes) -> loads.LoadsList | Unusable:
    try:
        return loads.parse(payload_of(name, data, trusted_keys(machine.flash.loader)))
    except WireError as error:
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: {error}")
