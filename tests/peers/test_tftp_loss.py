"""Phones on a bad cable: whatever is lost, repeated or late, every transfer ends with the right bytes."""

import json
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
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
"""Timeout in seconds until all phones have their file; they take a third of it."""


@dataclass
class Cable:
    server_side: PrivateNetwork
    phone_side: PrivateNetwork
    ends: dict[str, "subprocess.Popen[bytes]"]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return by sender how many datagrams entered the cable, were lost in it, and came out twice."""
        for end in self.ends.values():
            end.send_signal(signal.SIGTERM)
        return {name: json.loads(end.communicate(timeout=10)[0]) for name, end in self.ends.items()}


@contextmanager
def bad_cable(loss: float, copies: float) -> Iterator[Cable]:
    """A server in one private network, phones in another one, and between them a cable that loses and repeats
    datagrams.
    """
    with (
        TemporaryDirectory(
            prefix="cable"
        ) as folder,  # the path is short, because a socket's path may have at most 108 bytes
        private_network({"server": "10.77.0.1/24", "cable": ""}) as server_side,
        private_network({"phones": "10.77.0.2/24", "cable": ""}) as phone_side,
    ):
        sides = {"server": server_side, "phones": phone_side}
        ends = {}
        for (name, side), other in zip(sides.items(), ("phones", "server"), strict=True):
            files = [f"{folder}/{end}" for end in (name, other)]
            words = [*files, f"7960 {name}", str(loss), str(copies)]
            ends[name] = side.popen("cable", [sys.executable, "-m", "tests.peers.bad_cable", *words])
        for end in ends.values():
            read_until(end, "ready\n")
        yield Cable(server_side, phone_side, ends)


CABLES = {
    "1 % lost": (0.01, 0.0, 4.0),
    "5 % lost": (0.05, 0.0, 0.3),
    "1 % lost, 10 % doubled and late": (0.01, 0.1, 4.0),
}
"""For each cable, the shares that are lost and repeated, and the seconds after which a phone retransmits."""


def test_twenty_phones_get_every_byte_at_each_bad_cable(tmp_path: Path) -> None:
    """All cables are tested at once, because a lost datagram only makes the test wait."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / NAME).write_bytes(content(NAME, SIZE))
    with ThreadPoolExecutor(len(CABLES)) as pool:
        wrong = list(pool.map(what_went_wrong, CABLES, [tmp_path] * len(CABLES)))
    assert wrong == [[]] * len(CABLES)


def what_went_wrong(name: str, folder: Path) -> list[str]:
    loss, copies, wait = CABLES[name]
    own = folder / name
    own.mkdir()
    with bad_cable(loss, copies) as cable:
        start(cable.server_side, "server", ringup(folder / "files"), own / "log")
        words = ["many_phones", "10.77.0.1", str(wait), NAME, str(PHONES)]
        command = [sys.executable, "-m", "tests.peers.tftp_crowd", *words]
        found: dict[str, Any] = json.loads(cable.phone_side.run("phones", command, timeout=SECONDS).stdout)
        counts = cable.counts()
    lost, sent = counts["server"]["lost"] + counts["phones"]["lost"], counts["server"]["sent"]
    # The necessary datagrams, those lost in either direction, and none that grow with the number of copies.
    most = BLOCKS * PHONES + 2 * lost + PHONES
    facts = {
        f"{found['refused']}": found["refused"] == [],
        "other bytes": found["contents"] == [sha256(content(NAME, SIZE)).hexdigest()] * PHONES,
        "the cable lost nothing": lost > 0,
        f"{sent} datagrams, more than {most}": BLOCKS * PHONES <= sent <= most,
    }
    return [f"{name}: {fault}" for fault, right in facts.items() if not right]
