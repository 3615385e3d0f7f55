"""The findings of `ringup firmware check`: faults of packages, and required loads that are missing."""

from collections.abc import Iterable, Mapping

from ringup.finding import Finding
from ringup.firmware.contents import Contents, FindingKind
from ringup.firmware.folder import FirmwareFolder
from ringup.firmware.images import finding
from ringup.phone.firmware import check_load
from ringup.site.wanted import RequiredBy


def findings_of(
    contents: Contents, loads: Iterable[str], wanted: Mapping[str, RequiredBy], folder: FirmwareFolder
) -> list[Finding]:
    """Return the findings of the given loads.

    If no loads are given, return those of all loads that are required or in the folder.
    """
    chosen = tuple(loads)
    packages = {package.load: package for package in contents.packages}
    missing = [
        _missing(load, wanted.get(load), folder) for load in chosen or tuple(wanted) if load not in packages
    ]
    if not chosen:
        return missing + contents.all_findings()
    return missing + [
        each for load in chosen if load in packages for each in packages[load].reported_findings()
    ]


def _missing(load: str, wanted: RequiredBy | None, folder: FirmwareFolder) -> Finding:
    other = folder.similar(f"{load}.loads") or folder.similar(f"{load}.bin")
    by = f"; it is needed by {wanted}" if wanted else ""
    what = f"{load} is missing from the firmware folder{by}."
    if other is not None:
        cure = f"The folder has {other}: spell the load the same way."
    else:
        fault = check_load(load)
        cure = str(fault.of("Load")) if fault else "Add its package: ringup firmware add ZIP"
    return finding(FindingKind.INCOMPLETE, str(folder.path), what, cure)
