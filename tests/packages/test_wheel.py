"""The wheel in its own environment, as `pipx install` makes one: it is complete without the clone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check")
MAC = "001646C0FFEE"


def run(*command: str | Path, folder: Path) -> str:
    """Run a command that must succeed, without this environment's variables; return its output."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "LANG", "LC_"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PATH": os.defpath, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def built(folder: Path) -> Path:
    """Build the wheel in a copy of what git keeps, so that compiled files are not left in the clone."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    packed = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=names, check=True, capture_output=True
    )
    copy = folder / "copy"
    copy.mkdir()
    subprocess.run(["tar", "-C", copy, "-x", "--no-same-owner"], input=packed.stdout, check=True)
    wheel = (*PIP, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, copy)
    run(sys.executable, *wheel, folder=folder)
    (made,) = folder.glob("ringup-*.whl")
    return made


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ringup` in a new environment with the libraries that the wheel requires."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = built(folder)
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    python = folder / "venv/bin/python"
    run(python, *PIP, "install", "-q", wheel, folder=folder)
    assert "No broken requirements" in run(python, *PIP, "check", folder=folder)
    with zipfile.ZipFile(wheel) as packed:
        assert {name.split("/")[0].split("-")[0] for name in packed.namelist()} == {"ringup"}
    return python.with_name("ringup")


@pytest.mark.peers
def test_it_starts_and_names_its_commands(program: Path, tmp_path: Path) -> None:
    said = run(program, "--help", folder=tmp_path)
    assert all(command in said for command in ("serve", "watch", "check", "phone"))
    assert run(program, "--version", folder=tmp_path).startswith("ringup")


@pytest.mark.peers
def test_a_small_site_is_made_and_its_files_are_rendered(program: Path, tmp_path: Path) -> None:
    database = f"--database={tmp_path / 'ringup.db'}"
    run(program, "site", "set", "pbx.address=192.168.1.10", database, folder=tmp_path)
    run(program, "phone", "add", MAC, "--extension=201", "--name=Ann", database, folder=tmp_path)
    text = run(program, "render", MAC, f"SIP{MAC}.cnf", database, folder=tmp_path)
    assert 'line1_name: "201"' in text
    assert '"192.168.1.10"' in run(program, "render", MAC, "SIPDefault.cnf", database, folder=tmp_path)
    assert "[201]" in run(program, "render", "--pbx", "ringup_pjsip.conf", database, folder=tmp_path)
    assert MAC in run(program, "status", database, folder=tmp_path)
