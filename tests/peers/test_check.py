"""A machine without faults gives no findings, and each planted fault gives its finding and no other.

The machine is a host of a private network, with a real Asterisk 22, the site's database and firmware, and an
NTP server on another host. The rule `clock-sync` is left out, because it would judge the clock of the machine
that runs the test.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from ringup.asterisk import sandbox
from ringup.asterisk.control import MODULES
from ringup.asterisk.install import install
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Driver, Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.peers import tftp_servers
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until

pytestmark = pytest.mark.peers

REPOSITORY = Path(__file__).parents[2]
CACHE = Path(os.environ.get("RINGUP_CACHE", REPOSITORY / ".cache"))
SECONDS = 30
"""Timeout in seconds, longer than anything here takes."""

LOAD = "P0S3-8-12-00"
SECRET = "s3cret"
SERVER, ROUTER, ELSEWHERE = "10.77.0.1", "10.77.0.2", "10.78.0.1"

SITE = Site(
    load=LOAD,
    ntp_server=ROUTER,
    subnets=(
        Subnet(
            network=IPv4Network("10.77.0.0/24"),
            first=IPv4Address("10.77.0.100"),
            last=IPv4Address("10.77.0.149"),
        ),
    ),
    phones=(Phone(mac="001646C0FFEE", lines=(Line(extension="201", name="Larry", secret="a-secret"),)),),
    pbx=Pbx(address=SERVER, manager_user="ringup", manager_secret=SECRET),
)

NTP_SERVER = """
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 123))
print("ready", flush=True)
while True:
    request, phone = server.recvfrom(1024)
    server.sendto(bytes([0b00_100_100, 2]) + request[2:48], phone)
"""

Planted = AbstractContextManager[object]
Plant = Callable[["Machine"], Planted]

CONSOLE = """
import asyncio, sys
from ringup.asterisk.control import Manager
from ringup.errors import OutsideError

async def tell():
    for _ in range(200):
        manager = Manager("127.0.0.1", 5038, "admin", sys.argv[1])
        try:
            await manager.connect()
            for command in sys.argv[2:]:
                try:
                    print(await manager.command(command))
                except OutsideError as error:
                    print(error)
            return
        except OutsideError:
            await asyncio.sleep(0.1)
        finally:
            await manager.close()
    raise TimeoutError("Asterisk did not come up")

asyncio.run(tell())
"""


@dataclass
class Machine:
    """The host that is checked, and what is installed on it."""

    net: PrivateNetwork
    folder: Path
    sandbox: Path
    driver: Driver
    asterisk: "subprocess.Popen[bytes] | None" = None
    ntp: "subprocess.Popen[bytes] | None" = None

    @property
    def etc(self) -> Path:
        return self.folder / "pbx" / "etc" / "asterisk"

    @property
    def firmware(self) -> Path:
        return self.folder / "firmware"

    @property
    def database(self) -> Path:
        return self.folder / "site" / "ringup.db"

    def site(self) -> Site:
        pbx = SITE.pbx.model_copy(update={"etc": str(self.etc), "driver": self.driver})
        return SITE.model_copy(update={"pbx": pbx})

    def run(self, *command: str) -> str:
        return self.net.run("ringup", command, timeout=SECONDS).stdout

    def start_asterisk(self) -> None:
        command = self.net.command("ringup", sandbox.start_command(self.sandbox, self.folder / "pbx"))
        with (self.folder / "asterisk.log").open("ab") as log:
            self.asterisk = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.net.started.append(self.asterisk)
        self.console("core waitfullybooted")

    def stop_asterisk(self) -> None:
        if self.asterisk is not None:
            self.asterisk.terminate()
            self.asterisk.wait(SECONDS)

    def console(self, *commands: str) -> str:
        return self.run(sys.executable, "-c", CONSOLE, SECRET, *commands)

    def commit(self, site: Site) -> None:
        """Make this the site, both in the database and in Asterisk."""
        self.record(site)
        install(site, self.etc)
        self.reload()

    def record(self, site: Site) -> None:
        """Make this the site in the database only."""
        engine = open_database(str(self.database))
        commit(engine, site, author="test", summary="for a check", at=time.time())
        engine.dispose()

    def reload(self) -> None:
        self.console(f"module reload {MODULES[self.driver]}", "dialplan reload", "voicemail reload")

    def check(self, *options: str) -> dict[str, Any]:
        """Return the output of `ringup check`, and its exit status."""
        places = ["--database", str(self.database), "--firmware", str(self.firmware)]
        command = [sys.executable, "-m", "ringup", "check", "--json", "--ignore", "clock-sync", *places]
        done = self.net.run("ringup", [*command, *options], timeout=SECONDS, check=False)
        return {"status": done.returncode, **json.loads(done.stdout)}


def found(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the code and the texts of all findings."""
    return [
        (row["code"], " ".join([each["what"], each["cure"], *each["commands"]]))
        for row in report["checks"]
        for each in row["found"]
    ]


