"""Render every file of 5,000 phones through FileFinder, and print the seconds and the peak memory.

    .venv/bin/python benchmarks/render.py [PHONES]

The memory is the maximum that Python allocated. It is measured in a second run, because measuring it slows
the run.
"""

import resource
import sys
import time
import tracemalloc

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Group, Line, Pbx, Phone, Site

PHONES = 5_000
GOAL_SECONDS = 5.0
SERVER = "192.168.0.1"
GROUPS = 20
MEGABYTE = 1_000_000


def fleet(phones: int) -> Site:
    """Return a site whose phones have two lines, a group and settings each."""
    return Site(
        time_zone="Europe/London",
        settings={"telnet_level": "1"},
        pbx=Pbx(address=SERVER),
        groups=tuple(Group(name=f"g{n}", settings={"preferred_codec": "g711alaw"}) for n in range(GROUPS)),
        phones=tuple(_phone(number) for number in range(phones)),
    )


def _phone(number: int) -> Phone:
    lines = tuple(
        Line(extension=f"{20_000 + 2 * number + key}", name=f"Person {number}", secret=f"secret-{number}")
        for key in range(2)
    )
    settings = {"tos_media": "3"} if number % 10 == 0 else {}
    return Phone(mac=f"{number:012X}", group=f"g{number % GROUPS}", settings=settings, lines=lines)


def render_all(site: Site) -> tuple[int, int]:
    """Find every file once, each phone's own file for that phone; return the number of files and of bytes."""
    finder = FileFinder(site, FirmwareFolder(None), SERVER, check_owner=False)
    found = [finder.find(name, Requester("")) for name in finder.names()]
    files = [file for file in found if isinstance(file, File)]
    return len(files), sum(len(file.data) for file in files)


def main(phones: int) -> int:
    """Print the figures; return 1 if one exceeds the goal."""
    site = fleet(phones)
    begun = time.perf_counter()
    files, size = render_all(site)
    seconds = time.perf_counter() - begun
    tracemalloc.start()
    render_all(site)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    process = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{phones:,} phones: {files:,} files, {size / MEGABYTE:.1f} MB in {seconds:.2f} s "
        f"({seconds / max(1, phones) * 1e6:.0f} us a phone); peak {peak / MEGABYTE:.1f} MB for rendering, "
        f"{process / MEGABYTE:.0f} MB for the process"
    )
    return 0 if seconds <= GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHONES))
