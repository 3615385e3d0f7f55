"""What a phone last fetched of its files, compared with what it would get now."""

from typing import NamedTuple

from ringup.change.file_diff import FileDiff, file_diff
from ringup.engine.found import File
from ringup.errors import RingupError
from ringup.events import FileSent
from ringup.files.find import FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.store.history import latest_of_kinds
from ringup.store.revisions import current_revision, revision_at, site_at
from ringup.web.context import Web
from ringup.wire.file_names import base_name

MOST_FETCHES = 200
"""Number of the phone's last transfers that are searched."""


class Fetched(NamedTuple):
    """One file, as the phone fetched it last."""

    at: float
    """The end of the transfer in POSIX seconds."""
    revision: int
    """The revision of the site at that time."""
    later: int
    """The number of revisions since; 0: the file is still the same, but for new firmware."""


def fetches(web: Web, mac: str) -> dict[str, Fetched]:
    """Return the phone's last complete transfer of each file, by the file's name without its folder."""
    found: dict[str, Fetched] = {}
    numbers: dict[float, int] = {}
    latest = current_revision(web.engine)
    for event in latest_of_kinds(web.engine, mac, [FileSent], MOST_FETCHES):
        if isinstance(event, FileSent):
            begun = event.at - event.seconds
            if begun not in numbers:
                numbers[begun] = revision_at(web.engine, begun)
            found[base_name(event.name)] = Fetched(event.at, numbers[begun], latest - numbers[begun])
    return found


class SinceFetched(NamedTuple):
    """The difference between the file that the phone has and the file that it would get now."""

    at: float
    revision: int
    diff: FileDiff | None
    """None: the file is the same, or what the phone has is not known."""
    unknown: str
    """Why it is not known what the phone has; empty: it is."""


def since_fetched(web: Web, mac: str, name: str, now: bytes, server: str) -> SinceFetched | None:
    """Compare a file with what the phone fetched; None if the phone has not fetched it.

    The earlier bytes are not stored. They are made again from the revision of that time, and count only if
    they have the size that was sent.
    """
    sent = [
        event for event in latest_of_kinds(web.engine, mac, [FileSent], MOST_FETCHES)
        if isinstance(event, FileSent) and base_name(event.name) == name
    ]  # fmt: skip
    if not sent:
        return None
    last = sent[-1]
    revision = revision_at(web.engine, last.at - last.seconds)
    then = _made(web, revision, mac, name, server)
    if then is None or (last.size >= 0 and len(then) != last.size):
        size = f"{last.size:,} bytes were sent" if last.size >= 0 else "the number of sent bytes is not known"
        made = f"revision {revision} gives {f'{len(then):,} bytes' if then is not None else 'no such file'}"
        return SinceFetched(last.at, revision, None, f"{size}, and {made}")
    if then == now:
        return SinceFetched(last.at, revision, None, "")
    diff = file_diff("phone", name, then.decode("latin-1"), now.decode("latin-1"))
    return SinceFetched(last.at, revision, diff, "")


def _made(web: Web, revision: int, mac: str, name: str, server: str) -> bytes | None:
    """Return the file as the site of this revision gives it; None if it gives none."""
    try:
        site = site_at(web.engine, revision)
    except RingupError:
        return None
    address = str(site.server_address or server)
    finder = FileFinder(site, FirmwareFolder(web.options.firmware), address, check_owner=True)
    file = finder.find(name, Requester("", mac))
    return file.data if isinstance(file, File) else None
