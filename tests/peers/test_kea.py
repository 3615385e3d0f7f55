"""A real Kea that `ringup kea` drives by its control socket serves twenty phones."""

import json
import sys
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from ringup.errors import OutsideError
from ringup.kea.control import KeaControl
from ringup.kea.drive import drive
from ringup.kea.merge import KeaChange
from ringup.site.model import Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from ringup.wire.mac import with_colons
from tests.attack.test_owners import installed
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network

pytestmark = pytest.mark.peers

FILES = IPv4Address("10.77.0.9")
COUNT = 20
PHONES = {f"phone{number}": f"001646C0A1{number:02X}" for number in range(1, COUNT + 1)}
ADDRESSES = {mac: f"10.77.0.{100 + number}" for number, mac in enumerate(PHONES.values())}
OTHER = {"hw-address": "02:00:00:00:00:01", "ip-address": "10.77.0.7", "user-context": {"comment": "the fax"}}


def config(folder: Path) -> dict[str, Any]:
    subnet = {"id": 1, "subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.200 - 10.77.0.220"}]}
    return {
        "interfaces-config": {"interfaces": [INTERFACE], "dhcp-socket-type": "raw"},
        "lease-database": {"type": "memfile", "persist": False},
        "control-socket": {"socket-type": "unix", "socket-name": f"{folder}/socket"},
        "client-classes": [{"name": "others", "test": "substring(option[60].hex,0,4) == 'ACME'"}],
        "subnet4": [{**subnet, "reservations": [OTHER]}],
    }


def database(folder: Path) -> str:
    path = str(folder / "ringup.db")
    engine = open_database(path)
    phones = tuple(Phone(mac=mac, address=IPv4Address(ADDRESSES[mac])) for mac in PHONES.values())
    commit(engine, Site(phones=phones, server_address=FILES), author="test", summary="phones", at=1.0)
    engine.dispose()
    return path


def kea_command(net: PrivateNetwork, *words: str) -> str:
    return net.run("router", [sys.executable, "-m", "ringup", "kea", *words], timeout=60).stdout


def addresses(net: PrivateNetwork) -> dict[str, tuple[str, str, str]]:
    """Let all phones boot; return the address, the TFTP server and its option of each, by MAC."""
    started = {}
    for member, mac in PHONES.items():
        net.run(member, ["ip", "link", "set", INTERFACE, "address", with_colons(mac)])
        words = ["emulate", "--interface", INTERFACE, "--mac", mac, "--json", "--speed", "1000"]
        started[mac] = net.popen(member, [sys.executable, "-m", "ringup", *words])
    found = {}
    for mac, phone in started.items():
        assert phone.stdout is not None
        for line in iter(phone.stdout.readline, b""):
            report = json.loads(line)
            if report["kind"] == "address":
                found[mac] = (report["address"], report["tftp"], report["tftp_source"])
                break
        phone.kill()
    return found


def test_a_kea_that_is_driven_by_its_socket_serves_twenty_phones(tmp_path: Path) -> None:
    (tmp_path / "kea.json").write_text(json.dumps({"Dhcp4": config(tmp_path)}))
    socket, site = f"{tmp_path}/socket", database(tmp_path)
    words = ("--socket", socket, "--database", site)
    with private_network({"router": "10.77.0.1/24", **dict.fromkeys(PHONES, "")}) as net:
        program = installed("kea-dhcp4", tmp_path)
        server = net.popen("router", [*program, "-c", f"{tmp_path}/kea.json"])
        net.wait_for_udp_port("router", 67, of=server)
        before = KeaControl(socket).config()
        applied = kea_command(net, "apply", "--yes", *words)
        assert kea_command(net, "plan", *words) == "Kea has everything that the site needs.\n"
        found = addresses(net)
        driven = KeaControl(socket).config()
        removed = kea_command(net, "remove", "--yes", "--socket", socket)
        after = KeaControl(socket).config()
    assert applied.count("+ reservation of ") == COUNT
    assert f"Kea wrote it to {tmp_path}/kea.json." in applied
    assert found == {mac: (ADDRESSES[mac], str(FILES), "option 150") for mac in PHONES.values()}
    reserved = [each["ip-address"] for each in driven["subnet4"][0]["reservations"]]
    assert len(reserved) == COUNT + 1
    assert OTHER["ip-address"] in reserved
    assert removed.count("- ") == COUNT + 2
    assert after == before
    written = json.loads((tmp_path / "kea.json").read_text())["Dhcp4"]
    assert [each["name"] for each in written["client-classes"]] == ["others"]


def test_kea_refuses_what_it_cannot_use_before_anything_changes(tmp_path: Path) -> None:
    (tmp_path / "kea.json").write_text(json.dumps({"Dhcp4": config(tmp_path)}))
    with private_network({"router": "10.77.0.1/24"}) as net:
        server = net.popen("router", [*installed("kea-dhcp4", tmp_path), "-c", f"{tmp_path}/kea.json"])
        net.wait_for_udp_port("router", 67, of=server)
        kea = KeaControl(f"{tmp_path}/socket")
        before = kea.config()
        wrong = {**before, "client-classes": [{"name": "x", "test": "substring(option[60].hex,"}]}
        with pytest.raises(OutsideError, match="Kea's config-test"):
            drive(kea, lambda config: KeaChange(config, wrong, ("+ x",)), lambda _change: None, write=True)
        after = kea.config()
    assert after == before
