"""Taking a load: its `.loads` list, the loader if its version differs, the application (fact sheet §2.4)."""

from dataclasses import dataclass

from ringup.emulator.flash import with_application, with_loader
from ringup.emulator.image_check import Image, image_of, payload_of
from ringup.emulator.machine import Machine
from ringup.emulator.screen import Shown
from ringup.emulator.signers import trusted_keys
from ringup.emulator.tftp import NoAnswer, Received
from ringup.errors import WireError
from ringup.wire import loads


@dataclass(frozen=True, slots=True)
class Current:
    """Both images are what the list names; nothing was fetched."""


@dataclass(frozen=True, slots=True)
class LoaderFlashed:
    """The loader was replaced; the phone has to reboot before it takes the application."""


@dataclass(frozen=True, slots=True)
class ApplicationFlashed:
    """The application was replaced."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """The load could not be taken: what the screen says, and why."""

    shown: Shown
    reason: str


@dataclass(frozen=True, slots=True)
class Silent:
    """The server did not answer."""


Upgrade = Current | LoaderFlashed | ApplicationFlashed | Unusable | Silent


async def take_load(
    machine: Machine, load: str, loader_seconds: float, application_seconds: float
) -> Upgrade:
    """Bring the phone to a load, one image at a time; the seconds are those of writing each to flash."""
    fetched = await _fetch(machine, f"{load}.loads")
    if not isinstance(fetched, bytes):
        return fetched
    named = _read_list(machine, f"{load}.loads", fetched)
    if isinstance(named, Unusable):
        return named
    if named.loader_version != machine.flash.loader_version:
        return await _take_loader(machine, named.loader, named.loader_version, loader_seconds)
    if named.application.removesuffix(".sb2") != machine.flash.application:
        return await _take_application(machine, named.application, application_seconds)
    return Current()


async def _take_loader(machine: Machine, name: str, version: str, seconds: float) -> Upgrade:
    image = await _fetch_image(machine, name)
    if not isinstance(image, Image):
        return image
    if image.mark != version:
        # The loader compares the eight bytes of its image with LA_VERSION.
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: the image is {image.mark}, the list says {version}")
    await _write(machine, "loader", image, seconds)
    machine.keep(with_loader(machine.flash, image.stem, image.mark))
    return LoaderFlashed()


async def _take_application(machine: Machine, name: str, seconds: float) -> Upgrade:
    image = await _fetch_image(machine, name)
    if not isinstance(image, Image):
        return image
    await _write(machine, "application", image, seconds)
    machine.keep(with_application(machine.flash, image.stem))
    return ApplicationFlashed()


async def _write(machine: Machine, what: str, image: Image, seconds: float) -> None:
    machine.show(Shown.UPGRADING)
    await machine.work(seconds)
    machine.report("flash", what=what, load=image.stem)


async def _fetch_image(machine: Machine, name: str) -> Image | Unusable | Silent:
    fetched = await _fetch(machine, name)
    if not isinstance(fetched, bytes):
        return fetched
    try:
        return image_of(name, fetched, trusted_keys(machine.flash.loader))
    except WireError as error:
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: {error}")


async def _fetch(machine: Machine, name: str) -> bytes | Unusable | Silent:
    outcome = await machine.fetch(name)
    if isinstance(outcome, Received):
        return outcome.data
    if isinstance(outcome, NoAnswer):
        return Silent()
    return Unusable(Shown.APPLICATION_INVALID, f"{name}: {outcome.message}")


def _read_list(machine: Machine, name: str, data: bytes) -> loads.LoadsList | Unusable:
    try:
        return loads.parse(payload_of(name, data, trusted_keys(machine.flash.loader)))
    except WireError as error:
        return Unusable(Shown.NOT_AUTHENTIC, f"{name}: {error}")
