"""All files that one phone may request, with the bytes that it gets."""

from pathlib import Path

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Site


def phone_files(site: Site, mac: str, server: str, firmware: Path) -> dict[str, bytes]:
    """Return the phone's files by name, found as the server finds them, so that the bytes are the same.

    `server` is the server's address in the files. Secrets are not masked.
    """
    finder = FileFinder(site, FirmwareFolder(firmware), server, check_owner=True)
    found = [finder.find(name, Requester("", mac)) for name in finder.names()]
    return {file.name: file.data for file in found if isinstance(file, File)}
