"""The Debian package on a new machine, from an upgrade of the first version to the purge.

It is one test, because each step needs the one before it, and the package takes a minute to build.
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.packages.machine import Machine, built_package, new_machine
from tests.peers.namespaces import read_until

HERE = Path(__file__).parent
MAC = "001646C0FFEE"
DATABASE = "/var/lib/ringup/ringup.db"
CONFIG = "/etc/ringup/ringup.toml"
KEY = "/etc/ringup/ringup.key"
UNIT = "/usr/lib/systemd/system/ringup.service"
RELEASES = os.environ.get("RINGUP_PACKAGE_RELEASES", "bookworm").split()
"""The releases to test; before a release, RINGUP_PACKAGE_RELEASES="bookworm trixie sid" tests all, in some
minutes each.
"""

MOST_EXPOSED = 3.0
"""Maximum exposure on the scale of 10 that `systemd-analyze security` uses."""

OPERATORS = {
    "pjsip.conf": '[global]\ntype=global\n#include "ringup_pjsip.conf"\n',
    "extensions.conf": '[general]\nstatic=yes\n#include "ringup_extensions.conf"\n',
    "voicemail.conf": '[general]\nformat=wav\n#include "ringup_voicemail.conf"\n',
}
"""Asterisk's files as the first version left them."""


@pytest.mark.peers
@pytest.mark.parametrize("release", RELEASES)
def test_a_package_lives_from_the_upgrade_to_the_purge(release: str, tmp_path: Path) -> None:
    package = built_package(release, tmp_path)
    with new_machine(release, tmp_path) as machine:
        give_an_asterisk(machine)
        give_the_site_of_the_first_version(machine)
        install(machine, package)
        the_programs_are_there(machine)
        nothing_of_the_site_is_lost(machine)
        the_site_is_for_root_and_the_group(machine)
        asterisks_files_are_changed_over(machine)
        the_unit_is_sound(machine)
        the_server_runs_as_the_units_user(machine)
        settings_outlive_an_upgrade(machine, package)
        removal_leaves_the_site_and_a_sound_asterisk(machine)
        a_purge_leaves_nothing(machine)


def give_an_asterisk(machine: Machine) -> None:
    """Make Asterisk's user and folder, as Debian's package does."""
    machine.run("useradd", "--system", "--user-group", "asterisk")
    folder = machine.path("/etc/asterisk")
    folder.mkdir(mode=0o755)
    for name, text in OPERATORS.items():
        (folder / name).write_text(text)
        (folder / f"ringup_{name}").write_text("; ours\n")
    machine.run("sh", "-c", "chown -R asterisk:asterisk /etc/asterisk; chmod 640 /etc/asterisk/*")


def give_the_site_of_the_first_version(machine: Machine) -> None:
    """Write a site that version 0.1.0 (commit 3b045a9) made as root."""
    path = machine.path(DATABASE)
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((HERE / "ringup-0.1.0.sql").read_text())
    path.chmod(0o600)


def install(machine: Machine, package: Path) -> None:
    shutil.copy(package, machine.path("/tmp"))
    apt = ("apt-get", "-q", "-y", "--no-install-recommends", "install")
    machine.run("apt-get", "-q", "update")
    machine.run(*apt, f"/tmp/{package.name}", "systemd", "libcap2-bin", "procps")


def the_programs_are_there(machine: Machine) -> None:
    assert machine.run("ringup", "--version").startswith("ringup, version ")
    assert "TFTP" in machine.run("sh", "-c", "zcat /usr/share/man/man1/ringup-serve.1.gz")
    completion = "/usr/share/bash-completion/completions/ringup"
    assert "ringup" in machine.run("bash", "-c", f"source {completion} && complete -p ringup")
    assert machine.path("/usr/lib/ringup/lib").is_dir()
    library = f"{machine.run('sh', '-c', 'ls -d /usr/lib/ringup/lib/python3*').strip()}/site-packages"
    assert machine.path(f"{library}/ringup/serve/tftp/fast/tftp_fast.so").is_file()
    assert not machine.path(f"{library}/pip").exists()


def nothing_of_the_site_is_lost(machine: Machine) -> None:
    assert machine.run("ringup", "export", "--reveal") == (HERE / "ringup-0.1.0.yaml").read_text()
    assert len(json.loads(machine.run("ringup", "history", "--json"))["revisions"]) == 7, (
        "the export is noted"
    )
    phone = json.loads(machine.run("ringup", "status", MAC, "--json"))
    assert phone["address"] == "192.168.1.100"
    assert len(phone["events"]) == 6
    with closing(sqlite3.connect(machine.path(DATABASE))) as connection:
        assert connection.execute("SELECT count(*) FROM leases").fetchone() == (2,)


