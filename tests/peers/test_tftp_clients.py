"""Other projects' TFTP clients fetch files from ringup: tftp-hpa, atftp, curl, busybox."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.peers

SIZES = {
    "one-byte": 1,
    "SIPDefault.cnf": 1_234,
    "just-under": 511,
    "multiple": 512 * 9,
    "P003-8-12-00.sbn": 130_956,
    "P0S3-8-12-00.sb2": 756_524,
}
"""The real sizes of the files in the 8.12 package, and sizes around a block."""

SECONDS = 60
"""Timeout in seconds; a client that hangs fails its test."""


def content(name: str, size: int) -> bytes:
    """Return bytes in which a shifted or repeated block would be noticed."""
    return hashlib.shake_256(name.encode()).digest(size)


@dataclass
class Server:
    port: int
    process: "subprocess.Popen[str]"

    def next_event(self, kind: str, name: str) -> dict[str, Any]:
        """Return the next event of this kind about this file; earlier events are skipped."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event: dict[str, Any] = json.loads(line)
            if (event["kind"], event.get("name")) == (kind, name):
                return event
        raise AssertionError(f"the server ended without {kind} of {name}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served")
    for name, size in SIZES.items():
        (path / name).write_bytes(content(name, size))
    return path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.peers.tftp_server", "127.0.0.1", "0", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Server(int(process.stdout.readline()), process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(SECONDS)


def tftp_hpa(port: int, name: str, to: Path) -> list[str]:
    return ["tftp", "-m", "binary", "127.0.0.1", str(port), "-c", "get", name, str(to)]


def atftp(port: int, name: str, to: Path) -> list[str]:
    return ["atftp", "--get", "--remote-file", name, "--local-file", str(to), "127.0.0.1", str(port)]


def curl(port: int, name: str, to: Path) -> list[str]:
    return ["curl", "--silent", "--show-error", "--output", str(to), f"tftp://127.0.0.1:{port}/{name}"]


def curl_without_options(port: int, name: str, to: Path) -> list[str]:
    return [*curl(port, name, to), "--tftp-no-options"]


def busybox(port: int, name: str, to: Path) -> list[str]:
    return ["busybox", "tftp", "-g", "-r", name, "-l", str(to), "127.0.0.1", str(port)]


def busybox_large_blocks(port: int, name: str, to: Path) -> list[str]:
    return ["busybox", "tftp", "-b", "1468", *busybox(port, name, to)[2:]]


def atftp_with_options(port: int, name: str, to: Path) -> list[str]:
    options = [
        "--option",
        "blksize 1024",
        "--option",
        "tsize",
        "--option",
        "timeout 3",
        "--option",
        "windowsize 8",
    ]
    return [*atftp(port, name, to)[:1], *options, *atftp(port, name, to)[1:]]


def curl_large_blocks(port: int, name: str, to: Path) -> list[str]:
    return [*curl(port, name, to), "--tftp-blksize", "8192"]


Client = Callable[[int, str, Path], list[str]]
CLIENTS: list[Client] = [
    tftp_hpa,
    atftp,
    atftp_with_options,
    curl,
    curl_without_options,
    curl_large_blocks,
    busybox,
    busybox_large_blocks,
]


def run(client: Client, port: int, name: str, to: Path) -> "subprocess.CompletedProcess[str]":
    command = client(port, name, to)
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_gets_every_byte(client: Client, name: str, server: Server, tmp_path: Path) -> None:
    result = run(client, server.port, name, tmp_path / "got")
    assert result.returncode == 0, result
    assert (tmp_path / "got").read_bytes() == content(name, SIZES[name])
    sent = server.next_event("FileSent", name)
    assert (sent["size"], sent["resent"]) == (SIZES[name], 0)


@pytest.mark.parametrize("client", CLIENTS)
def test_an_absent_file_is_not_found_at_once(client: Client, server: Server, tmp_path: Path) -> None:
    result = run(client, server.port, "CTLSEP001646C0FFEE.tlv", tmp_path / "got")
    said = (result.stdout + result.stderr).lower()
    assert "not found" in said or result.returncode == 68  # curl's exit status for it
    assert "/" not in said.replace("://", "")
    assert server.next_event("FileNotFound", "CTLSEP001646C0FFEE.tlv")


def test_a_write_is_refused(server: Server, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "mine").write_bytes(b"x")
    result = run(
        lambda port, name, to: ["busybox", "tftp", "-p", "-l", str(to), "-r", name, "127.0.0.1", str(port)],
        server.port,
        "mine",
        tmp_path / "mine",
    )
    assert result.returncode != 0
    assert "read only" in result.stderr
    assert server.next_event("FileRefused", "mine")
    assert not (folder / "mine").exists()


def test_netascii_is_what_tftp_hpa_reads_as_text(server: Server, folder: Path, tmp_path: Path) -> None:
    (folder / "text").write_bytes(b"one\ntwo\n")
    result = run(
        lambda port, name, to: ["tftp", "-m", "ascii", "127.0.0.1", str(port), "-c", "get", name, str(to)],
        server.port,
        "text",
        tmp_path / "got",
    )
    assert result.returncode == 0, result
    assert (tmp_path / "got").read_bytes() == b"one\ntwo\n"
