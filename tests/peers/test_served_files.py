"""`ringup serve`, running as nobody, gives every file byte for byte to other projects' TFTP clients."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Line, Pbx, Phone, Ring, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.peers.test_tftp_clients import atftp, busybox, curl, tftp_hpa

pytestmark = pytest.mark.peers

MAC = "001646C0FFEE"
SECONDS = 30
PORT = 10_069 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""A port above 1024, so that this also runs without root; each worker has its own server and port."""

RENDERED = [
    "SIPDefault.cnf",
    f"SIP{MAC}.cnf",
    "XMLDefault.cnf.xml",
    "OS79XX.TXT",
    "dialplan.xml",
    "RINGLIST.DAT",
    "syncinfo.xml",
]
CLIENTS: list[Callable[[int, str, Path], list[str]]] = [tftp_hpa, atftp, curl, busybox]


@contextmanager
def state_folder(name: str, site: Site) -> Iterator[Path]:
    """A state folder to which the user nobody may write; pytest's own folder is closed to other users."""
    path = Path("/var/tmp") / f"ringup-{name}-{os.getpid()}"
    path.mkdir(mode=0o755)
    try:
        write_package(path / "firmware", make_sip_package())
        database = open_database(str(path / "ringup.db"))
        commit(database, site, author="test", summary="one phone", at=time.time())
        database.dispose()
        if os.geteuid() == 0:
            for each in [path, *path.rglob("*")]:
                shutil.chown(each, "nobody")
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Start `ringup serve`, as nobody if root starts it, and wait until it is ready."""
    command = [
        *(
            sys.executable,
            "-m",
            "ringup",
            "serve",
            "--interface",
            "lo",
            "--no-dhcp",
            "--owners",
            "open",
            "--no-pbx",
            *options,
        ),
        *("--database", str(folder / "ringup.db"), "--firmware", str(folder / "firmware")),
        *(["--user", "nobody"] if os.geteuid() == 0 else []),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "is ready" in line:
                break
        assert process.poll() is None, "".join(said)
        try:
            yield process
        finally:
            process.terminate()
            _, rest = process.communicate(timeout=SECONDS)
            assert process.returncode == 0, rest


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    line = Line(extension="201", name="Zoë", secret="a-secret-of-its-own")
    site = Site(
        time_zone="Europe/London",
        pbx=Pbx(address="127.0.0.1"),
        rings=(Ring(name="Old Style", file="ringer1.pcm"),),
        phones=(Phone(mac=MAC, lines=(line,)),),
    )
    with state_folder("peers", site) as path:
        yield path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    with serving(folder, "--tftp-port", str(PORT)) as process:
        yield process


def expected(folder: Path, name: str) -> bytes:
    """Return what `ringup render` prints, or the file in the firmware folder."""
    stored = folder / "firmware" / name
    if stored.exists() and name not in RENDERED:
        return stored.read_bytes()
    command = [sys.executable, "-m", "ringup", "render", MAC, name, "--reveal", "--server", "127.0.0.1"]
    paths = ["--database", str(folder / "ringup.db"), "--firmware", str(folder / "firmware")]
    return subprocess.run([*command, *paths], capture_output=True, check=True).stdout


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_every_file_arrives_byte_exact(
    server: "subprocess.Popen[str]",
    folder: Path,
    tmp_path: Path,
    client: Callable[[int, str, Path], list[str]],
) -> None:
    names = [*RENDERED, *(path.name for path in (folder / "firmware").iterdir() if path.name not in RENDERED)]
    assert len(names) == len(RENDERED) + 4
    for name in names:
        fetched = tmp_path / name
        done = subprocess.run(
            client(PORT, name, fetched), capture_output=True, timeout=SECONDS, check=False, cwd=tmp_path
        )
        assert fetched.read_bytes() == expected(folder, name), (name, done.stdout, done.stderr)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to give up")
def test_the_server_runs_as_nobody_once_its_sockets_are_open(server: "subprocess.Popen[str]") -> None:
    status = Path(f"/proc/{server.pid}/status").read_text()
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    groups = next(line.split()[1:] for line in status.splitlines() if line.startswith("Groups:"))
    assert "0" not in uids
    assert "0" not in groups
