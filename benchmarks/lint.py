"""Measure `ringup lint`: the time to start, and the time and memory for the files of a thousand phones.

Run: .venv/bin/python benchmarks/lint.py [PHONES]
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Line, Phone, Ring, Site

PYTHON = sys.executable
RUNS = 15
START_LIMIT = 0.3
"""Maximum seconds to start."""
TREE_LIMIT = 2.0
"""Maximum seconds for the files of a thousand phones."""


def site_of(count: int) -> Site:
    """Return a site with phones like those of a company: one line, some with two, and names with accents."""
    phones = []
    for number in range(count):
        lines = [Line(extension=f"{2000 + number}", name=f"Müller {number}", secret=f"secret-{number:05}")]
        if number % 4 == 0:
            lines.append(Line(extension=f"8{number:05}", name="Second", secret=f"other-{number:05}"))
        phones.append(Phone(mac=f"001646{number:06X}", label=f"Müller {number}", lines=tuple(lines)))
    return Site(phones=tuple(phones), rings=(Ring(name="Old Style", file="ringer1.pcm"),))


def write_tree(folder: Path, site: Site) -> None:
    """Write every file that ringup serves for this site."""
    finder = FileFinder(site, FirmwareFolder(None), "192.168.1.5", check_owner=False)
    for name in finder.names():
        found = finder.find(name, Requester(""))
        if isinstance(found, File):
            (folder / name).write_bytes(found.data)
    (folder / "ringer1.pcm").write_bytes(bytes(4_800))


def timed(*command: str) -> float:
    """Return the seconds of one run."""
    before = time.perf_counter()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - before


def medians(*commands: tuple[str, ...]) -> list[float]:
    """Return the median time of each command.

    The commands run in turn, so that a busy moment of the machine affects all of them. The first round only
    fills the disk's cache.
    """
    turns = [[timed(*command) for command in commands] for _ in range(RUNS + 1)][1:]
    return [statistics.median(column) for column in zip(*turns, strict=True)]


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tree(folder, site_of(count))
        one = str(folder / "SIPDefault.cnf")
        bare, start = medians((PYTHON, "-c", "pass"), (PYTHON, "-m", "ringup", "lint", one))
        print(f"python -c pass              {bare * 1000:7.0f} ms (median of {RUNS})")
        print(
            f"ringup lint SIPDefault.cnf  {start * 1000:7.0f} ms, {(start - bare) * 1000:.0f} ms of it ours"
        )
        files = list(folder.iterdir())
        size = sum(path.stat().st_size for path in files)
        whole = min(timed(PYTHON, "-m", "ringup", "lint", name) for _ in range(3))
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"ringup lint TREE            {whole:7.2f} s, {memory:.0f} MiB at most")
        print(f"  {count:,} phones, {len(files):,} files, {size / 1024:,.0f} KiB")
    print("start within 0.3 s:", "yes" if start < START_LIMIT else "NO")
    if count == 1_000:
        print("tree within 2 s:", "yes" if whole < TREE_LIMIT else "NO")


if __name__ == "__main__":
    main()
