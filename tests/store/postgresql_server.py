"""A private PostgreSQL server for tests, from Debian's package: in its own folder, with a socket instead of a
port.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

PROGRAMS = Path("/usr/lib/postgresql")
OWNER = "postgres"
"""Debian's user for the server, which refuses to run as root."""

MEMORY = Path("/dev/shm")
ROOM = 4_000_000_000
"""Bytes of free memory that are needed; each of two test processes makes up to a hundred databases of 8
MB.
"""

_NUMBERS = count(1)


class PostgresqlServer:
    """A running server; each `database` is new and empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def database(self) -> str:
        """Create a database and return its URL."""
        name = f"ringup_{next(_NUMBERS)}"
        self.run(
            ["psql", "-h", str(self.folder), "-U", OWNER, "-d", "postgres", "-c", f"CREATE DATABASE {name}"]
        )
        return f"postgresql://{OWNER}@/{name}?host={quote(str(self.folder), safe='')}"

    def query(self, url: str, statement: str) -> str:
        """Return what psql prints for a statement, without headings."""
        name = url.partition("@/")[2].partition("?")[0]
        return self.run(["psql", "-h", str(self.folder), "-U", OWNER, "-d", name, "-Atc", statement])

    @staticmethod
    def run(command: Sequence[str]) -> str:
        """Run one of PostgreSQL's programs as its user."""
        program = str(_programs() / command[0])
        done = subprocess.run(
            [*_as_owner(), program, *command[1:]], capture_output=True, text=True, cwd="/", check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()


def _programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "PostgreSQL's server is not installed: apt-get install postgresql"
    return found[-1]


def _parent() -> Path | None:
    """Return the folder for servers.

    It is in memory if there is space, because making and removing a hundred databases then takes a third of
    the time.
    """
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if has_room and os.access(MEMORY, os.W_OK) else None


def _as_owner() -> list[str]:
    if os.geteuid():
        return []
    return ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups", "--"]


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """Start a server in a new folder; stop it and remove the folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ringup-postgresql-", dir=_parent()))
    server = PostgresqlServer(folder)
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = str(folder / "data")
        server.run(
            ["initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        )
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=50"
        log = str(folder / "log")
        server.run(["pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start"])
        try:
            yield server
        finally:
            server.run(["pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One server for all tests of a process."""
    with running_server() as server:
        yield server
