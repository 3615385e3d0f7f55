"""`ringup init` starts the service of systemd, or `ringup serve` itself, and reports why it failed."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from ringup.cli import init_start
from ringup.cli.init_start import running_server, serve_words, start_service
from ringup.errors import OutsideError
from ringup.first_run.here import ServiceHere

if TYPE_CHECKING:
    import subprocess

ANSWERS = {"interface": "eth0", "dhcp": "yes", "sntp": "no"}
FIRMWARE = Path("/var/lib/ringup/firmware")
SITE = "/var/lib/ringup/ringup.db"


@pytest.fixture(name="systemctl")
def _systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `systemctl` that records its arguments, and fails with the words in the file `fails`."""
    log = tmp_path / "asked"
    program = tmp_path / "bin/systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >>{log}\n'
        f"[ ! -e {tmp_path}/fails ] || {{ cat {tmp_path}/fails >&2; exit 1; }}\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return log


@pytest.mark.parametrize(
    ("is_active", "has_new_settings", "asked", "said"),
    [
        (False, False, ["enable ringup.service", "start ringup.service"], "The service ringup was started."),
        (
            True,
            True,
            ["enable ringup.service", "restart ringup.service"],
            "The service ringup was restarted.",
        ),
        (True, False, [], "The service ringup runs."),
    ],
)
def test_the_service_is_started_or_restarted_only_if_it_must_be(
    systemctl: Path, is_active: bool, has_new_settings: bool, asked: list[str], said: str
) -> None:
    service = ServiceHere("ringup", is_active)
    assert start_service(service, has_new_settings=has_new_settings).startswith(said)
    assert (systemctl.read_text().splitlines() if systemctl.exists() else []) == asked


def test_a_service_that_does_not_start_is_reported_with_the_words_of_systemd(systemctl: Path) -> None:
    (systemctl.parent / "fails").write_text("Job for ringup.service failed.\n")
    with pytest.raises(OutsideError, match=r"Job for ringup\.service failed\. See why: journalctl"):
        start_service(ServiceHere("ringup", is_active=False), has_new_settings=False)


@pytest.mark.parametrize(
    ("changed", "settings", "user", "words"),
    [
        ({}, None, "", "serve --interface eth0"),
        ({"dhcp": "no", "sntp": "yes"}, None, "", "serve --interface eth0 --no-dhcp --sntp"),
        ({"dhcp": "no", "sntp": "yes"}, Path("/etc/ringup/ringup.toml"), "", "serve"),
        ({}, None, "ringup", "serve --interface eth0 --user ringup"),
        ({}, None, "root", "serve --interface eth0"),
    ],
)
def test_the_command_of_the_server(
    changed: dict[str, str], settings: Path | None, user: str, words: str
) -> None:
    with (
        patch.object(init_start, "unit_user", return_value=user),
        patch("os.geteuid", return_value=0),
    ):
        assert " ".join(serve_words({**ANSWERS, **changed}, SITE, FIRMWARE, settings)) == words


def test_another_database_is_named_with_its_folder() -> None:
    with patch.object(init_start, "unit_user", return_value=""):
        words = serve_words(ANSWERS, "/tmp/site.db", Path("/tmp/firmware"), None)
    assert words[-4:] == ["--database", "/tmp/site.db", "--firmware", "/tmp/firmware"]


@pytest.fixture(name="program")
def _program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that stands in for Python, and so for `ringup serve`."""
    program = tmp_path / "python"
    monkeypatch.setattr("sys.executable", str(program))
    return program


def write(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_the_server_runs_until_the_block_ends(program: Path, tmp_path: Path) -> None:
    write(program, f'echo "$*" >{tmp_path}/words; echo ringup 1 is ready; exec cat {tmp_path}/fifo')
    os.mkfifo(tmp_path / "fifo")
    with running_server(["serve", "--interface", "eth0"], tmp_path / "ringup.toml") as server:
        assert server.poll() is None
    assert server.returncode == -signal.SIGTERM
    said = (tmp_path / "words").read_text()
    assert said == f"-m ringup --config {tmp_path}/ringup.toml serve --interface eth0\n"


def test_a_server_that_cannot_start_is_reported_with_its_last_words(program: Path) -> None:
    write(program, "echo ringup: port 69 is taken; exit 2")
    with (
        pytest.raises(OutsideError, match=r"ringup serve: it failed.*\n.*port 69 is taken"),
        running_server(["serve"], None),
    ):
        pytest.fail("it did not start")


def test_a_server_that_dies_later_is_reported_too(program: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    write(program, f"echo NOT ready: no load; cat {tmp_path}/fifo; echo no space; exit 2")
    with pytest.raises(OutsideError, match="no space"), running_server(["serve"], None) as server:
        _wait(server, tmp_path / "fifo")


def _wait(server: "subprocess.Popen[bytes]", fifo: Path) -> None:
    fifo.write_text("")
    server.wait()