@contextmanager
def machine_with(release: str, driver: Driver, folder: Path) -> Iterator[Machine]:
    """Make a machine without faults that runs this Asterisk."""
    sandbox.build(release, CACHE / f"asterisk-{release}")
    with private_network({"ringup": f"{SERVER}/24", "router": f"{ROUTER}/24"}) as net:
        net.run("router", ["ip", "route", "add", "10.78.0.0/24", "dev", INTERFACE])
        here = Machine(net, folder, CACHE / f"asterisk-{release}", driver)
        sandbox.prepare(
            folder / "pbx",
            address=SERVER,
            manager_address="127.0.0.1",
            manager_secret=SECRET,
            driver=driver,
        )
        conf = here.etc / "manager.conf"
        conf.write_text(conf.read_text() + f"[admin]\nsecret = {SECRET}\nread = all\nwrite = all\n")
        write_package(here.firmware, make_sip_package(LOAD))
        here.start_asterisk()
        here.commit(here.site())
        with ntp_server(here) as here.ntp:
            try:
                yield here
            finally:
                here.stop_asterisk()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine_with("22", "pjsip", tmp_path_factory.mktemp("machine")) as here:
        yield here


# --- faults: each exists from the beginning of its block to its end


@contextmanager
def running(
    machine: Machine, member: str, command: list[str], *, udp: int = 0, says: str = ""
) -> Iterator["subprocess.Popen[bytes]"]:
    process = machine.net.popen(member, command)
    try:
        if udp:
            machine.net.wait_for_udp_port(member, udp, seconds=SECONDS)
        if says:
            read_until(process, says, seconds=SECONDS)
        yield process
    finally:
        process.kill()
        process.wait()


def ntp_server(machine: Machine) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    return running(machine, "router", [sys.executable, "-c", NTP_SERVER], says="ready")


def dnsmasq(machine: Machine, member: str) -> Planted:
    command = [
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", f"--interface={INTERFACE}",
        "--dhcp-range=10.77.0.200,10.77.0.220,1h", f"--pid-file={machine.folder}/dnsmasq.pid",
        f"--dhcp-leasefile={machine.folder}/dnsmasq.leases", "--no-ping",
    ]  # fmt: skip
    return running(machine, member, command, udp=67)


def tftpd(machine: Machine) -> Planted:
    return running(machine, "ringup", tftp_servers.tftpd_hpa(machine.folder), udp=69)


def second_ringup(machine: Machine) -> Planted:
    other = machine.folder / "other.db"
    open_database(str(other)).dispose()
    options = ["--interface", INTERFACE, "--no-dhcp", "--no-http", "--no-pbx", "--database", str(other)]
    return running(machine, "ringup", [sys.executable, "-m", "ringup", "serve", *options], udp=69)


def web_server(machine: Machine) -> Planted:
    return running(machine, "ringup", [sys.executable, "-u", "-m", "http.server", "80"], says="Serving")


@contextmanager
def commands(machine: Machine, plant: str, heal: str) -> Iterator[None]:
    """Return commands of a shell that plant and remove a fault."""
    machine.run("sh", "-ec", plant)
    try:
        yield
    finally:
        machine.run("sh", "-ec", heal)


