"""The storm clients, compiled once, and small servers that misbehave as a test wants."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from benchmarks.rig.programs import client

Peer = tuple[str, int]
Answer = Callable[[bytes, Peer], bytes | None]
"""Returns a server's reply to a datagram, or None."""

SECONDS = 20


class Client:
    """Runs one of the C programs against a server here."""

    def __init__(self, path: str) -> None:
        self._path = path

    def run(self, port: int, *options: str) -> tuple[int, dict[str, Any]]:
        """Return the exit status and the output."""
        command = [self._path, "--server=127.0.0.1", f"--port={port}", *options]
        ended = subprocess.run(command, stdout=subprocess.PIPE, timeout=SECONDS, check=False)
        return ended.returncode, json.loads(ended.stdout)


@pytest.fixture(scope="session")
def storm_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(client("storm_client", tmp_path_factory.mktemp("built")))


@pytest.fixture(scope="session")
def dora_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(client("dora_client", tmp_path_factory.mktemp("built")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the phones expect: two shared files, and one file of each of two phones."""
    (tmp_path / "image").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "short").write_bytes(b"a file of one block")
    for number in range(2):
        (tmp_path / f"SIP00070E00000{number}.cnf").write_bytes(b"own file of phone %d" % number)
    return tmp_path


@contextmanager
def serving(answer: Answer) -> Iterator[int]:
    """Run a server in a thread; the value is its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(opened, answer))
        thread.start()
        try:
            yield opened.getsockname()[1]
        finally:
            opened.sendto(b"", opened.getsockname())
            thread.join()


def _serve(opened: socket.socket, answer: Answer) -> None:
    while True:
        data, peer = opened.recvfrom(2048)
        if not data:
            return
        reply = answer(data, peer)
        if reply is not None:
            opened.sendto(reply, peer)
