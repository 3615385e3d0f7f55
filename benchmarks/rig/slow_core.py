"""A slower processor for a server: of its core it gets a share, in slices too short for a phone to notice.

What is a burst for one machine is none for another that is three times as fast.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.rig import measure

PERIOD = 4_000
"""Microseconds; the kernel takes no slice below 1,000."""

_FIRST_KIND = Path("/sys/fs/cgroup/cpu")
_SECOND_KIND = Path("/sys/fs/cgroup")


@contextmanager
def slow_core(share: float) -> Iterator[Path | None]:
    """A control group whose processes get this share of a core; None for a whole one.

    Raises SystemExit where the machine has no such groups.
    """
    if share >= 1:
        yield None
        return
    folder = _group(f"ringup-slow-{os.getpid()}", round(PERIOD * share))
    try:
        yield folder
    finally:
        measure.remove(folder)


def _group(name: str, slice_: int) -> Path:
    kinds = (
        (_FIRST_KIND, {"cpu.cfs_period_us": f"{PERIOD}", "cpu.cfs_quota_us": f"{slice_}"}),
        (_SECOND_KIND, {"cpu.max": f"{slice_} {PERIOD}"}),
    )
    for root, settings in kinds:
        folder = root / name
        with suppress(OSError):
            folder.mkdir()
            for setting, value in settings.items():
                (folder / setting).write_text(value)
            return folder
        with suppress(OSError):
            folder.rmdir()
    raise SystemExit("No control group here can slow a server down: leave out W1p with --only.")