def nft(*rules: str) -> Plant:
    listed = "".join(f"nft '{rule}'\n" for rule in ("add table inet office", *rules))
    return shell(listed, "nft delete table inet office")


def shell(plant: str, heal: str) -> Plant:
    return lambda machine: commands(machine, plant, heal)


@contextmanager
def changed(path: Path, change: Callable[[str], str]) -> Iterator[None]:
    """Change a file's text for a while; with an empty text, the file is removed."""
    before = path.read_bytes()
    after = change(before.decode("latin-1")).encode("latin-1")
    if after:
        path.write_bytes(after)
    else:
        path.unlink()
    try:
        yield
    finally:
        path.write_bytes(before)


def pbx_file(name: str, change: Callable[[str], str]) -> Plant:
    return lambda machine: changed(machine.etc / name, change)


def missing_image(machine: Machine) -> Planted:
    return changed(machine.firmware / f"{LOAD}.sb2", lambda _text: "")


@contextmanager
def silent_ntp(machine: Machine) -> Iterator[None]:
    """Stop the NTP server as by Ctrl-Z; it answers its waiting packets too late."""
    assert machine.ntp is not None
    machine.ntp.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        machine.ntp.send_signal(signal.SIGCONT)


@contextmanager
def another_site(machine: Machine, **changes: Any) -> Iterator[None]:
    machine.commit(machine.site().model_copy(update=changes))
    try:
        yield
    finally:
        machine.commit(machine.site())


def site(**changes: Any) -> Plant:
    return lambda machine: another_site(machine, **changes)


def pbx_record(**changes: Any) -> Plant:
    return lambda machine: another_site(machine, pbx=machine.site().pbx.model_copy(update=changes))


HAND_MADE = """
[201]
type = endpoint
context = public
disallow = all
allow = ulaw
auth = 201
aors = 201
[201]
type = auth
username = 201
password = a-secret
[201]
type = aor
max_contacts = 1
[mine]
type = transport
protocol = udp
bind = 0.0.0.0:5060
"""


@contextmanager
def hand_made_account(machine: Machine) -> Iterator[None]:
    """Write an account as a tutorial for other phones does: with PJSIP's default for force_rport."""
    pbx = machine.site().pbx.model_copy(update={"etc": "", "transport": "mine"})
    machine.record(machine.site().model_copy(update={"pbx": pbx}))
    machine.stop_asterisk()
    with changed(machine.etc / "pjsip.conf", lambda text: text.replace("#tryinclude", ";") + HAND_MADE):
        machine.start_asterisk()
        yield
        machine.stop_asterisk()
    machine.start_asterisk()
    machine.commit(machine.site())


@contextmanager
def asterisk_stopped(machine: Machine) -> Iterator[None]:
    machine.stop_asterisk()
    try:
        yield
    finally:
        machine.start_asterisk()


@contextmanager
def other_modules(machine: Machine, change: Callable[[str], str]) -> Iterator[None]:
    """Start Asterisk with another modules.conf."""
    machine.stop_asterisk()
    with changed(machine.etc / "modules.conf", change):
        machine.start_asterisk()
        yield
        machine.stop_asterisk()
    machine.start_asterisk()


def three_voicemail_modules(text: str) -> str:
    """Return the modules.conf of Debian's Asterisk 22: of three voicemail modules, only the first can
    work.
    """
    return re.sub("noload = (app_voicemail|res_odbc)", "; ", text)


def no_ulaw(text: str) -> str:
    return f"{text}noload = codec_ulaw.so\n"


@contextmanager
def permissions_taken(machine: Machine) -> Iterator[None]:
    def without(text: str) -> str:
        head, section, rest = text.partition("[ringup]")
        return head + section + rest.replace(",config", "", 2).replace(",security", "", 2)

    with changed(machine.etc / "manager.conf", without):
        machine.console("manager reload")
        yield
    machine.console("manager reload")


