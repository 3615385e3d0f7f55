"""Facts about the machine, from the system and from its programs."""

import os
import socket
import threading
from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path

import psutil
import pytest

from ringup.check.facts import Ban, DiskSpace, ServiceUser
from ringup.check.probes import bans, firewall, machine, ports, programs, sntp
from ringup.check.probes.quick import Places, quick
from ringup.rule import Unknown
from ringup.site.model import Pbx, Site


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only one in PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(programs, "_MORE_PATH", ())
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_interfaces_leave_the_loopback_out() -> None:
    assert "lo" not in [each.name for each in machine.interfaces()]


def test_the_interfaces_are_found_where_proc_net_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = machine.interfaces()
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path), raising=False)
    assert machine.interfaces() == seen


def test_an_interface_that_disappears_meanwhile_counts_as_running() -> None:
    assert machine._is_running("nonesuch0")


def test_the_clock_s_year() -> None:
    assert machine.clock().year == datetime.now().astimezone().year


def test_the_disk_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    found = machine.disk(tmp_path / "a" / "b")
    assert isinstance(found, DiskSpace)
    assert found.folder == str(tmp_path)
    assert found.free > 0


def test_users_by_name_and_by_who_runs_this() -> None:
    root = machine.service_user("root")
    assert isinstance(root, ServiceUser)
    assert (root.uid, 0 in root.groups) == (0, True)
    own = machine.service_user("")
    assert isinstance(own, ServiceUser)
    assert own.uid == os.geteuid()
    assert machine.service_user("no-such-user") == Unknown("there is no user no-such-user")


def test_a_right_lists_the_way_from_the_root(tmp_path: Path) -> None:
    file = tmp_path / "closed" / "file"
    file.parent.mkdir(mode=0o710)
    file.write_text("")
    file.chmod(0o604)
    right = machine.right("a file", file, needs_writing=True)
    *_, above, last = right.places
    assert (right.places[0].path, above.path, above.mode, above.is_folder) == (
        "/",
        str(file.parent),
        0o710,
        True,
    )
    assert (last.path, last.mode, last.is_folder, last.uid) == (str(file), 0o604, False, os.geteuid())


def test_the_way_ends_where_there_is_nothing(tmp_path: Path) -> None:
    right = machine.right("a file", tmp_path / "none" / "file", needs_writing=True)
    assert right.places[-1].path == str(tmp_path)


def test_the_places_that_a_server_uses(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "etc" / "ringup.d").mkdir(parents=True)
    (tmp_path / "fw").mkdir()
    database = tmp_path / "ringup.db"
    database.write_text("")
    site = Site(pbx=Pbx(etc=str(tmp_path / "etc")))
    facts = quick(site, Places(database, tmp_path / "fw"), "", dhcp=True)
    assert not isinstance(facts.rights, Unknown)
    assert [(right.path, right.needs_writing) for right in facts.rights] == [
        (str(tmp_path), True),
        (str(database), True),
        (str(tmp_path / "fw"), False),
        (str(tmp_path / "etc" / "ringup.d"), True),
    ]


# --- programs


def test_a_program_that_is_not_installed(tools: Path) -> None:
    assert programs.output_of("nft") == Unknown("nft is not installed")
    assert programs.output_of("nft", silent_without=True) == ""
    assert isinstance(ports.listeners(None), Unknown)
    assert isinstance(bans.bans(), Unknown)
    assert firewall.rulesets() == ()


def test_a_program_that_fails_tells_why_in_one_line(tools: Path) -> None:
    tool(tools, "nft", "echo 'Operation not permitted' >&2; echo more >&2; exit 1")
    assert programs.output_of("nft") == Unknown("nft: Operation not permitted")
    assert firewall.rulesets() == Unknown("nft: Operation not permitted")
    tool(tools, "nft", "exit 3")
    assert programs.output_of("nft") == Unknown("nft: status 3")


def test_rules_of_both_firewalls(tools: Path) -> None:
    chain = '{"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input"}}'
    tool(tools, "nft", f"""echo '{{"nftables": [{chain}]}}'""")
    tool(tools, "iptables", "echo '-P INPUT DROP'")
    found = firewall.rulesets()
    assert not isinstance(found, Unknown)
    assert [table.owner for table in found] == ["nftables", "iptables"]


@pytest.mark.parametrize(
    "text", ["nonsense", '{"nftables": [{"chain": {"family": "ip"}}]}', '{"nftables": [1]}']
)
def test_rules_that_cannot_be_read_are_unknown(tools: Path, text: str) -> None:
    tool(tools, "nft", f"echo '{text}'")
    assert isinstance(firewall.rulesets(), Unknown)


def test_bans_of_every_jail(tools: Path) -> None:
    tool(
        tools,
        "fail2ban-client",
        """case "$2" in
'') echo '`- Jail list:	asterisk, sshd' ;;
asterisk) echo '   `- Banned IP list:	192.0.2.101' ;;
*) echo '   `- Banned IP list:	' ;;
esac""",
    )
    assert bans.bans() == (Ban("asterisk", IPv4Address("192.0.2.101")),)


def test_a_jail_that_cannot_be_asked_makes_the_bans_unknown(tools: Path) -> None:
    tool(tools, "fail2ban-client", """[ -z "$2" ] || exit 1; echo '`- Jail list:	asterisk'""")
    assert isinstance(bans.bans(), Unknown)


# --- NTP


def answered(reply: bytes) -> int | None:
    """Return the stratum that is read from this reply of a server on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            request, phone = server.recvfrom(1024)
            assert (len(request), request[0] & 7) == (48, 3)
            server.sendto(b"noise", phone)
            server.sendto(reply, phone)

        answering = threading.Thread(target=serve)
        answering.start()
        said = sntp.ask("127.0.0.1", server.getsockname()[1])
        answering.join()
    assert said.server == "127.0.0.1"
    return said.stratum


def test_an_ntp_server_that_answers() -> None:
    assert answered(bytes([0b00_100_100, 3]) + bytes(46)) == 3


def test_an_ntp_server_that_does_not_listen() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert sntp.ask("127.0.0.1", port).stratum is None
