"""Decide for every file of an imported folder where phones will get it, or why it is not served.

Strategy: a file that ringup renders from the site's records replaces the file of the same name. Every other
file is copied under its own name, because no list of all names that phones request exists. Firmware goes into
the firmware folder, other files into the operator's own folder.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ringup.adoption.xml_loads import XML_DEFAULT, loads_in
from ringup.files.find import File, FileFinder, Requester
from ringup.files.rendered import RENDERED
from ringup.firmware.contents import Contents, FindingKind
from ringup.firmware.folder import LARGEST_FILE, MOST_FOLDERS, FirmwareFolder
from ringup.firmware.package import is_firmware, read_packages
from ringup.firmware.signature import is_refused_test_file
from ringup.site.model import Site

Keeper = Literal["records", "firmware", "files", "nobody"]
"""The place that serves a file after the import: the records, the firmware folder, the own folder, or none.
"""

_NOT_COPIED = (FindingKind.DAMAGED, FindingKind.TRUNCATED)
_ANYBODY = Requester("")


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """One file of the folder."""

    name: str
    """The file's path inside the folder."""
    keeper: Keeper
    why: str = ""
    """The reason why the file is not served, or a remark."""
    is_lost: bool = False
    """True if a phone may need the file."""

    def __str__(self) -> str:
        shown = self.name if self.name.isprintable() else ascii(self.name)
        return f"{shown}: {self.why}" if self.why else shown


def read_firmware(folder: FirmwareFolder, names: tuple[str, ...]) -> list[Contents]:
    """Return the packages of each subfolder separately, because a name may occur in two subfolders."""
    by_folder: dict[str, dict[str, bytes]] = {}
    for name in names:
        inside, _, base = name.rpartition("/")
        if is_firmware(base):
            by_folder.setdefault(inside, {})[base] = folder.read(name) or b""
    root = folder.path or Path()
    return [read_packages(files, str(root / inside)) for inside, files in by_folder.items()]


def plan_files(
    folder: FirmwareFolder,
    names: tuple[str, ...],
    packages: list[Contents],
    site: Site,
    server: str,
    targets: Mapping[Keeper, Path],
) -> list[AdoptedFile]:
    """Return for each file the place that will serve it; nothing is written."""
    replacing = [kind for kind in RENDERED if not kind.stored_first]
    finder = FileFinder(site, FirmwareFolder(None), server, check_owner=False, rendered=replacing)
    there = {keeper: FirmwareFolder(target) for keeper, target in targets.items()}
    faults = {
        each.problem.where: each.problem.what
        for contents in packages
        for each in contents.all_findings()
        if each.code in _NOT_COPIED
    }
    own_xml = {f"SEP{phone.mac}.cnf.xml".lower() for phone in site.phones}

    def fate(name: str) -> AdoptedFile:
        base = name.rpartition("/")[2]
        rendered = finder.find(name, _ANYBODY)
        path = (folder.path or Path()) / name
        if isinstance(rendered, File):
            same = rendered.data == folder.read(name)
            return AdoptedFile(name, "records", "the same bytes" if same else "")
        if base.lower() in own_xml:
            return _without_own_load(name, folder.read(name) or b"", site.load)
        if why := faults.get(str(path)):
            return AdoptedFile(name, "nobody", f"it {why.rstrip('.')}", is_lost=True)
        if (unservable := _unservable(folder, name, path)) is not None:
            return unservable
        keeper: Keeper = "firmware" if is_firmware(base) else "files"
        found = there[keeper].get(name)
        if found is not None and found.true_name == name and there[keeper].read(name) != folder.read(name):
            return AdoptedFile(name, "nobody", f"{found.path} is another file of this name", is_lost=True)
        return AdoptedFile(name, keeper)

    return [*map(fate, names), *_out_of_reach(folder.path or Path(), set(names))]


def _without_own_load(name: str, data: bytes, load: str) -> AdoptedFile:
    """Return what happens to a SEP<MAC>.cnf.xml that ringup does not render.

    ringup renders this file only for phones whose load is not the site's.
    """
    other = next((named for _, named in loads_in(data) if named != load), "")
    if not other:
        return AdoptedFile(name, "nobody", f"the phone now gets its load from {XML_DEFAULT}")
    why = f"it names {other}, but the phone now gets {load}, from {XML_DEFAULT}"
    return AdoptedFile(name, "nobody", why, is_lost=True)


def _unservable(folder: FirmwareFolder, name: str, path: Path) -> AdoptedFile | None:
    """Return the file with the reason why ringup cannot serve it; None if ringup can serve it."""
    if not (name.isascii() and name.isprintable()) or "\\" in name:
        return AdoptedFile(name, "nobody", "phones cannot request this name: rename it", is_lost=True)
    if folder.read(name):
        return None
    try:
        data, size = b"", path.stat().st_size
        if size <= LARGEST_FILE:
            data = path.read_bytes()
    except OSError as error:
        return AdoptedFile(name, "nobody", f"it cannot be read: {error.strerror}", is_lost=True)
    if size > LARGEST_FILE:
        return AdoptedFile(name, "nobody", f"it is larger than {LARGEST_FILE} bytes", is_lost=True)
    if is_refused_test_file(data):
        return AdoptedFile(name, "nobody", "it is synthetic firmware, which no real phone takes")
    return AdoptedFile(name, "nobody", "it is empty; phones that request it get 'not found'")


def _out_of_reach(root: Path, known: set[str]) -> Iterator[AdoptedFile]:
    """Yield files that are hidden or too deep in the folder; a hidden folder is yielded by name, without its
    files.
    """
    for place, folders, files in os.walk(root):
        inside = Path(place).relative_to(root)
        hidden = sorted(folder for folder in folders if folder.startswith("."))
        folders[:] = sorted(set(folders) - set(hidden))
        for folder in hidden:
            yield AdoptedFile(f"{inside / folder}/", "nobody", "hidden folders are not served")
        for name in sorted(str(inside / file) for file in files):
            if name in known:
                continue
            base = name.rpartition("/")[2]
            if base.startswith("."):
                yield AdoptedFile(name, "nobody", "hidden files are not served")
            elif name.count("/") > MOST_FOLDERS:
                yield AdoptedFile(name, "nobody", f"it lies more than {MOST_FOLDERS} folders deep")
            else:
                yield AdoptedFile(name, "nobody", "it is not a file that can be read", is_lost=True)


def different(
    folder: FirmwareFolder,
    kept: Sequence[AdoptedFile],
    site: Site,
    server: str,
    targets: Mapping[Keeper, Path],
) -> list[AdoptedFile]:
    """Return the copied files of which phones would still get other bytes.

    Each file is searched in the same way as the server searches it.
    """
    own = FirmwareFolder(targets["files"])
    finder = FileFinder(site, FirmwareFolder(targets["firmware"]), server, check_owner=False, own_files=own)
    lost = []
    for each in kept:
        if each.keeper not in targets:
            continue
        found = finder.find(each.name, _ANYBODY)
        if not isinstance(found, File):
            lost.append(AdoptedFile(each.name, "nobody", found.reason, is_lost=True))
        elif found.data != folder.read(each.name):
            lost.append(AdoptedFile(each.name, "nobody", f"{found.source} is served", is_lost=True))
    return lost
