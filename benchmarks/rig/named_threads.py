"""Run `ringup` with thread names that the kernel knows too, as Python does by itself from 3.14 on."""

import runpy
import threading
from pathlib import Path

LONGEST_NAME = 15
MAIN = "main loop"

_run = threading.Thread.run


def tell_names() -> None:
    """Tell the kernel the name of the main thread, and of every thread that starts later."""
    _tell(MAIN)
    threading.Thread.run = _run_named  # type: ignore[assignment,method-assign]


def _run_named(thread: threading.Thread) -> None:
    _tell(thread.name)
    _run(thread)


def _tell(name: str) -> None:
    Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(name[:LONGEST_NAME])


if __name__ == "__main__":
    tell_names()
    runpy.run_module("ringup", run_name="__main__", alter_sys=True)
