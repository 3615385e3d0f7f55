"""The files that a 7940 or 7960 requests at its boot, and what it makes of each answer.

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
"""The loader whose keys check the list of a load."""
APPLICATION_FILES = ("SIPDefault.cnf", "RINGLIST.DAT", "dialplan.xml")
"""The files that the SIP application requests besides the phone's own."""
OLD_LOADERS_FILE = "OS79XX.TXT"
"""The first file of loads before 7.x."""


class Use(StrEnum):
    """What a phone does with a file."""

    HUNT = "hunt"
    """The loader looks for its protocol and its load."""
    LOAD = "load"
    """It belongs to the load that the files name."""
    SETTINGS = "settings"
    """The SIP application reads it."""


class FileResult(StrEnum):
    """An answer, as a phone takes it."""

    FOUND = "found"
    ABSENT = "absent"
    """Error 1: the phone goes on with the next file."""
    REFUSED = "refused"
    """Another error, after which the loader stops (P-TFTP-15)."""
    EMPTY = "empty"
    """An empty file, after which the loader stops (P-TFTP-16)."""
    SILENT = "silent"
    """No answer."""


class BootFile(NamedTuple):
    """The answer to the request for one file."""

    name: str
    use: Use
    result: FileResult
    size: int
    """Bytes; 0 without a file."""
    answer: str
    """The server's own words about a missing or refused file, with the error's number."""


def boot_file(name: str, use: Use, outcome: Outcome) -> BootFile:
    """Return the answer to a request."""
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
    """Yield the names of the loader's hunt, in its order."""
    for template, _kind in HUNT:
        yield template.format(mac=mac)


def named_load(name: str, data: bytes, model: str) -> str:
    """Return the load that a file of the hunt names for this model; empty: none."""
    return load_in(data, model) if name.endswith(".xml") else ""


def images_of(name: str, data: bytes) -> tuple[str, ...]:
    """Return the images that a load's list names; none if the phone would refuse the list."""
    try:
        listed = loads.parse(payload_of(name, data, trusted_keys(NEWEST_LOADER)))
    except WireError:
        return ()
    return listed.loader, listed.application
