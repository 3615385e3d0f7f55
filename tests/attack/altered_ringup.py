"""Runs `ringup` on a clock that a test sets, and with shorter pauses; any process that a user starts is the
same otherwise.

Arguments: a file of eight bytes, the seconds by which the time of day differs from the machine's; then, per
changed constant, MODULE:NAME=NUMBER or MODULE:NAME=/PATH; then `--` and those of `ringup`.
"""

import mmap
import struct
import sys
import time
from importlib import import_module
from pathlib import Path

OFFSET = "d"
"""The form of the file."""


def main() -> None:
    file, *rest = sys.argv[1:]
    at = rest.index("--")
    with Path(file).open("rb") as opened:
        offset = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    time_of_day = time.time
    time.time = lambda: time_of_day() + struct.unpack(OFFSET, offset[:])[0]
    for change in rest[:at]:
        place, _, value = change.partition("=")
        module, _, name = place.partition(":")
        setattr(import_module(module), name, value if value.startswith("/") else float(value))
    sys.argv[1:] = rest[at + 1 :]
    import_module("ringup.cli.main").main()


if __name__ == "__main__":
    main()
