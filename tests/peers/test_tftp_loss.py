"""Phones at a bad cable: whatever is lost, doubled or late, every transfer ends with the right bytes."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.peers.namespaces import PrivateNetwork, private_network, read_until
from tests.peers.tftp_cases import content
from tests.peers.tftp_servers import ringup, start

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.peers

NAME, SIZE = "P003-8-12-00.sbn", 130_956
BLOCKS = SIZE // 512 + 1
PHONES = 20
SECONDS = 60
"""Until all phones have their file; they take a third of it."""


@dataclass
class Cable:
    server_side: PrivateNetwork
    phone_side: PrivateNetwork
    ends: dict[str, "subprocess.Popen[bytes]"]

    def counts(self) -> dict[str, dict[str, int]]:
        """By sender: how many datagrams went into the cable, were lost in it, came out twice."""
        for end in self.ends.values():
            end.send_signal(signal.SIGTERM)
        return {name: json.loads(end.communicate(timeout=10)[0]) for name, end in self.ends.items()}


@contextmanager
def bad_cable(folder: Path, loss: float, copies: float) -> Iterator[Cable]:
    """A server in one private network, phones in another, and between them a cable that loses and doubles."""
    with (
        private_network({"server": "10.77.0.1/24", "cable": ""}) as server_side,
        private_network({"phones": "10.77.0.2/24", "cable": ""}) as phone_side,
    ):
        sides = {"server": server_side, "phones": phone_side}
        ends = {}
        for (name, side), other in zip(sides.items(), ("phones", "server"), strict=True):
            files = [str(folder / f"{end}.end") for end in (name, other)]
            words = [*files, f"7960 {name}", str(loss), str(copies)]
            ends[name] = side.popen("cable", [sys.executable, "-m", "tests.peers.bad_cable", *words])
        for end in ends.values():
            read_until(end, "ready\n")
        yield Cable(server_side, phone_side, ends)


@pytest.mark.parametrize(
    ("loss", "copies", "wait"),
    [(0.01, 0.0, 4.0), (0.05, 0.0, 0.3), (0.01, 0.1, 4.0)],
    ids=["1 % lost", "5 % lost", "1 % lost, 10 % doubled and late"],
)
def test_twenty_phones_get_every_byte(loss: float, copies: float, wait: float, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / NAME).write_bytes(content(NAME, SIZE))
    with bad_cable(tmp_path, loss, copies) as cable:
        start(cable.server_side, "server", ringup(files), tmp_path / "log")
        words = ["many_phones", "10.77.0.1", str(wait), NAME, str(PHONES)]
        command = [sys.executable, "-m", "tests.peers.tftp_crowd", *words]
        printed = cable.phone_side.run("phones", command, timeout=SECONDS).stdout
        counts = cable.counts()
    found: dict[str, Any] = json.loads(printed)
    assert found["refused"] == []
    assert found["contents"] == [sha256(content(NAME, SIZE)).hexdigest()] * PHONES

    # What is sent is what is needed, what was lost on either way, and nothing that grows from copies.
    lost = counts["server"]["lost"] + counts["phones"]["lost"]
    assert lost > 0
    assert BLOCKS * PHONES <= counts["server"]["sent"] <= BLOCKS * PHONES + 2 * lost + PHONES
