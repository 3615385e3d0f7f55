"""The files that a 7940 or 7960 requests at boot, and how it reacts to each answer.

The sequence is that of the emulated phone's loader and SIP application (P-BOOT-6 to P-BOOT-11). The probe
requests all files, also those after the file at which a phone would stop.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from ringup.emulator.boot.config_xml import load_in
from ringup.emulator.boot.loader import HUNT
from ringup.emulator.boot.tftp import Failed, NoAnswer, NotFound, Outcome, Received
from ringup.emulator.image_check import payload_of
from ringup.emulator.signers import trusted_keys
from ringup.errors import WireError
from ringup.wire import loads

NEWEST_LOADER = "P003-8-12-00"
"""The loader whose trusted keys are used to check the list of a load."""
APPLICATION_FILES = ("SIPDefault.cnf", "RINGLIST.DAT", "dialplan.xml")
"""The files that the SIP application requests, apart from the phone's own file."""
OLD_LOADERS_FILE = "OS79XX.TXT"
"""The file that loads before 7.x request first."""


class Use(StrEnum):
    """The purpose for which a phone requests a file."""

    HUNT = "hunt"
    """The loader's file search (hunt), for its protocol and its load."""
    LOAD = "load"
    """The load that the files name: its list and its images."""
    SETTINGS = "settings"
    """The settings of the SIP application."""


class FileResult(StrEnum):
    """The result of a request, as a phone treats it."""

    FOUND = "found"
    ABSENT = "absent"
    """The server sent error 1: the phone continues with the next file."""
    REFUSED = "refused"
    """The server sent another error, after which the loader stops (P-TFTP-15)."""
    EMPTY = "empty"
    """The server sent an empty file, after which the loader stops (P-TFTP-16)."""
    SILENT = "silent"
    """The server did not answer."""


class BootFile(NamedTuple):
    """The answer to the request for one file."""

    name: str
    use: Use
    result: FileResult
    size: int
    """Size in bytes; 0 if no file was received."""
    answer: str
    """The server's error code and text about a missing or refused file."""


def boot_file(name: str, use: Use, outcome: Outcome) -> BootFile:
    """Return a request's outcome as a BootFile."""
    match outcome:
        case Received(b""):
            return BootFile(name, use, FileResult.EMPTY, 0, "")
        case Received(data):
            return BootFile(name, use, FileResult.FOUND, len(data), "")
        case NotFound(message):
            return BootFile(name, use, FileResult.ABSENT, 0, f"error 1: {message}")
        case Failed(code, message):
            return BootFile(name, use, FileResult.REFUSED, 0, f"error {code}: {message}")
        case NoAnswer():
            return BootFile(name, use, FileResult.SILENT, 0, "")


def hunt_names(mac: str) -> Iterator[str]:
    """Yield the file names of the loader's hunt, in its order."""
    for template, _kind in HUNT:
        yield template.format(mac=mac)


def named_load(name: str, data: bytes, model: str) -> str:
    """Return the load that a file of the hunt names for this model; empty if it names none."""
    return load_in(data, model) if name.endswith(".xml") else ""


def images_of(name: str, data: bytes) -> tuple[str, ...]:
    """Return the image names in a load's list; none if the phone would refuse the list."""
    try:
        listed = loads.parse(payload_of(name, data, trusted_keys(NEWEST_LOADER)))
    except WireError:
        return ()
    return listed.loader, listed.application
