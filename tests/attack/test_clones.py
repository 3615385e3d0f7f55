"""A device takes a phone's MAC, or asks for its files elsewhere: no file leaves, and `status` tells why."""

import json
import sys
from pathlib import Path

import pytest

from ringup.wire.mac import with_colons
from tests.attack.segment import MAC, SECRET, SERVER, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

FETCH = f"""
import socket, urllib.error, urllib.request
for name in ("SIP{MAC}.cnf", "SEP{MAC}.cnf.xml"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", ("{SERVER}", 69))
        print(client.recv(2000))
    try:
        print(urllib.request.urlopen("http://{SERVER}:6970/" + name, timeout=5).read())
    except urllib.error.HTTPError as error:
        print(error.code, error.read())
"""


def status(here: Segment, wanted: str) -> dict[str, str]:
    """What `ringup status` says of the phone's troubles, by key, once the server stored the wanted one."""
    command = [sys.executable, "-m", "ringup", "status", MAC, "--json"]
    troubles: dict[str, str] = {}
    for _ in range(10):
        told = here.net.run("server", [*command, "--database", str(here.folder / "ringup.db")]).stdout
        troubles = {each["key"]: each["text"] for each in json.loads(told)["troubles"]}
        if wanted in troubles:
            break
    return troubles


def test_a_clone_at_another_address_gets_no_file_and_is_told(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        assert here.boot() == ""
        here.net.run("attacker", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        stolen = here.attack(FETCH)
        troubles = status(here, "two_addresses")
    assert SECRET not in stolen
    assert "10.77.0.66 and 10.77.1.1 requested its files" in troubles["two_addresses"]
    assert "switch's MAC table" in troubles["two_addresses"]
    assert "10.77.0.66 has no lease from this server" in troubles["file_refused"]
