"""Find the programs that listen on each port."""

import re
from collections.abc import Iterator
from pathlib import Path

import psutil

from ringup.check.facts import Listener
from ringup.check.probes.programs import output_of
from ringup.rule import Unknown

_USERS = re.compile(r'\("([^"]*)",pid=(\d+)')


def listeners(database: Path | None) -> tuple[Listener, ...] | Unknown:
    """Return every listening UDP and TCP socket of this network; `database` is that of the checked site."""
    printed = output_of("ss", "--no-header", "--listening", "--numeric", "--udp", "--tcp", "--processes")
    return printed if isinstance(printed, Unknown) else tuple(read(printed, database))


def read(printed: str, database: Path | None = None) -> Iterator[Listener]:
    """Parse the output of ``ss -Hlnutp``; skip other lines."""
    for line in printed.splitlines():
        parts = line.split(maxsplit=6)
        if len(parts) < 6 or parts[0] not in ("udp", "tcp"):
            continue
        address, _, port = parts[4].rpartition(":")
        address, _, device = address.partition("%")
        if not port.isdecimal():
            continue
        user = _USERS.search(parts[6] if len(parts) > 6 else "")
        yield _listener(Listener(parts[0], address, int(port), device), user, database)


def _listener(socket: Listener, user: re.Match[str] | None, database: Path | None) -> Listener:
    if user is None:
        return socket
    name, pid = user[1], int(user[2])
    is_ringup = has_ours = False
    try:
        process = psutil.Process(pid)
        name = process.name()  # the complete name, because the kernel stores only 15 characters
        is_ringup = _is_ringup(process.cmdline())
        has_ours = is_ringup and database is not None and _has_open(process, database)
    except psutil.Error:
        pass  # the process has ended, or this user may not read it: use the name from ss
    return Listener(
        socket.protocol, socket.address, socket.port, socket.device, name, pid, is_ringup, has_ours
    )


def _is_ringup(command: list[str]) -> bool:
    """Return whether the command is `ringup serve`, `python -m ringup serve` or similar."""
    names = [Path(word).name for word in command]
    return "serve" in command and "ringup" in names


def _has_open(process: psutil.Process, database: Path) -> bool:
    wanted = str(database.resolve())
    return any(opened.path == wanted for opened in process.open_files())
