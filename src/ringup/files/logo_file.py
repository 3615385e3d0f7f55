"""Check that phones can get and show the site's logo file."""

from collections.abc import Iterator

from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.phone.logo import logo_problems
from ringup.site.model import Site


def problems(site: Site, *folders: FirmwareFolder | None) -> Iterator[Problem]:
    """Return the faults of the logo; the folders are searched for its file in their order."""
    if not site.logo:
        return
    for folder in folders:
        if folder is not None and (found := folder.get(site.logo)) is not None:
            data = folder.read(site.logo)
            if data is None:
                yield Problem(str(found.path), "cannot be read.", "Check its permissions.")
            else:
                yield from logo_problems(str(found.path), data)
            return
    cure = "Copy it into the folder of `ringup serve --files`, or run `ringup logo clear`."
    yield Problem("logo", f"its file {site.logo} is missing.", cure)
