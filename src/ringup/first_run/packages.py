"""Find firmware packages for the 7940 and 7960 in a folder."""

import re
from collections.abc import Iterator
from pathlib import Path

from ringup.errors import InstallError, SiteErrors
from ringup.firmware.contents import Package
from ringup.firmware.package import read_packages
from ringup.firmware.source import LARGEST_PACKAGE, read_source
from ringup.first_run.here import PackageHere
from ringup.phone.models import MODELS

MOST_LOOKED_AT = 20
"""Maximum number of zips and folders that are read; a full download folder should not delay the questions."""
LIST_ENDINGS = (".loads", ".sb2")
"""Suffixes of files that only a folder with firmware contains."""


def packages_in(folder: Path) -> list[PackageHere]:
    """Return the complete SIP packages in the zips and folders of a folder, the newest release first."""
    found = []
    for _, path in zip(range(MOST_LOOKED_AT), _candidates(folder), strict=False):
        if package := sip_package(path):
            found.append((_release(package), PackageHere(str(path), package.load)))
    return [here for _, here in sorted(found, key=lambda each: each[0], reverse=True)]


def sip_package(path: Path) -> Package | None:
    """Return the newest complete SIP package for these phones in a zip or folder; None if there is none."""
    try:
        contents = read_packages(read_source(path), str(path))
    except (SiteErrors, InstallError):
        return None
    return newest_sip(contents.usable())


def newest_sip(packages: list[Package]) -> Package | None:
    """Return the newest SIP package for the 7940 and 7960, or None."""
    fitting = [each for each in packages if each.protocol == "SIP" and set(each.models) & set(MODELS)]
    return max(fitting, key=_release, default=None)


def _candidates(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    yield from (path for path in entries if _is_small_zip(path) or _has_lists(path))


def _is_small_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file() and path.stat().st_size <= LARGEST_PACKAGE


def _has_lists(folder: Path) -> bool:
    if folder.name.startswith(".") or not folder.is_dir():
        return False
    try:
        return any(path.suffix.lower() in LIST_ENDINGS for path in folder.iterdir())
    except OSError:
        return False


def _release(package: Package) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", package.version)))