def the_site_is_for_root_and_the_group(machine: Machine) -> None:
    group = int(machine.run("getent", "group", "ringup").split(":")[2])
    modes = {"/var/lib/ringup": 0o2770, "/var/lib/ringup/firmware": 0o2770, DATABASE: 0o660}
    for name, mode in modes.items():
        found = machine.path(name).stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (mode, 0, group)
    assert machine.run("stat", "-c", "%U:%G %a", KEY) == "root:ringup 640\n"
    assert b"s3cret201" not in machine.path(DATABASE).read_bytes()
    machine.run("useradd", "--create-home", "ann")
    said = machine.run_as("ann", "ringup", "status", status=2)
    assert f"database {DATABASE}: this user may not read it. Type: su - -c 'ringup status'" in said
    assert not machine.path("/home/ann/.local").exists()
    machine.run("usermod", "--append", "--groups", "ringup", "ann")
    assert "Reception" in machine.run_as("ann", "ringup", "status", "--json")
    machine.run_as("ann", "ringup", "phone", "set", MAC, "label=Lobby")


def asterisks_files_are_changed_over(machine: Machine) -> None:
    etc = machine.path("/etc/asterisk")
    assert not list(etc.glob("ringup_*"))
    assert '#tryinclude "ringup.d/ringup_pjsip.conf"' in (etc / "pjsip.conf").read_text()
    assert machine.run("stat", "-c", "%U:%G %a", "/etc/asterisk/ringup.d") == "ringup:asterisk 2750\n"
    assert machine.run("stat", "-c", "%U:%G %a", "/etc/asterisk/pjsip.conf") == "asterisk:asterisk 640\n"
    ours = "/etc/asterisk/ringup.d/ringup_pjsip.conf"
    assert "s3cret201" in machine.run_as("asterisk", "cat", ours)
    machine.run_as("nobody", "cat", ours, status=1)


def the_unit_is_sound(machine: Machine) -> None:
    assert machine.run("systemd-analyze", "verify", "--man=no", UNIT) == ""
    said = machine.run("systemd-analyze", "security", "--offline=true", "--no-pager", UNIT)
    found = re.search(r"Overall exposure level for ringup\.service: ([0-9.]+)", said)
    assert found, said
    print(f"systemd-analyze security: {found[1]}")
    assert float(found[1]) <= MOST_EXPOSED


def unit(machine: Machine, key: str) -> str:
    (value,) = re.findall(rf"(?m)^{key}=(.*)$", machine.path(UNIT).read_text())
    return str(value)


@contextmanager
def served(machine: Machine) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command in ExecStart as the unit's user, with its capabilities, in its own network."""
    user = unit(machine, "User")
    names = unit(machine, "AmbientCapabilities").lower().replace("cap_", "")
    capabilities = ",".join(["-all", *(f"+{name}" for name in names.split())])
    command = [
        "setpriv", f"--reuid={user}", f"--regid={unit(machine, 'Group')}", "--init-groups", "--no-new-privs",
        f"--bounding-set={capabilities}", f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}",
        "sh", "-c", f"umask {unit(machine, 'UMask')}; exec {unit(machine, 'ExecStart')}",
    ]  # fmt: skip
    network = (
        "ip link add eth0 type veth peer name eth1 && ip link set lo up && ip link set eth1 up && "
        'ip address add 192.168.1.5/24 dev eth0 && ip link set eth0 up && exec "$@"'
    )
    inside = machine.entered(command, before=("sh", "-c", network, "sh"), namespaces="-mpn")
    with subprocess.Popen(inside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


def the_server_runs_as_the_units_user(machine: Machine) -> None:
    machine.path(CONFIG).write_text('[serve]\ninterface = "eth0"\n')
    with served(machine) as process:
        seen = read_until(process, " ready", seconds=60)
        assert "Permission denied" not in seen
        own = machine.path("/etc/asterisk/ringup.d/ringup_pjsip.conf")
        machine.run("ringup", "phone", "set", MAC, "--line", "1", "--secret", "changed201")
        wait_until(lambda: "changed201" in own.read_text())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)
        assert process.wait(30) == 0


def wait_until(happened: object, seconds: float = 30) -> None:
    assert callable(happened)
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


def settings_outlive_an_upgrade(machine: Machine, package: Path) -> None:
    machine.run("dpkg", "--install", "--force-confdef", f"/tmp/{package.name}")
    assert 'interface = "eth0"' in machine.path(CONFIG).read_text()
    assert "changed201" in machine.run("ringup", "export", "--reveal")


def removal_leaves_the_site_and_a_sound_asterisk(machine: Machine) -> None:
    machine.run("dpkg", "--remove", "ringup")
    for name, text in OPERATORS.items():
        before = re.sub(r"#include.*\n", "", text)
        assert machine.path(f"/etc/asterisk/{name}").read_text() == before
    assert not machine.path("/etc/asterisk/ringup.d").exists()
    assert not machine.path("/usr/bin/ringup").is_symlink()
    assert not machine.path("/usr/lib/ringup").exists()
    assert machine.path(DATABASE).is_file()
    assert machine.path(CONFIG).is_file()


def a_purge_leaves_nothing(machine: Machine) -> None:
    machine.run("dpkg", "--purge", "ringup")
    for name in ("/var/lib/ringup", "/etc/ringup", UNIT):
        assert not machine.path(name).exists()
    machine.run("getent", "passwd", "ringup", status=2)
    machine.run("getent", "group", "ringup", status=2)
