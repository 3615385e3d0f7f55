"""`ringup probe` against the real dnsmasq, dhcpd and Kea, each with a fault that it must name."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.render.dhcp_snippets import SNIPPETS
from ringup.site.model import Site
from tests.attack.test_owners import installed
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network
from tests.peers.test_snippets import SERVERS

pytestmark = pytest.mark.peers

ROUTER, OTHER, OURS = "10.77.0.1", "10.77.0.2", "10.77.0.3"
MAC, LOAD = "001646C0FFEE", "P0S3-8-12-00"
XML = f"<Default><loadInformation7>{LOAD}</loadInformation7></Default>"
WITH_FILES = "enable-tftp\ntftp-root={folder}\ndhcp-option=150,10.77.0.1\ndhcp-option-force=66,10.77.0.1\n"


@contextmanager
def network() -> Iterator[PrivateNetwork]:
    with private_network({"router": f"{ROUTER}/24", "other": f"{OTHER}/24", "ours": f"{OURS}/24"}) as net:
        yield net


def start(net: PrivateNetwork, member: str, kind: str, folder: Path, lines: str = "") -> None:
    folder.mkdir(exist_ok=True)
    name, *arguments = SERVERS[kind](folder, lines)
    server = net.popen(member, [*installed(name, folder), *arguments])
    net.wait_for_udp_port(member, 67, of=server)


def probe(net: PrivateNetwork, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ringup", "probe", "--interface", INTERFACE, *words]
    return net.run("ours", command, timeout=120, check=False)


def probed(net: PrivateNetwork, *words: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(probe(net, "--json", "--seconds", "3", *words).stdout)
    return record


def codes(record: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in record["findings"]]


def boot_files(folder: Path) -> None:
    write_package(folder, make_sip_package(LOAD))
    (folder / "XMLDefault.cnf.xml").write_text(XML)
    for name in ("SIPDefault.cnf", f"SIP{MAC}.cnf"):
        (folder / name).write_text("image_version: P0S3-8-12-00\n")


def test_a_server_with_all_files_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    root, capture = tmp_path / "root", tmp_path / "probe.pcap"
    root.mkdir()
    boot_files(root)
    with network() as net:
        start(net, "router", "dnsmasq", tmp_path / "server", WITH_FILES.format(folder=root))
        record = probed(net, "--mac", MAC, "--pcap", str(capture))
        shown = probe(net, "--seconds", "3", "--mac", MAC)
        leases = (tmp_path / "server" / "leases").read_text()
    assert record["sound"], record
    assert codes(record) == []
    (offer,) = record["offers"]
    assert (offer["tftp"], offer["tftp_source"], offer["taken"]) == (ROUTER, "option 150", True)
    images = [each["name"] for each in record["files"] if each["use"] == "load"]
    assert images == [f"{LOAD}.loads", "P003-8-12-00.sbn", f"{LOAD}.sb2"]
    assert shown.returncode == 0
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert leases == "", "the probe took a lease"
    names = ["tshark", "-r", str(capture), "-T", "fields", "-e", "tftp.source_file"]
    captured = subprocess.run(names, capture_output=True, text=True, check=True).stdout.split()
    assert captured[:2] == [f"CTLSEP{MAC}.tlv", f"SEP{MAC}.cnf.xml"]


NAME_IN_66 = {
    "dnsmasq": "dhcp-option-force=66,tftp.example.org\n",
    "isc": 'option tftp-server-name "tftp.example.org";\n',
    "kea": '"option-data": [{"name": "tftp-server-name", "data": "tftp.example.org", "always-send": true}],',
}


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize(
    ("lines", "expected"), [({}, "no-tftp-option"), (NAME_IN_66, "option-66-name")], ids=["none", "name"]
)
def test_a_server_without_a_usable_tftp_server_is_named(
    kind: str, lines: dict[str, str], expected: str, tmp_path: Path
) -> None:
    with network() as net:
        start(net, "router", kind, tmp_path, lines.get(kind, ""))
        record = probed(net)
    assert expected in codes(record)
    assert "tftp-silent" in codes(record)
    assert not record["sound"]


def test_two_servers_that_disagree_are_named(tmp_path: Path) -> None:
    with network() as net:
        start(net, "router", "dnsmasq", tmp_path / "one", "dhcp-option=150,10.77.0.1\n")
        start(net, "other", "isc", tmp_path / "two", "next-server 10.77.0.2;\n")
        record = probed(net)
    assert len(record["offers"]) == 2
    assert "two-servers" in codes(record)


def test_nobody_answers_and_an_unreachable_tftp_server(tmp_path: Path) -> None:
    with network() as net:
        assert codes(probed(net)) == ["no-offer"]
        silent = probed(net, "--tftp", ROUTER)
        assert codes(silent) == ["tftp-silent"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("own file", ["own-file-absent"]),
        ("application", ["load-absent"]),
        ("empty", ["hunt-stops"]),
        ("default", ["no-load"]),
    ],
)
def test_a_folder_with_a_fault_is_named(
    change: str, expected: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    root = tmp_path / "root"
    root.mkdir()
    boot_files(root)
    match change:
        case "own file":
            (root / f"SIP{MAC}.cnf").unlink()
        case "application":
            (root / f"{LOAD}.sb2").unlink()
        case "empty":
            (root / f"SEP{MAC}.cnf.xml").write_text("")
        case _:
            (root / "XMLDefault.cnf.xml").unlink()
    with network() as net:
        start(net, "router", "dnsmasq", tmp_path / "server", WITH_FILES.format(folder=root))
        record = probed(net, "--tftp", ROUTER, "--mac", MAC)
    assert codes(record) == expected


DIFFERENT = {
    "dnsmasq": "dhcp-option-force=150,10.77.0.1\ndhcp-option-force=66,10.77.0.9\n",
    "isc": "option cisco code 150 = array of ip-address;\noption cisco 10.77.0.1;\n"
    'option tftp-server-name "10.77.0.9";\n',
    "kea": '"option-def": [{"name": "cisco", "code": 150, "type": "ipv4-address", "array": true}],'
    '"option-data": [{"name": "tftp-server-name", "data": "10.77.0.9", "always-send": true},'
    '{"name": "cisco", "data": "10.77.0.1", "always-send": true}],',
}


@pytest.mark.parametrize("kind", SERVERS)
def test_two_options_that_differ_are_named(kind: str, tmp_path: Path) -> None:
    with network() as net:
        start(net, "router", kind, tmp_path, DIFFERENT[kind])
        record = probed(net)
    assert "options-differ" in codes(record)


OPTION_66 = r'(66,|tftp-server-name "|tftp-server-name",\s+"data": ")'
FAULTS: dict[str, tuple[Callable[[str], str], set[str]]] = {
    "none": (str, set()),
    "vendor class": (lambda lines: lines.replace("Cisco Systems", "Cisco Systens"), {"no-tftp-option"}),
    "address": (lambda lines: lines.replace(OTHER, "10.77.0.9"), {"tftp-silent"}),
    "one option": (
        lambda lines: re.sub(f"{OPTION_66}{OTHER}", r"\g<1>10.77.0.9", lines),
        {"options-differ"},
    ),
}
"""A slip in the lines of `ringup snippet`, and the codes with which `ringup probe` names it."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", SERVERS)
def test_a_slip_in_the_lines_of_a_snippet_is_named(
    kind: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    change, expected = FAULTS[fault]
    right = SNIPPETS[kind].render(Site(), IPv4Address(OTHER))
    lines = change(right)
    assert (lines != right) is (fault != "none")
    root, files = tmp_path / "root", tmp_path / "files"
    root.mkdir()
    files.mkdir()
    boot_files(root)
    only_tftp = f"port=0\nenable-tftp\ntftp-root={root}\npid-file={files}/pid\ninterface={INTERFACE}\n"
    (files / "dnsmasq.conf").write_text(only_tftp)
    with network() as net:
        start(net, "router", kind, tmp_path / "server", lines)
        server = net.popen("other", ["dnsmasq", "--no-daemon", f"--conf-file={files}/dnsmasq.conf"])
        net.wait_for_udp_port("other", 69, of=server)
        record = probed(net, "--mac", MAC)
    assert expected <= set(codes(record)), record["findings"]
    assert record["sound"] is (not expected & {"tftp-silent", "no-tftp-option"})
