"""Only the addresses of the served interface answer, also routed phones; a new address answers at once."""

import sys
from pathlib import Path

import pytest

from tests.attack.segment import SERVER, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

OTHER, ROUTED, LATER = "192.168.9.1", "192.168.50.5", "10.77.0.5"

ASK = """
import socket, sys, urllib.request
server, source, wanted = sys.argv[1:]

def by_tftp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.settimeout(1)
        client.sendto(b"\\0\\1SIPDefault.cnf\\0octet\\0blksize\\0" + b"8000\\0", (server, 69))
        _, port = client.recvfrom(2000)
        client.sendto(b"\\0\\4\\0\\0", port)
        return client.recv(9000)

def by_http():
    with socket.create_connection((server, 6970), 1, (source, 0)) as client:
        client.sendall(b"GET /SIPDefault.cnf HTTP/1.0\\r\\n\\r\\n")
        return b"".join(iter(lambda: client.recv(9000), b""))

for ask in (by_tftp, by_http):
    for _ in range(20 if wanted else 1):
        try:
            answer = ask()
        except OSError as error:
            answer = repr(error).encode()
        if wanted.encode() in answer:
            break
    print(ask.__name__, wanted.encode() in answer if wanted else b"proxy" in answer)
"""


def answers(here: Segment, server: str, source: str = "10.77.0.66", wanted: str = "") -> list[str]:
    """Return whether TFTP and HTTP answer at this address of the server.

    If the answer must contain a text, up to 20 attempts are made.
    """
    return here.attack(ASK, server, source, wanted).split("\n")[:2]


BOTH, NEITHER = ["by_tftp True", "by_http True"], ["by_tftp False", "by_http False"]


def ip(here: Segment, member: str, *commands: str) -> None:
    for command in commands:
        here.net.run(member, ["ip", *command.split()])


def test_another_networks_address_does_not_answer_and_a_routed_phone_is_served(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        ip(here, "server", "link add other type bridge", f"address add {OTHER}/24 dev other")
        ip(here, "server", "link set other up", "route add 192.168.50.0/24 via 10.77.0.66")
        ip(here, "attacker", f"route add 192.168.9.0/24 via {SERVER}", "link set lo up")
        ip(here, "attacker", f"address add {ROUTED}/32 dev lo")
        assert answers(here, SERVER) == BOTH
        assert answers(here, OTHER) == NEITHER
        assert answers(here, SERVER, ROUTED) == BOTH


CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 6970), 1)
    print("connected")
except OSError as error:
    print(type(error).__name__)
"""


def test_another_networks_address_has_no_open_port_and_not_even_a_refusal(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        ip(here, "server", "link add other type bridge", f"address add {OTHER}/24 dev other")
        ip(here, "server", "link set other up")
        ip(here, "attacker", f"route add 192.168.9.0/24 via {SERVER}")
        assert [here.attack(CONNECT, each).strip() for each in (SERVER, OTHER)] == [
            "connected",
            "TimeoutError",
        ]
        assert here.boot() == ""


def test_another_address_is_told_and_answers(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        ip(here, "server", f"address flush dev {INTERFACE}", f"address add {LATER}/16 dev {INTERFACE}")
        assert answers(here, LATER, wanted=f'sntp_server: "{LATER}"') == BOTH
        log = here.log.read_text()
        board = here.net.run(
            "server",
            [sys.executable, "-m", "ringup", "watch", "--once", "--database", str(here.folder / "ringup.db")],
        ).stdout
        assert (
            f"{INTERFACE} has the address {LATER} instead of {SERVER}; NOT ready: Phones are sent to" in log
        )
        assert here.boot() == ""
    gone = f"Phones are sent to {SERVER}, which the interface no longer has."
    assert f"error: site pbx.address: {gone} Set another: ringup site set pbx.address={LATER}" in log
    assert gone in " ".join(board.replace("│", " ").split())
