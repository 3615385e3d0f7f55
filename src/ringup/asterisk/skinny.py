"""SCCP phones, over Asterisk's console: which are registered, what chan_skinny has loaded, and how to reset
one.

The lists of chan_skinny on the manager interface cannot be read, because no empty line separates their
entries (P-SCCP-34). Commands and columns are those of Asterisk 16's chan_skinny; Asterisk 21 and later do not
have it.
"""

from collections.abc import Collection, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

from ringup.asterisk.control import Manager
from ringup.asterisk.registrations import Registration
from ringup.errors import AmiRefused
from ringup.render.skinny_conf import device_name
from ringup.site.model import Channel, Site

FILES = "ringup_skinny"
"""The beginning of the names of ringup's files for chan_skinny."""


class Device(NamedTuple):
    """A phone as chan_skinny reports it."""

    address: str
    """The phone's address; empty if it is not registered."""
    is_registered: bool


class Skinny(NamedTuple):
    """The devices and lines that chan_skinny has loaded."""

    devices: Mapping[str, Device]
    """The devices by their names, like ``SEP001646C0FFEE``."""
    lines: Mapping[str, str]
    """The name of each line's device, by the line's name."""


async def read_skinny(manager: Manager) -> Skinny | None:
    """Return what chan_skinny has loaded; None if Asterisk has not loaded chan_skinny.

    Raises OutsideError if the connection ends, or if the manager account may not run commands.
    """
    try:
        shown = await manager.command("skinny show devices")
    except AmiRefused as error:  # the console reports an unknown command as an error (P-SCCP-38)
        if "permission" in error.answer.lower():
            raise
        return None
    return Skinny(dict(_devices(shown)), dict(_lines(await manager.command("skinny show lines"))))


def _rows(shown: str) -> Iterator[list[str]]:
    """Yield the words of each row of a table, which follows a line of dashes."""
    _head, _dashes, body = shown.partition("--\n") if "--\n" in shown else ("", "", "")
    return (row.split() for row in body.splitlines() if row.strip())


def _devices(shown: str) -> Iterator[tuple[str, Device]]:
    for name, *words in _rows(shown):
        address = next(filter(_is_address, words), "")
        yield name, Device(address, words[-2:-1] == ["Y"])


def _lines(shown: str) -> Iterator[tuple[str, str]]:
    for words in _rows(shown):
        if len(words) >= 2:
            yield words[0], words[1]


def _is_address(word: str) -> bool:
    try:
        IPv4Address(word)
    except AddressValueError:
        return False
    return True


async def reset(manager: Manager, device: str) -> None:
    """Make a phone start again; raises OutsideError.

    The two words of chan_skinny's command are swapped: ``restart`` makes the phone reset completely
    (P-SCCP-4).
    """
    await manager.command(f"skinny reset {device} restart")


def registrations_of(site: Site, skinny: Skinny) -> dict[str, Registration]:
    """Return the registrations of the site's SCCP lines by extension."""
    return {
        line.extension: Registration(f"sccp:{found.address}", "ok")
        for phone in site.sccp_phones()
        if (found := skinny.devices.get(device_name(phone))) and found.is_registered
        for line in phone.lines
    }


def is_loaded(site: Site, skinny: Skinny) -> bool:
    """Return whether chan_skinny has loaded all of the site's SCCP phones and lines; others do not matter.

    If it has, no reload is necessary. A reload ends the registration of every phone (P-SCCP-35).
    """
    wanted = {line.extension: device_name(phone) for phone in site.sccp_phones() for line in phone.lines}
    return all(skinny.lines.get(line) == device for line, device in wanted.items()) and all(
        device_name(phone) in skinny.devices for phone in site.sccp_phones()
    )


def changed_channels(site: Site, written: Collection[str]) -> list[Channel]:
    """Return the drivers that must read their files again after these files were written."""
    has_changed = "everything" in written or any(FILES in name for name in written)
    return [channel for channel in site.channels() if channel != "skinny" or has_changed]
