"""Check that phones can get and play the site's ring tones."""

from collections.abc import Iterator

from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.phone.ring_tone import ring_problems
from ringup.site.model import Site


def problems(site: Site, *folders: FirmwareFolder | None) -> Iterator[Problem]:
    """Return the faults of the ring tones in RINGLIST.DAT; the folders are searched for their files in their
    order.
    """
    known = [folder for folder in folders if folder is not None]
    seen: set[str] = set()
    for ring in site.rings:
        where = f"ring {ring.name}"
        if ring.name in seen:
            yield Problem(where, "is in the ring list twice.", "Rename one of the two.")
        seen.add(ring.name)
        folder, found = next(((each, file) for each in known if (file := each.get(ring.file))), (None, None))
        if folder is None or found is None:
            cure = "Copy it into the folder of `ringup serve --files`, or remove the ring."
            yield Problem(where, f"its file {ring.file} is missing.", cure)
            continue
        data = folder.read(ring.file)
        path = str(found.path)
        if data is None:
            yield Problem(path, "cannot be read.", "Check its permissions.")
        else:
            yield from ring_problems(path, data)
