"""Adds an uploaded firmware package, and lists those of the folder, for the page and the API."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from ringup.errors import InstallError, Problem, SiteErrors
from ringup.finding import ERROR
from ringup.firmware.contents import Contents, Package
from ringup.firmware.filing import install_package, plan
from ringup.firmware.folder import FirmwareFolder
from ringup.firmware.package import read_packages
from ringup.firmware.source import read_folder, read_source
from ringup.web.ask import Upload


def contents_of(folder: Path) -> Contents:
    """Return the packages of the firmware folder."""
    return read_packages(read_folder(FirmwareFolder(folder)), str(folder))


def add_package(folder: Path, sent: Upload, *, replace: bool) -> Sequence[Package]:
    """Add the packages of a ZIP file if Cisco's signature proves that all their bytes are correct.

    Raises SiteErrors with all problems; nothing is added then.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        place = Path(unpacked) / "package.zip"
        place.write_bytes(sent.content)
        try:
            files = read_source(place)
        except InstallError as error:
            raise SiteErrors([Problem(sent.name, error.answer, error.cure)]) from error
    contents = read_packages(files, sent.name)
    usable = contents.usable()
    if not usable:
        refused = [each.problem for each in contents.all_findings() if each.severity is ERROR]
        nothing = Problem(sent.name, "holds no firmware for a phone.", "Choose a package like cmterm-….zip.")
        raise SiteErrors(refused or [nothing])
    own = {name: files[name] for package in usable for name, _ in package.files}
    install_package(own, folder, plan(own, folder, replace=replace))
    return usable
