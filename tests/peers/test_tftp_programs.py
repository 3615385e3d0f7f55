"""Nine other projects' TFTP clients fetch from ringup what they can: the table of interoperability."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.peers.tftp_cases import content
from tests.peers.tftp_listener import Listener
from tests.peers.tftp_programs import CASES, CLIENTS, NO, NOT_OFFERED, YES, Client, Wish

pytestmark = pytest.mark.peers

SECONDS = 60
"""Timeout in seconds; a client that hangs fails its test."""

FILES = {
    "loader.sbn": content("loader.sbn", 130_956),
    "nine.bin": content("nine.bin", 9 * 512),
    "empty.bin": b"",
    "text.txt": b"one\ntwo\n",
    "wraps-512.bin": content("wraps-512.bin", 512 * 65_540 + 7),
    "wraps-8.bin": content("wraps-8.bin", 8 * 65_540 + 3),
}

WISHES: dict[str, tuple[str, str, dict[str, int]]] = {
    "octet": ("loader.sbn", "octet", {}),
    "netascii": ("text.txt", "netascii", {}),
    "whole blocks": ("nine.bin", "octet", {}),
    "empty": ("empty.bin", "octet", {}),
    "absent": ("CTLSEP001646C0FFEE.tlv", "octet", {}),
    "blksize": ("loader.sbn", "octet", {"blksize": 1024}),
    "tsize": ("loader.sbn", "octet", {"tsize": 0}),
    "timeout": ("loader.sbn", "octet", {"timeout": 3}),
    "windowsize": ("loader.sbn", "octet", {"windowsize": 4}),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("served")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, "-m", "tests.peers.tftp_server", "127.0.0.1", "0", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline())
        process.stdin.close()
        process.stdout.read()  # the events, which are fewer than a pipe can hold
        assert process.wait(SECONDS) == 0


def wish_for(client: Client, case: str) -> tuple[str, str, dict[str, int]]:
    if case == "wrap":
        small = client.smallest_block == 8
        return ("wraps-8.bin", "octet", {"blksize": 8}) if small else ("wraps-512.bin", "octet", {})
    return WISHES[case]


def outcome(client: Client, case: str, port: int, to: Path) -> str:
    """Return the result in the words of the table."""
    name, mode, options = wish_for(client, case)
    if client.expected(case) == NOT_OFFERED:
        return NOT_OFFERED
    listening = Listener(port) if case in ("blksize", "tsize", "timeout", "windowsize") else None
    with listening or nullcontext():
        command = client.command(Wish(listening.port if listening else port, name, to, mode, options))
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = (done.stdout + done.stderr).lower()
    if case == "absent":
        # 68 is curl's exit status for it; curl prints no text.
        told = "not found" in said or done.returncode == 68
        return YES if told and "/" not in said.replace("://", "") else said
    got = to.read_bytes() if to.exists() else None
    if got == FILES[name]:
        return YES if listening is None or case in listening.agreed else "not agreed"
    return "as it travels" if got == FILES[name].replace(b"\n", b"\r\n") else NO


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_of_others_gets_what_the_table_says(client: Client, port: int, tmp_path: Path) -> None:
    if shutil.which(client.program) is None:
        pytest.skip(f"{client.program} is not installed")
    found = {case: outcome(client, case, port, tmp_path / case.replace(" ", "-")) for case in CASES}
    assert found == {case: client.expected(case) for case in CASES}
