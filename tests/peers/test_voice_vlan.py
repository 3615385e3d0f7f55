"""`ringup serve --voice-vlan` on a cable: a query is answered, and Wireshark's dissector reads the answer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringup.emulator.boot.cdp import CdpClient
from ringup.emulator.flash import Flash
from ringup.site.model import Line, Phone, Site
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until
from tests.peers.test_served_files import state_folder

pytestmark = pytest.mark.peers

MAC = "001646C0FFEE"
CDP_GROUP = "01:00:0c:cc:cc:cc"
"""A network card passes frames to this address only if a socket has joined it."""
SERVE = """
from ringup.engine import voice_vlan
from ringup.cli.main import main
voice_vlan.LISTEN_FIRST = 0.0
main()
"""
"""The command `ringup` with a server that does not listen for a minute first."""

ASK = """
import socket, sys
from tests.engine.test_voice_vlan import query, switch
frames = {"phone": query(), "switch": switch()}
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(4)) as wire:
    wire.bind(("eth0", 4))
    wire.settimeout(float(sys.argv[2]))
    wire.send(frames[sys.argv[1]])
    try:
        while True:
            frame = wire.recv(2048)
            if b"ringup" in frame:
                print(frame.hex())
                break
    except TimeoutError:
        print("nothing")
"""
"""A script that sends the frame of a phone or of a switch, and prints ringup's answer."""


@contextmanager
def serving(net: PrivateNetwork, vlan: int) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Start a server that only answers CDP, as nobody if root starts it; yields it and its database."""
    with state_folder(
        f"vlan-{vlan}",
        Site(phones=(Phone(mac=MAC, lines=(Line(extension="201", secret="a-secret-of-its-own"),)),)),
    ) as folder:
        database = folder / "ringup.db"
        command = [
            *(sys.executable, "-c", SERVE, "serve", "--interface", INTERFACE, "--database", str(database)),
            *("--no-dhcp", "--no-tftp", "--no-http", "--no-pbx", "--owners", "open"),
            *(["--user", "nobody"] if os.geteuid() == 0 else []),
        ]
        server = net.popen("ringup", [*command, "--voice-vlan", f"eth0:{vlan}"])
        read_until(server, " ready")
        yield server, database


def ask(net: PrivateNetwork, kind: str, seconds: float) -> str:
    return net.run("phone", [sys.executable, "-c", ASK, kind, str(seconds)]).stdout.strip()


def dissected(frame: str, folder: Path) -> dict[str, list[str]]:
    """Return the fields that tshark finds in one Ethernet frame, and its warnings."""
    text, capture = folder / "frame.txt", folder / "frame.pcap"
    octets = [frame[at : at + 2] for at in range(0, len(frame), 2)]
    text.write_text("0000 " + " ".join(octets) + "\n")
    subprocess.run(["text2pcap", str(text), str(capture)], check=True, capture_output=True)
    shown = subprocess.run(
        ["tshark", "-r", str(capture), "-T", "json", "--no-duplicate-keys"], check=True, capture_output=True
    )
    flat: dict[str, list[str]] = {}

    def collect(value: object) -> None:
        for key, inner in value.items() if isinstance(value, dict) else ():
            if isinstance(inner, str):
                flat.setdefault(key, []).append(inner)
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, str):
                    flat.setdefault(key, []).append(each)
                collect(each)

    collect(json.loads(shown.stdout)[0]["_source"]["layers"])
    return flat


@pytest.mark.parametrize("vlan", [110, 4095])
def test_a_query_is_answered_and_tshark_reads_the_answer(tmp_path: Path, vlan: int) -> None:
    with private_network(["ringup", "phone"]) as net, serving(net, vlan) as (server, _):
        answer = ask(net, "phone", 20)
        read_until(server, f"gets voice VLAN {vlan} by CDP from ringup on eth0")
        assert CDP_GROUP in net.run("ringup", ["ip", "maddr", "show", "dev", INTERFACE]).stdout
    fields = dissected(answer, tmp_path)
    assert fields["cdp.version"][0] == "2"
    assert fields["cdp.checksum.status"][0] == "1"  # Wireshark's word for a correct one
    assert str(vlan) in fields["cdp.voice_vlan"]
    assert not [name for name in fields if "malformed" in name or "expert" in name]


@pytest.mark.parametrize(
    ("application", "model", "name"),
    [("P0S3-8-12-00", "7960", "SIP"), ("P0S3-8-12-00", "7940", "SIP"), ("P00308010200", "7960", "SEP")],
)
def test_tshark_reads_the_announcements_of_an_emulated_phone(
    tmp_path: Path, application: str, model: str, name: str
) -> None:
    phone = CdpClient(Flash(MAC, model, application=application, loader="P003-8-12-00"))
    phone.start(0.0)
    (frame,) = phone.wake(0.5)
    fields = dissected(frame.hex(), tmp_path)
    assert fields["cdp.checksum.status"][0] == "1"
    assert fields["cdp.deviceid"][0] == name + MAC
    assert fields["cdp.platform"][0] == f"Cisco IP Phone {model}"
    assert not [field for field in fields if "malformed" in field or "expert" in field]


def test_beside_a_switch_a_query_gets_no_answer_and_the_board_says_why() -> None:
    with private_network(["ringup", "phone"]) as net, serving(net, 111) as (server, database):
        assert ask(net, "switch", 0.1) == "nothing"
        seen = read_until(server, "fault (voice-vlan)")
        assert ask(net, "phone", 1) == "nothing"
        command = [sys.executable, "-m", "ringup", "status", "--database", str(database)]
        board = net.run("ringup", command, check=False).stdout
    assert "sw1 (cisco WS-C2950-12, 000DBD000001) also sends CDP on eth0 with voice VLAN 10" in seen
    assert "also sends CDP on eth0" in board


def test_the_dry_run_hears_a_phone_on_the_wire_and_sends_nothing() -> None:
    command = [sys.executable, "-m", "ringup", "probe", "--cdp", INTERFACE, "--seconds", "4"]
    with private_network(["ringup", "phone"]) as net:
        probe = net.popen("ringup", command)
        read_until(probe, "Nothing is sent.")
        assert ask(net, "phone", 1) == "nothing"
        said = read_until(probe, f"would move 1 phone:\n  {MAC}")
    assert f"phone  {MAC}  Cisco IP Phone 7960" in said