LONG_SECRET = "0123456789abcdef0123456789abcdef"
FAULTS: dict[str, tuple[str, str, Plant, tuple[str, ...]]] = {
    "dnsmasq has port 67": ("dhcp-port", "dnsmasq (process", lambda m: dnsmasq(m, "ringup"), ()),
    "tftpd-hpa has port 69": ("tftp-port", "in.tftpd (process", tftpd, ()),
    "a second ringup has port 69": ("tftp-port", "Another ringup server (process", second_ringup, ()),
    "a web server has port 80": ("http-ports", "TCP port 80", web_server, ()),
    "another DHCP server": ("other-dhcp", ROUTER, lambda m: dnsmasq(m, "router"), ("--listen",)),
    "nftables drops requests for files": (
        "firewall-tftp",
        "udp dport 69 drop",
        nft(
            "add chain inet office in { type filter hook input priority 0; }",
            "add rule inet office in udp dport 69 drop",
        ),
        (),
    ),
    "nftables drops what files are sent in": (
        "firewall-tftp",
        "drops a file",
        nft(
            "add chain inet office out { type filter hook output priority 0; policy drop; }",
            "add rule inet office out oifname lo accept",
            "add rule inet office out tcp sport { 80, 6970 } accept",
            "add rule inet office out udp sport { 67, 5060 } accept",
            "add rule inet office out udp dport 123 accept",
        ),
        (),
    ),
    "iptables drops DISCOVERs": (
        "firewall-dhcp",
        "iptables -I INPUT",
        shell("iptables -A INPUT -i eth0 -p udp --dport 67 -j DROP", "iptables -F INPUT"),
        (),
    ),
    "iptables drops REGISTERs": (
        "firewall-sip",
        "a REGISTER",
        shell("iptables -A INPUT -p udp -m udp --dport 5060 -j REJECT", "iptables -F INPUT"),
        (),
    ),
    "iptables drops sound": (
        "firewall-rtp",
        "iptables -I INPUT -i eth0 -p udp --dport 10000:20000 -j ACCEPT",
        shell("iptables -A INPUT -p udp -m udp --dport 15000:20000 -j DROP", "iptables -F INPUT"),
        (),
    ),
    "the address of another network": (
        "network",
        "no network for this interface (10.78.0.1)",
        shell(
            f"ip address flush dev {INTERFACE}; ip address add {ELSEWHERE}/24 dev {INTERFACE}\n"
            f"ip route add 10.77.0.0/24 dev {INTERFACE}",
            f"ip address flush dev {INTERFACE}; ip address add {SERVER}/24 dev {INTERFACE}",
        ),
        (),
    ),
    "no address": (
        "interface",
        "has no IPv4 address",
        shell(f"ip address flush dev {INTERFACE}", f"ip address add {SERVER}/24 dev {INTERFACE}"),
        ("--interface", INTERFACE),
    ),
    "no network in the site": ("network", "The site has no network", site(subnets=()), ()),
    "no phone in the site": ("phones", "The site has no phones", site(phones=()), ()),
    "a password of 32 characters": (
        "passwords",
        "has 32 characters",
        site(phones=(Phone(mac="001646C0FFEE", lines=(Line(extension="201", secret=LONG_SECRET),)),)),
        (),
    ),
    "an image is missing": ("firmware", f"{LOAD}.sb2 is missing", missing_image, ()),
    "an NTP server that is silent": ("ntp", f"No NTP server answers at {ROUTER}", silent_ntp, ()),
    "a folder that the service may not use": (
        "rights",
        "nobody",
        shell("true", "true"),
        ("--user", "nobody"),
    ),
    "an include that is missing": (
        "pbx-files",
        "extensions.conf does not include",
        pbx_file("extensions.conf", lambda text: text.replace("#tryinclude", ";tryinclude")),
        (),
    ),
    "a file changed by hand": (
        "pbx-files",
        "was changed by hand",
        pbx_file("ringup.d/ringup_voicemail.conf", lambda text: text + ";\n"),
        (),
    ),
    "Asterisk does not run": ("pbx-manager", "does not answer", asterisk_stopped, ()),
    "a manager with too few permissions": (
        "pbx-permissions",
        "lacks",
        permissions_taken,
        (),
    ),
    "several voicemail modules": (
        "pbx-applications",
        "ringup pbx install",
        lambda m: other_modules(m, three_voicemail_modules),
        (),
    ),
    "a module is not loaded": (
        "pbx-modules",
        "codec_ulaw.so",
        lambda m: other_modules(m, no_ulaw),
        (),
    ),
    "a transport that does not exist": (
        "pbx-transport",
        "no transport mine",
        pbx_record(transport="mine"),
        (),
    ),
    "force_rport": ("pbx-accounts", "has force_rport on", pbx_record(options={"force_rport": "yes"}), ()),
    "an account made by hand": (
        "pbx-accounts",
        "Endpoint 201 has force_rport on",
        hand_made_account,
        (),
    ),
    "rewrite_contact": (
        "pbx-accounts",
        "has rewrite_contact on",
        pbx_record(options={"rewrite_contact": "yes"}),
        (),
    ),
}
"""For each fault: the rule that must find it, a part of the text, how it is planted, and options for the
check.
"""


