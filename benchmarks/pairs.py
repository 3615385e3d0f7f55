"""Measure two versions of `ringup serve` in turn, and decide whether the second one is slower.

    .venv/bin/python benchmarks/pairs.py BEFORE [AFTER]

BEFORE and AFTER are commits or folders of checkouts. Each version is measured by its own `benchmarks/rig`. It
needs root.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent.parent


class Bar(NamedTuple):
    """The bar for one workload: what is compared, and the smallest median ratio that passes."""

    unit: str
    counted: str
    least: float


BARS: Mapping[str, Bar] = {
    "W1c": Bar("requests", "requests", 0.90),
    "W2": Bar("blocks", "blocks", 0.95),
    "W3": Bar("blocks", "blocks", 0.95),
    "D3": Bar("exchanges", "completed", 0.95),
}
"""The bars by workload.

Rates are per second of the server's processor time, because other programs disturb elapsed seconds more.
"""

MOST_OTHERS = 0.10
"""Maximum share of the machine that other programs may use; they also affect caches and the length of
queues.
"""


class Pair(NamedTuple):
    """One workload, measured with both versions one after the other; the rates are per second of processor
    time.
    """

    before: float
    after: float
    others: float

    @property
    def ratio(self) -> float:
        """Return the ratio of the rates; above 1, the second version does more in a second."""
        return self.after / self.before


def main() -> int:
    """Print the table of the pairs; return 1 if a median is below its bar."""
    arguments = _arguments()
    names: Sequence[str] = arguments.only.split(",")
    if unknown := [name for name in names if name not in BARS]:
        raise SystemExit(f"No such workload: {', '.join(unknown)}. There are {', '.join(BARS)}.")
    pairs: dict[str, list[Pair]] = {name: [] for name in names}
    with _tree(arguments.before) as before, _tree(arguments.after) as after:
        for number in range(arguments.pairs):
            for name in names:
                pairs[name].append(_pair(name, before, after, number))
                print(f"pair {number + 1}: {name} {pairs[name][-1].ratio:.3f}", file=sys.stderr)
    print_pairs(pairs)
    return 0 if all(reached(name, of_name) for name, of_name in pairs.items()) else 1


def reached(name: str, pairs: Sequence[Pair]) -> bool:
    """Return whether the median of the ratios reaches the bar; with a median, one disturbed pair decides
    nothing.
    """
    return median(pair.ratio for pair in pairs) >= BARS[name].least


def print_pairs(pairs: Mapping[str, Sequence[Pair]]) -> None:
    """Print one row per workload, with the range of the ratios and the maximum that other programs used."""
    print("| workload | per CPU-s | before | after | ratio | least to most | bar | | others |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, of_name in pairs.items():
        ratios = [pair.ratio for pair in of_name]
        others = max(pair.others for pair in of_name)
        verdict = "pass" if reached(name, of_name) else "MISSED"
        print(
            f"| {name} | {BARS[name].unit} | {median(pair.before for pair in of_name):,.0f}"
            f" | {median(pair.after for pair in of_name):,.0f} | {median(ratios):.3f}"
            f" | {min(ratios):.3f} - {max(ratios):.3f} | {BARS[name].least} | {verdict} | {others:.0%} |"
        )
    if any(pair.others > MOST_OTHERS for of_name in pairs.values() for pair in of_name):
        print("\nOther programs used the machine. Measure again when it is quiet.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", help="a commit, or the folder of a checkout with its C code compiled")
    parser.add_argument("after", nargs="?", default=str(HERE), help="the same (default: this checkout)")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="(default 5)")
    parser.add_argument("--only", default=",".join(BARS), metavar="W1c,D3", help=f"of {','.join(BARS)}")
    return parser.parse_args()


def _pair(name: str, before: Path, after: Path, number: int) -> Pair:
    """Measure one pair.

    The versions take turns in going first, so that a warm machine favours neither.
    """
    order = (before, after) if number % 2 == 0 else (after, before)
    done = {tree: _measure(tree, name) for tree in order}
    counted = BARS[name].counted
    first, second = (done[tree][counted] / done[tree]["server_cpu"] for tree in (before, after))
    return Pair(first, second, max(each["others"] for each in done.values()))


def _measure(tree: Path, name: str) -> Any:
    """Measure one version once, with its own rig, because a rig starts the server of its own version."""
    cache = Path(os.environ.get("RINGUP_CACHE", HERE / ".cache")).absolute()
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "RINGUP_CACHE": str(cache)}
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        command = [sys.executable, "-m", "benchmarks.rig", "--quick", "--servers", "ringup"]
        command += ["--only", name, "--json", figures.name]
        ended = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode not in (0, 1) or not Path(figures.name).stat().st_size:
            raise SystemExit(f"{tree}: {name} was not measured:\n{ended.stderr}")
        return json.loads(Path(figures.name).read_text())[0]["rounds"][0]


@contextmanager
def _tree(named: str) -> Iterator[Path]:
    """Return the folder of a version; a commit is checked out into a temporary folder, and its C code
    compiled.
    """
    if (Path(named) / "src").is_dir():
        yield Path(named).resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="ringup-pairs-"))
    try:
        folder.chmod(0o755)
        with subprocess.Popen(["git", "-C", str(HERE), "archive", named], stdout=subprocess.PIPE) as archive:
            subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
        if archive.returncode:
            raise SystemExit(f"{named} is neither a folder with src/ nor a commit.")
        _compile(next(folder.rglob("tftp_fast.c")).parent)
        yield folder
    finally:
        shutil.rmtree(folder)


def _compile(folder: Path) -> None:
    sources = sorted(source.name for source in folder.glob("*.c"))
    command = ["cc", "-std=c11", "-O2", "-shared", "-fPIC", "-o", "tftp_fast.so", *sources]
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    sys.exit(main())
