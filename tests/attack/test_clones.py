"""A device takes a phone's MAC, or requests its files from elsewhere: it gets no file, and `status` reports
it.
"""

import json
import sys
from pathlib import Path

import pytest

from ringup.wire.mac import with_colons
from tests.attack.dhcp_talk import TALK
from tests.attack.segment import MAC, SECRET, SERVER, Segment, segment
from tests.end_to_end.demo_runs import run_script
from tests.peers.namespaces import INTERFACE

BESIDE_PBX = Path(__file__).with_name("clone_beside_pbx.py")

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

TAKE_LEASE = (
    TALK
    + """
import subprocess
mac = bytes.fromhex(sys.argv[1])

def ask(kind, options=b""):
    for _ in range(3):
        say(kind, mac, options)
        for answer in heard(2):
            if answer[28:34] == mac and answer[242] in (2, 5):
                return answer[16:20]

address = ask(1)
assert ask(3, b"\\x32\\4" + address + b"\\x36\\4" + socket.inet_aton("10.77.0.1")) == address
text = socket.inet_ntoa(address)
subprocess.run(["ip", "address", "flush", "dev", "eth0"], check=True)
subprocess.run(["ip", "address", "add", text + "/16", "dev", "eth0"], check=True)
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(("eth0", 0x0806))
ours = wire.getsockname()[4]
wire.send(b"\\xff" * 6 + ours + bytes.fromhex("08060001080006040001") + ours + address + bytes(6) + address)
print(text)
"""
)
"""A script that gets a phone's lease with the phone's MAC in the message, but with another MAC in the
frame.
"""


def status(here: Segment, wanted: str) -> dict[str, str]:
    """Return the phone's troubles in `ringup status`, by key, once the wanted one is stored."""
    command = [sys.executable, "-m", "ringup", "status", MAC, "--json"]
    troubles: dict[str, str] = {}
    for _ in range(10):
        told = here.net.run("server", [*command, "--database", str(here.folder / "ringup.db")]).stdout
        troubles = {each["key"]: each["text"] for each in json.loads(told)["troubles"]}
        if wanted in troubles:
            break
    return troubles


@pytest.mark.peers
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


@pytest.mark.peers
def test_a_device_that_takes_a_phone_s_lease_by_dhcp_is_told(tmp_path: Path) -> None:
    """DHCP cannot refuse the lease to this device, and therefore not the file: see
    docs/explanation/security.md.
    """
    with segment(tmp_path) as here:
        assert here.boot() == ""
        clone = here.net.mac("attacker")
        address = here.attack(TAKE_LEASE, MAC).strip()
        troubles = status(here, "address_elsewhere")
        why = here.net.run(
            "server",
            [sys.executable, "-m", "ringup", "why", MAC, "--database", str(here.folder / "ringup.db")],
            check=False,
        ).stdout
    assert troubles["address_elsewhere"].startswith(f"the device {clone} uses its address {address}")
    assert clone in why


HIDE = (
    TALK
    + """
for number in range(3_000):
    say(1, bytes.fromhex(sys.argv[1]))
    time.sleep(0.001)
"""
)


@pytest.mark.peers
def test_forged_discovers_hide_no_clone(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        assert here.boot() == ""
        here.attack(HIDE, MAC)
        stolen = here.attack(FETCH)
        troubles = status(here, "two_addresses")
    assert SECRET not in stolen
    assert "10.77.0.66 and 10.77.1.1 requested its files" in troubles["two_addresses"]


@pytest.mark.end_to_end
def test_a_clone_of_a_phone_that_the_pbx_has_registered_is_told() -> None:
    result = run_script(BESIDE_PBX, "22", "22", "pjsip")
    assert (result["reason"], result["before"]) == ("", []), result
    assert "File not found" in result["stolen"].splitlines()[-1]
    assert "secret" not in result["stolen"]
    assert result["stage"] == "registered"
    assert result["address"] != "10.79.60.66"
    assert result["troubles"]["registered_elsewhere"].startswith(
        f"boots at 10.79.60.66 while it is registered from {result['address']}"
    )
    assert "10.79.60.66" in result["why"]
