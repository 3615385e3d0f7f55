"""The sandbox script, as far as it can be tested without building or starting an Asterisk."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from ringup.errors import InstallError

SECRET = "s3cret"
WRAPPER = Path(__file__).parents[2] / "tools" / "asterisk-sandbox"


def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(sandbox.SCRIPT), *map(str, arguments)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def sources(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://security.example.org/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://off.example.org/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://mirror.example.org/debian/
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""

OTHERS = """\
deb https://packages.example.com/apt cloud main
deb http://other.example.org/ubuntu noble main universe
# deb http://off.example.org/debian bookworm main
"""


@pytest.mark.parametrize(
    ("name", "text", "mirror"),
    [
        ("sources.list.d/debian.sources", DEB822, "http://mirror.example.org/debian"),
        (
            "sources.list",
            "deb [arch=amd64 signed-by=/x.gpg] https://deb.example.net/debian bookworm main # ours\n",
            "https://deb.example.net/debian",
        ),
        (
            "sources.list.d/a.list",
            f"{OTHERS}deb http://security.example.net/debian bookworm-security main\n"
            "deb-src http://src.example.net/debian bookworm main\n"
            "deb\thttp://deb.example.net/debian\tbookworm\tmain\n",
            "http://deb.example.net/debian",
        ),
    ],
)
def test_the_mirror_is_the_one_that_apt_uses(tmp_path: Path, name: str, text: str, mirror: str) -> None:
    found = run("mirror", RINGUP_APT=str(sources(tmp_path, name, text)))
    assert (found.stdout.strip(), found.returncode) == (mirror, 0)


@pytest.mark.parametrize("text", ["", OTHERS, "Types: deb\n"])
def test_a_machine_without_debians_sources_is_told_so(tmp_path: Path, text: str) -> None:
    found = run("mirror", RINGUP_APT=str(sources(tmp_path, "sources.list", text)))
    assert found.returncode == 1
    assert "no Debian mirror" in found.stderr


@pytest.mark.parametrize("driver", ["pjsip", "chan_sip"])
def test_an_instance_has_an_operators_files_and_one_driver(tmp_path: Path, driver: str) -> None:
    etc = sandbox.prepare(
        tmp_path / "pbx",
        address="10.79.60.2",
        manager_secret=SECRET,
        manager_port=5040,
        manager_user="demo",
        driver="chan_sip" if driver == "chan_sip" else "pjsip",
    )
    manager = (etc / "manager.conf").read_text()
    assert "bindaddr = 10.79.60.2\nport = 5040\n[demo]\nsecret = s3cret\n" in manager
    unwanted = (etc / "modules.conf").read_text()
    assert ("noload = chan_sip.so" in unwanted) == (driver == "pjsip")
    assert ("noload = chan_pjsip.so" in unwanted) == (driver == "chan_sip")
    for name in ("pjsip.conf", "sip.conf", "extensions.conf", "voicemail.conf"):
        assert (etc / name).is_file()
    assert "10.79.60.2:5060" in (etc / "sip.conf").read_text()


def test_only_the_owner_and_the_group_may_read_an_instances_secrets(tmp_path: Path) -> None:
    etc = sandbox.prepare(tmp_path / "pbx", address="127.0.0.1", manager_secret=SECRET)
    assert (etc / "manager.conf").stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("secret", ["", "a;b", "a\n[x]", "a b", "a#b"])
def test_a_secret_that_would_break_managers_file_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(InstallError, match="manager-secret"):
        sandbox.prepare(tmp_path / "pbx", address="127.0.0.1", manager_secret=secret)
    assert not (tmp_path / "pbx").exists()


def test_a_folder_of_somebody_else_is_never_built_over(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep me")
    done = run("22", tmp_path)
    assert done.returncode == 1
    assert "no sandbox of mine" in done.stderr
    assert (tmp_path / "precious").read_text() == "keep me"


def test_a_finished_sandbox_is_not_built_again(tmp_path: Path) -> None:
    assert not sandbox.ready(tmp_path)
    (tmp_path / ".ringup-sandbox").write_text("22 22.10.1\n")
    sandbox.build("22", tmp_path)
    assert sandbox.ready(tmp_path)
    assert sandbox.version(tmp_path) == "22.10.1"


def test_starting_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    sandbox.prepare(tmp_path / "pbx", address="127.0.0.1", manager_secret=SECRET)
    missing = run("start", tmp_path / "none", tmp_path / "pbx")
    assert f"Build it: sh {sandbox.SCRIPT} 22 {tmp_path}/none\n" in missing.stderr
    unprepared = run("start", tmp_path, tmp_path / "none")
    assert f"Do: sh {sandbox.SCRIPT} prepare {tmp_path}/none --address" in unprepared.stderr
    assert missing.returncode == unprepared.returncode == 1


def test_the_tool_in_the_repository_names_itself_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / "it's a Straße"
    done = subprocess.run([WRAPPER, "version", folder], capture_output=True, text=True, check=False)
    program, *words = shlex.split(done.stderr.partition("Build it: ")[2])
    assert Path(program).samefile(WRAPPER)
    assert words == ["22", str(folder)]


class Machine:
    """Another machine, as the script sees it: its kernel's settings, its user, its programs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs = folder / "bin"
        self._programs.mkdir()

    def program(self, name: str, text: str) -> None:
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def switch(self, name: str, value: int) -> None:
        path = self._folder / "proc" / "sys" / name.replace(".", "/", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        path = f"{self._programs}:{os.environ['PATH']}"
        own = {"RINGUP_PROC": str(self._folder / "proc"), "RINGUP_APT": str(self._folder / "apt")}
        return run(*arguments, PATH=path, RINGUP_KEYRINGS=str(self._folder / "keyrings"), **own)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """The machine of a plain user, with sudo."""
    made = Machine(tmp_path)
    made.program("id", "case $1 in -un) echo ann ;; *) echo 1000 ;; esac")
    made.program("sudo", "exit 1")
    made.program("unshare", "exit 1")
    return made


@pytest.mark.parametrize(
    ("switches", "settings"),
    [
        ({"kernel.unprivileged_userns_clone": 0}, "kernel.unprivileged_userns_clone=1"),
        (
            {"kernel.apparmor_restrict_unprivileged_userns": 1, "user.max_user_namespaces": 63000},
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            {"user.max_user_namespaces": 0, "kernel.unprivileged_userns_clone": 1},
            "user.max_user_namespaces=15000",
        ),
        (
            {"kernel.unprivileged_userns_clone": 0, "user.max_net_namespaces": 0},
            "kernel.unprivileged_userns_clone=1 user.max_net_namespaces=15000",
        ),
    ],
)
def test_a_plain_user_is_told_the_switch_that_forbids_namespaces(
    switches: dict[str, int], settings: str, machine: Machine
) -> None:
    for name, value in switches.items():
        machine.switch(name, value)
    done = machine.run("namespaces")
    assert done.returncode == 1
    assert done.stdout == (
        f"only root may make namespaces on this machine. Allow it: sudo sysctl -w {settings}\n"
    )


def test_without_a_switch_that_forbids_them_the_cure_is_another(machine: Machine) -> None:
    machine.switch("user.max_user_namespaces", 15000)
    assert "none of the kernel's switches forbids it. Run this as root." in machine.run("namespaces").stdout
    machine.program("id", "echo 0")
    done = machine.run("namespaces")
    assert "not even root may make namespaces" in done.stdout
    assert "--privileged" in done.stdout


def test_who_may_make_namespaces_is_told_nothing(machine: Machine) -> None:
    machine.program("unshare", "exit 0")
    done = machine.run("namespaces")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nothing_is_built_and_nothing_asked_for_without_namespaces(machine: Machine, tmp_path: Path) -> None:
    machine.switch("user.max_user_namespaces", 0)
    done = machine.run("22", tmp_path / "asterisk")
    assert "Allow it: sudo sysctl -w user.max_user_namespaces=15000" in done.stderr
    assert not (tmp_path / "asterisk.part").exists()


def test_a_plain_user_is_told_one_command_for_all_missing_packages(machine: Machine, tmp_path: Path) -> None:
    machine.program("unshare", "exit 0")
    machine.program("mmdebstrap", "exit 0")
    machine.program("newuidmap", "exit 0")
    done = machine.run("22", tmp_path / "asterisk")
    assert "Install them: sudo apt-get install debian-archive-keyring" in done.stderr


@pytest.fixture
def roots_machine(machine: Machine, tmp_path: Path) -> Machine:
    """The machine of root; its debootstrap prints its arguments and fails."""
    machine.program("id", "echo 0")
    machine.program("unshare", 'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"')
    machine.program("debootstrap", 'echo "debootstrap $*"; exit 1')
    machine.program("apt-get", f'echo "$*" >>{tmp_path}/apt.log; echo "E: no such host" >&2; exit 1')
    return machine


def test_root_gets_debians_keys_on_another_distribution(roots_machine: Machine, tmp_path: Path) -> None:
    done = roots_machine.run("22", tmp_path / "asterisk")
    assert "installing debian-archive-keyring" in done.stderr
    assert (tmp_path / "apt.log").read_text().startswith("-q update")
    assert "    E: no such host\n" in done.stderr
    assert "Try: apt-get update && apt-get install debian-archive-keyring" in done.stderr


def test_without_a_debian_mirror_the_builders_default_is_taken_and_said(
    roots_machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "keyrings").mkdir()
    (tmp_path / "keyrings" / "debian-archive-keyring.gpg").touch()
    done = roots_machine.run("22", tmp_path / "asterisk")
    assert "apt's sources name no Debian mirror: taking the builder's default" in done.stderr
    assert (
        f"    debootstrap --variant=minbase --components=main --include=asterisk sid {tmp_path}"
        in done.stderr
    )
    assert done.stderr.count(f"{tmp_path}/asterisk.part/root\n") == 1


def test_a_machine_without_asterisk_is_told_to_build_a_sandbox(tmp_path: Path) -> None:
    done = run("version", "--native", RINGUP_ASTERISK=str(tmp_path / "asterisk"))
    assert "Build a sandbox instead" in done.stderr


def test_a_machines_own_asterisk_gets_the_instances_folders(tmp_path: Path) -> None:
    own = tmp_path / "asterisk"
    own.write_text('#!/bin/sh\ncat "$3"\n')
    own.chmod(0o755)
    sandbox.prepare(tmp_path / "pbx", address="127.0.0.1", manager_secret=SECRET)
    done = run("start", "--native", tmp_path / "pbx", RINGUP_ASTERISK=str(own))
    assert f"astetcdir => {tmp_path}/pbx/etc/asterisk\n" in done.stdout
    assert f"astrundir => {tmp_path}/pbx/run/asterisk\n" in done.stdout
    assert "[options]" in done.stdout


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    sandbox.stop(tmp_path)
    pid_file = tmp_path / "run" / "asterisk" / "asterisk.pid"
    pid_file.parent.mkdir(parents=True)
    # An old pid file may name any process. This process is not an Asterisk, so it must survive.
    pid_file.write_text(f"{os.getpid()}\n")
    sandbox.stop(tmp_path)


def test_the_start_command_names_the_native_asterisk_by_an_empty_path(tmp_path: Path) -> None:
    assert sandbox.start_command(sandbox.NATIVE, tmp_path)[-2:] == ["--native", str(tmp_path)]
    assert sandbox.start_command(tmp_path, tmp_path / "pbx")[-2:] == [str(tmp_path), str(tmp_path / "pbx")]


def test_the_tool_in_the_repository_is_the_packaged_script() -> None:
    done = subprocess.run([WRAPPER, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout == run("--help").stdout
    assert "asterisk-sandbox 16|22 DIR" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("17", "x"), ("22",), ("start",), ("prepare",), ("stop",)])
def test_a_wrong_call_shows_the_usage(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode in (1, 2)
    assert "asterisk-sandbox" in done.stderr
