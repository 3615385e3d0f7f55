"""Run `ringup` with a clock that a test sets and with shorter pauses; otherwise it is the process that users
start.

The arguments are a file of eight bytes with the seconds by which the time of day differs from the machine's.
For each changed constant, MODULE:NAME=NUMBER or MODULE:NAME=/PATH follows, then `--` and the arguments of
`ringup`.
"""

import mmap
import struct
import sys
import time
from importlib import import_module
from pathlib import Path

OFFSET = "d"
"""The format of the file."""


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
