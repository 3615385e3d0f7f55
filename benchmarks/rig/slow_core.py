"""Slow a server down: it gets a share of its core, in slices that are too short for a phone to notice.

A burst that overloads one machine does not overload another one that is three times as fast.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.rig import measure

PERIOD = 4_000
"""The period in microseconds; the kernel accepts no slice below 1,000."""

_FIRST_KIND = Path("/sys/fs/cgroup/cpu")
_SECOND_KIND = Path("/sys/fs/cgroup")


@contextmanager
def slow_core(share: float) -> Iterator[Path | None]:
    """Make a control group whose processes get this share of a core; None for a complete core.

    Raises SystemExit if the machine has no such groups.
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