def test_a_sound_machine_is_silent(machine: Machine) -> None:
    report = machine.check()
    assert found(report) == []
    assert (report["status"], report["ok"]) == (0, True)
    not_looked_at = {row["code"] for row in report["checks"] if row["state"] != "sound"}
    assert not_looked_at <= {"fail2ban"}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_named_and_no_other(machine: Machine, name: str) -> None:
    code, says, plant, options = FAULTS[name]
    with plant(machine):
        report = machine.check(*(options if "--listen" in options else ("--no-listen", *options)))
    faults = found(report)
    assert [told for told, _text in faults] == [code], faults
    assert says in faults[0][1]
    severities = {each["severity"] for row in report["checks"] for each in row["found"]}
    assert report["status"] == (1 if "error" in severities else 0)


def test_chan_sip_is_checked_as_well(tmp_path: Path) -> None:
    with machine_with("16", "chan_sip", tmp_path) as here:
        report = here.check("--no-listen")
        assert found(report) == []
        assert {row["code"] for row in report["checks"] if row["state"] != "sound"} <= {
            "fail2ban",
            "other-dhcp",
        }
        with another_site(
            here, pbx=here.site().pbx.model_copy(update={"options": {"nat": "force_rport,comedia"}})
        ):
            ((code, text),) = found(here.check("--no-listen"))
    assert code == "pbx-accounts"
    assert "Peer 201 has Force rport on" in text


def serve(machine: Machine) -> list[str]:
    """Start the server without DHCP, which would listen for four seconds first, and without writing
    Asterisk's files.
    """
    places = ["--database", str(machine.database), "--firmware", str(machine.firmware)]
    options = ["--interface", INTERFACE, "--no-dhcp", "--no-pbx"]
    return [sys.executable, "-m", "ringup", "serve", *options, *places]


def test_the_server_says_who_has_its_port(machine: Machine) -> None:
    with tftpd(machine):
        refused = machine.net.run("ringup", serve(machine), timeout=SECONDS, check=False)
    assert refused.returncode == 2
    assert "in.tftpd (process" in refused.stdout
    assert "systemctl disable --now tftpd-hpa" in refused.stdout


def test_the_server_is_not_ready_behind_a_firewall_that_drops_requests(machine: Machine) -> None:
    _, _, plant, _ = FAULTS["nftables drops requests for files"]
    with plant(machine), running(machine, "ringup", serve(machine), udp=69) as process:
        said = read_until(process, "nft insert rule", seconds=SECONDS)
    assert "NOT ready: nftables (table inet office, chain in) drops a request" in said
    assert "is ready" not in said


def test_the_machine_with_its_own_server_is_sound(machine: Machine) -> None:
    with running(machine, "ringup", serve(machine), udp=69, says="is ready"):
        report = machine.check("--no-listen")
    assert found(report) == []
    notes = {row["code"]: row["note"] for row in report["checks"]}
    assert notes["tftp-port"] == "this site's ringup server has it"
