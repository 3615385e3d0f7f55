"""The same scripts of datagrams for ringup, tftpd-hpa, dnsmasq and atftpd: every difference is a listed
one.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.namespaces import PrivateNetwork, private_network
from tests.peers.tftp_cases import CASES, FILES
from tests.peers.tftp_deviations import DEVIATIONS, NOT_COMPARED
from tests.peers.tftp_servers import PEERS, SERVERS, Server, start

pytestmark = [pytest.mark.peers, pytest.mark.timed]
"""Servers repeat blocks by the clock: on a busy machine, one came that is not in the table."""

SECONDS = 60
"""Timeout in seconds; all scripts run at the same time and take ten."""

Said = dict[str, dict[str, str]]
"""The words of the replies, by server and case."""


@contextmanager
def lan(servers: list[Server], folder: Path) -> Iterator[PrivateNetwork]:
    """A phone, and the servers with a folder each, because atftpd writes into its folder."""
    with private_network(["phone", *(server.__name__ for server in servers)]) as net:
        for server in servers:
            files = folder / server.__name__
            (files / "sub").mkdir(parents=True)
            (files / "sub" / "inner.bin").write_bytes(b"inner")
            for name, data in FILES.items():
                (files / name).write_bytes(data)
            start(net, server.__name__, server(files), folder / f"{server.__name__}.log")
        yield net


def ask(net: PrivateNetwork, servers: list[Server], *cases: str) -> Said:
    """Run the scripts with all servers at once, because a script mostly waits."""
    command = [sys.executable, "-m", "tests.peers.tftp_cases"]
    running = {
        server.__name__: net.popen("phone", [*command, net.addresses[server.__name__], *cases])
        for server in servers
    }
    said: Said = {}
    for name, process in running.items():
        printed = process.communicate(timeout=SECONDS)[0].decode()
        assert process.returncode == 0, f"{name}: {printed}"
        said[name] = json.loads(printed)
    return said


def expected(server: str, case: str) -> str | None:
    """Return what the table lists for a server; None if the case is not listed, so that all must agree."""
    deviation = DEVIATIONS.get(case)
    if deviation is None:
        return None
    return deviation.ringup if server == "ringup" else deviation.others.get(server, deviation.ringup)


def test_every_answer_is_that_of_the_others_or_a_listed_deviation(tmp_path: Path) -> None:
    with lan(SERVERS, tmp_path) as net:
        said = ask(net, SERVERS)
    wrong = [
        f"{case}: {server} says {words!r}, expected {wanted!r}"
        for server, answers in said.items()
        for case, words in answers.items()
        if case not in NOT_COMPARED.get(server, {})
        and words != (wanted := expected(server, case) or said["ringup"][case])
    ]
    assert wrong == []


def test_every_row_of_the_table_is_a_difference_in_a_case_that_is_run() -> None:
    peers = {server.__name__ for server in PEERS}
    for case, deviation in DEVIATIONS.items():
        assert case in CASES
        assert deviation.others, case
        assert set(deviation.others) <= peers, case
        assert deviation.ringup not in deviation.others.values(), case
        for server in deviation.others:
            assert case not in NOT_COMPARED.get(server, {}), case
