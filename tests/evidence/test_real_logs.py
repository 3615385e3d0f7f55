"""Logs that other programs write during the test: each reader is checked against the program itself."""

import gzip
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from ringup.events import AddressLeased, RegistrationRefused, SipSeen
from ringup.evidence.reading import Reading
from ringup.wire.mac import with_colons
from tests.evidence import log_makers
from tests.evidence.log_makers import MAC, NAMES, OWN, PHONE, POOL, SERVER, fetch, lease, until
from tests.evidence.logs import reading
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network

REPOSITORY = Path(__file__).parents[2]
CACHE = Path(os.environ.get("RINGUP_CACHE", REPOSITORY / ".cache"))
Start = Callable[[PrivateNetwork, Path], Path]


def lan() -> dict[str, str]:
    return {"server": f"{SERVER}/24", "phone": f"{PHONE}/24"}


def outcomes(whole: Reading) -> dict[str, list[str]]:
    """Return what happened to each file, in the order of the log."""
    told: dict[str, list[str]] = {}
    for event in whole.events:
        if name := getattr(event, "name", ""):
            assert event.mac == MAC
            told.setdefault(name, []).append(type(event).__name__)
    return told


def is_complete(log: Path, last: str) -> bool:
    """Return whether the log contains the end of the last file's transfer."""
    return last in outcomes(reading(log.read_bytes())).get(IMAGE, [])


def count(log: Path, kind: str) -> int:
    return sum(type(event).__name__ == kind for event in reading(log.read_bytes()).events)


ABSENT, IMAGE = NAMES[1], NAMES[4]
REQUESTED, SENT, NOT_FOUND, FAILED = "FileRequested", "FileSent", "FileNotFound", "TransferFailed"


@pytest.mark.peers
@pytest.mark.parametrize(
    ("start", "requests", "sent", "failed"),
    [
        (log_makers.tftpd_hpa, [REQUESTED], [], []),
        (log_makers.atftpd, [REQUESTED], [SENT], [FAILED]),
        (log_makers.dnsmasq, [], [SENT], [FAILED]),
    ],
)
def test_a_tftp_servers_log_tells_every_request_and_what_the_server_knows(
    start: Start, requests: list[str], sent: list[str], failed: list[str], tmp_path: Path
) -> None:
    with private_network(lan()) as net:
        log = start(net, tmp_path)
        net.wait_for_udp_port("server", 69)
        fetch(net)
        until(lambda: is_complete(log, FAILED if failed else REQUESTED))
    whole = reading(log.read_bytes())
    assert not whole.unread, whole.files[0].examples
    assert outcomes(whole) == {
        ABSENT: [*requests, NOT_FOUND],
        IMAGE: [*requests, *failed],
        **{name: [*requests, *sent] for name in ("OS79XX.TXT", "SIPDefault.cnf", OWN)},
    }


@pytest.mark.peers
@pytest.mark.parametrize(
    "start", [log_makers.dnsmasq, log_makers.dnsmasq_verbose, log_makers.dhcpd, log_makers.kea]
)
def test_a_dhcp_servers_log_tells_leases_and_an_empty_pool(start: Start, tmp_path: Path) -> None:
    with private_network(lan()) as net:
        log = start(net, tmp_path)
        net.wait_for_udp_port("server", 67)
        net.run("phone", ["ip", "address", "flush", "dev", INTERFACE])
        lease(net, "00:16:46:c0:ff:ee", "-x", f"hostname:SEP{MAC}")
        lease(net, "00:16:46:c0:ff:ee")
        lease(net, "00:16:46:c0:ff:01")
        lease(net, "00:16:46:c0:ff:02")
        until(lambda: count(log, "PoolEmpty") >= 2)
    whole = reading(log.read_bytes())
    kinds = Counter((event.mac, type(event).__name__) for event in whole.events)
    assert kinds[MAC, "AddressLeased"] == kinds[MAC, "AddressOffered"] == 2
    assert kinds["001646C0FF01", "AddressLeased"] == 1
    assert kinds["001646C0FF02", "PoolEmpty"] == kinds["001646C0FF02", "DiscoverReceived"] == 2
    assert sum(count for (_, kind), count in kinds.items() if kind == "DiscoverReceived") == 5
    addresses = {event.address for event in whole.events if isinstance(event, AddressLeased)}
    assert addresses == set(POOL)
    assert MAC in whole.phones


@pytest.mark.peers
@pytest.mark.parametrize("form", ["pcapng", "pcap", "gzip", "text"])
def test_a_capture_by_wireshark_tells_the_transfers(form: str, tmp_path: Path) -> None:
    capture = tmp_path / "capture"
    with private_network(lan()) as net:
        log_makers.atftpd(net, tmp_path)
        net.wait_for_udp_port("server", 69)
        net.run("phone", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        command = ["dumpcap", "-q", "-i", INTERFACE, "-w", str(capture), *(["-P"] if form == "pcap" else [])]
        wireshark = net.popen("server", command)
        until(lambda: capture.exists() and capture.stat().st_size > 0)
        fetch(net)
        until(lambda: capture.stat().st_size > 9000 or OWN.encode() in capture.read_bytes())
        until(lambda: IMAGE.encode() in capture.read_bytes())
        wireshark.terminate()
        wireshark.wait()
    data = capture.read_bytes()
    if form == "gzip":
        data = gzip.compress(data)
    if form == "text":
        shown = ["tshark", "-t", "ad", "-r", str(capture)]
        data = subprocess.run(shown, capture_output=True, check=True).stdout
    whole = reading(data)
    told = outcomes(whole)
    assert told[ABSENT] == [REQUESTED, NOT_FOUND]
    assert told[OWN] == [REQUESTED] if form == "text" else [REQUESTED, SENT]
    assert whole.phones == (MAC,)


@pytest.mark.end_to_end
@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "pjsip"), ("16", "chan_sip")])
def test_asterisks_log_tells_each_refusal_the_registration_and_the_messages(
    release: str, driver: str, tmp_path: Path
) -> None:
    folder = CACHE / f"asterisk-{release}"
    sandbox.build(release, folder)
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *user, "--net", sys.executable, "-m", "tests.evidence.real_pbx_log"]
    done = subprocess.run(
        [*command, str(folder), str(tmp_path / "instance"), driver],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    whole = reading(done.stdout)
    assert {event.mac for event in whole.events} == {MAC}
    kinds = Counter(type(event).__name__ for event in whole.events)
    refused = {
        (event.extension, event.reason) for event in whole.events if isinstance(event, RegistrationRefused)
    }
    # chan_sip logs an account that does not exist in the same way as a wrong password.
    unknown = ("777", "unknown account" if driver == "pjsip" else "wrong password")
    assert {unknown, ("201", "wrong password")} <= refused
    assert kinds["LineRegistered"] >= 1
    assert kinds["LineAuthenticated"] >= 1
    messages = [event for event in whole.events if isinstance(event, SipSeen) and event.method == "REGISTER"]
    assert [message.status for message in messages].count(200) == 1
    requests = [message for message in messages if not message.status]
    assert all(request.contact.endswith(":5060") for request in requests)
    assert not any(request.source.endswith(":5060") for request in requests)
