"""`./install` on a new machine: from a clone to a site, an upgrade, and the removal."""

import subprocess
from pathlib import Path

import pytest

from tests.packages.machine import REPOSITORY, Machine, new_machine

INSTALL = "/srv/ringup/install"
UNIT = "/etc/systemd/system/ringup.service"
PLACES = (
    "/opt/ringup/bin/ringup",
    "/usr/local/bin/ringup",
    UNIT,
    "/usr/local/share/man/man1/ringup-serve.1.gz",
    "/usr/local/share/bash-completion/completions/ringup",
    "/usr/local/share/zsh/site-functions/_ringup",
    "/usr/local/share/fish/vendor_completions.d/ringup.fish",
)
SITE = "/var/lib/ringup/ringup.db"
CONFIG = "/etc/ringup/ringup.toml"


@pytest.mark.peers
def test_a_clone_installs_itself_and_goes_again(tmp_path: Path) -> None:
    with new_machine("bookworm", tmp_path) as machine:
        copy_clone(machine)
        machine.run("useradd", "--create-home", "ann")
        assert "only root can install" in machine.run_as("ann", INSTALL, status=2)
        what_others_made_is_left_alone(machine)
        assert "ringup 0." in machine.run(INSTALL)
        assert machine.path(f"{UNIT}.before-ringup").read_text() == "[Service]\nExecStart=/bin/true\n"
        machine.path(f"{UNIT}.before-ringup").unlink()
        assert [name for name in PLACES if not is_there(machine, name)] == []
        use(machine)
        machine.path(CONFIG).write_text("# mine\n")
        machine.run(INSTALL)
        assert machine.path(CONFIG).read_text() == "# mine\n"
        assert "name: Office" in machine.run("ringup", "export")
        machine.run(INSTALL, "--remove")
        assert [name for name in PLACES if is_there(machine, name)] == []
        assert machine.path("/etc/asterisk/pjsip.conf").read_text() == "[global]\n"
        assert is_there(machine, SITE)
        machine.run(INSTALL, "--purge")
        left = machine.run("sh", "-c", "find / -xdev -name '*ringup*' ! -path '/srv/*' ! -path '/proc/*'")
        assert left == ""
        machine.run("getent", "passwd", "ringup", status=2)


def what_others_made_is_left_alone(machine: Machine) -> None:
    """Check that a clone in the program's place, and a unit that the operator wrote, are left alone."""
    clone = machine.path("/opt/ringup/pyproject.toml")
    clone.parent.mkdir()
    clone.touch()
    for flag in ((), ("--remove",), ("--purge",)):
        assert "./install did not make it" in machine.run(INSTALL, *flag, status=2)
    clone.unlink()
    clone.parent.rmdir()
    machine.path(UNIT).parent.mkdir(parents=True, exist_ok=True)
    machine.path(UNIT).write_text("[Service]\nExecStart=/bin/true\n")


def copy_clone(machine: Machine) -> None:
    """Copy the files of this repository that git does not ignore."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    packed = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=REPOSITORY, input=names, check=True, stdout=subprocess.PIPE
    ).stdout
    machine.path("/srv/ringup").mkdir()
    unpack = ["tar", "-C", str(machine.path("/srv/ringup")), "-x", "--no-same-owner"]
    subprocess.run(unpack, input=packed, check=True)


def is_there(machine: Machine, name: str) -> bool:
    return machine.path(name).is_symlink() or machine.path(name).exists()


def use(machine: Machine) -> None:
    """Make a site that writes into an Asterisk's folder."""
    machine.path("/etc/asterisk").mkdir()
    machine.path("/etc/asterisk/pjsip.conf").write_text("[global]\n")
    machine.run("ringup", "site", "set", "name=Office", "pbx.etc=/etc/asterisk")
    machine.run("ringup", "pbx", "install")
    assert machine.run("stat", "-c", "%U:%G %a", SITE) == "root:ringup 660\n"
    assert machine.run("stat", "-c", "%U", "/etc/asterisk/ringup.d") == "ringup\n"
