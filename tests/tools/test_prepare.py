"""What `./run` does on machines in any state, before it becomes `ringup demo`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.clone import REPOSITORY, Clone

ALL_STEPS = ["venv", "packages", "ringup"]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture
def prepared(clone: Clone) -> Clone:
    """A clone in which `./run` has run before."""
    assert clone.run("--once").returncode == 0
    assert clone.steps() == ALL_STEPS
    return clone


def test_a_clean_clone_comes_to_the_demo(clone: Clone) -> None:
    done = clone.run("--once", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ringup demo --once --json\n"
    assert clone.steps() == ALL_STEPS


def test_what_is_there_is_not_made_again(prepared: Clone) -> None:
    done = prepared.run("--once")
    assert "Python packages: all there" in done.stderr
    assert prepared.steps() == []


@pytest.mark.parametrize("step", ALL_STEPS)
def test_after_an_interrupt_at_any_step_the_environment_is_made_anew_and_said_so(
    step: str, clone: Clone
) -> None:
    assert clone.run("--once", INTERRUPT=step).returncode < 0
    clone.steps()
    done = clone.run("--once")
    assert ".venv was not finished; making it anew" in done.stderr
    assert done.returncode == 0
    assert clone.steps() == ALL_STEPS


@pytest.mark.parametrize("step", ["packages", "ringup"])
def test_an_interrupt_of_an_update_is_repaired_too(step: str, prepared: Clone) -> None:
    prepared.write("requirements.lock", "click==8.2\n")
    assert prepared.run("--once", INTERRUPT=step).returncode < 0
    prepared.steps()
    done = prepared.run("--once")
    assert ".venv was not finished; making it anew" in done.stderr
    assert prepared.steps() == ALL_STEPS


def test_a_changed_lock_updates_the_environment_that_is_there(prepared: Clone) -> None:
    prepared.write("requirements.lock", "click==8.2\n")
    assert "making it anew" not in prepared.run("--once").stderr
    assert prepared.steps() == ["packages", "ringup"]


def test_a_renamed_clone_is_repaired_and_said_so(prepared: Clone) -> None:
    prepared.rename("Straße nach Köln")
    done = prepared.run("--once")
    assert ".venv was made in another folder; making it anew" in done.stderr
    assert done.stdout == "ringup demo --once\n"
    assert prepared.steps() == ALL_STEPS
    assert "all there" in prepared.run("--once").stderr.partition("Python")[2]


def test_another_version_of_python_is_repaired_and_said_so(prepared: Clone) -> None:
    done = prepared.run("--once", PRETENDED="3.13")
    assert ".venv was made by another version of Python; making it anew" in done.stderr
    assert prepared.steps() == ALL_STEPS
    assert not (prepared.folder / ".venv/lib/python3.11").exists()


def test_a_python_that_is_gone_is_repaired_and_said_so(prepared: Clone) -> None:
    python = prepared.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/usr/bin/python3.gone")
    assert "a Python that is gone or does not start; making it anew" in prepared.run("--once").stderr
    assert prepared.steps() == ALL_STEPS


def test_an_environment_that_an_older_version_left_without_pip_is_repaired(prepared: Clone) -> None:
    (prepared.folder / ".venv/installed").unlink()
    (prepared.folder / ".venv/pip").unlink()
    assert ".venv has no pip; making it anew" in prepared.run("--once").stderr
    assert prepared.steps() == ALL_STEPS


def test_a_developers_own_environment_is_kept(prepared: Clone) -> None:
    (prepared.folder / ".venv/installed").unlink()
    assert "making it anew" not in prepared.run("--once").stderr
    assert prepared.steps() == ["packages", "ringup"]


@pytest.mark.parametrize(
    ("step", "named"),
    [("venv", "making .venv"), ("packages", "pip install"), ("ringup", "installing ringup")],
)
def test_the_last_lines_of_what_failed_are_on_the_screen(step: str, named: str, clone: Clone) -> None:
    done = clone.run("--once", FAIL=step)
    assert done.returncode == 2
    assert f"    line 9\n    no {step} today\n" in done.stderr
    assert "line 2\n" not in done.stderr
    assert f"ringup: {named} failed (status 3), see above." in done.stderr
    assert "line 2\n" in (clone.folder / ".cache/install.log").read_text()


def test_apts_last_lines_are_on_the_screen(clone: Clone) -> None:
    clone.program("id", "echo 0")
    clone.program("apt-get", 'echo "E: Release file expired"; exit 100')
    (clone.programs / "mount").unlink()
    done = clone.run("--once", PATH=f"{clone.programs}:{usual_programs(clone, without=('mount',))}")
    assert (
        "    E: Release file expired\nringup: apt-get update failed (status 100), see above." in done.stderr
    )
    assert clone.steps() == []


def usual_programs(clone: Clone, *, without: tuple[str, ...]) -> Path:
    """Return a folder with the machine's programs except these; /usr/sbin is always searched, so none may be
    there.
    """
    folder = clone.programs.with_name("usual")
    folder.mkdir()
    for program in Path("/usr/bin").iterdir():
        if program.name not in without:
            (folder / program.name).symlink_to(program)
    return folder


def test_a_plain_user_is_shown_a_command_that_can_be_typed(clone: Clone) -> None:
    clone.program("id", "echo 1000")
    clone.program("sudo", "exit 1")
    clone.program("apt-get", "exit 0")
    clone.program("mmdebstrap", "exit 0")
    (clone.folder / ".cache/asterisk-22/.ringup-sandbox").unlink()
    done = clone.run("--once", PATH=f"{clone.programs}:{usual_programs(clone, without=('newuidmap',))}")
    assert "\n    sudo apt-get install uidmap" in done.stderr
    assert clone.steps() == []


def test_no_builder_is_asked_for_where_the_sandbox_is_ready(clone: Clone) -> None:
    clone.program("id", "echo 1000")
    usual = usual_programs(clone, without=("mmdebstrap", "newuidmap", "sudo"))
    assert "system packages: all there" in clone.run("--once", PATH=f"{clone.programs}:{usual}").stderr


def test_missing_namespaces_are_said_before_anything_is_installed(clone: Clone) -> None:
    clone.program("id", "echo 1000")
    clone.program("sudo", "exit 1")
    clone.program("unshare", "exit 1")
    clone.write("proc/sys/user/max_user_namespaces", "0\n")
    done = clone.run("--once")
    assert done.returncode == 2
    assert done.stderr == (
        "ringup: only root may make namespaces on this machine."
        " Allow it: sudo sysctl -w user.max_user_namespaces=15000\n"
    )
    assert clone.run("--faults").returncode == 0


DF = """\
#!/bin/sh
case $2 in *cache*) free=$CACHE_MB mounted=$CACHE_ON ;; *) free=$CLONE_MB mounted=/ ;; esac
echo Filesystem 1024-blocks Used Available Capacity Mounted on
echo /dev/x 9 9 $((free * 1024)) 9% "$mounted"
"""


@pytest.mark.parametrize(
    ("clone_mb", "cache_mb", "cache_on", "said"),
    [
        (1700, 1700, "/", "1700 MB are free, 1750 are needed for Python packages and a private Asterisk"),
        (249, 9000, "/cache", "249 MB are free, 250 are needed for Python packages"),
        (250, 1499, "/cache", "1499 MB are free, 1500 are needed for a private Asterisk"),
    ],
)
def test_too_little_space_is_said_before_anything_is_downloaded(
    clone_mb: int, cache_mb: int, cache_on: str, said: str, clone: Clone
) -> None:
    (clone.folder / ".cache/asterisk-22/.ringup-sandbox").unlink()
    clone.program("df", DF)
    disks = {"CLONE_MB": str(clone_mb), "CACHE_MB": str(cache_mb), "CACHE_ON": cache_on}
    done = clone.run("--once", **disks)
    assert done.returncode == 2
    assert said in done.stderr
    assert ("RINGUP_CACHE=FOLDER ./run" in done.stderr) == ("Asterisk" in said)
    assert clone.steps() == []


def test_space_is_not_asked_for_what_is_there(prepared: Clone) -> None:
    prepared.program("df", DF)
    assert prepared.run("--once", CLONE_MB="0", CACHE_MB="0", CACHE_ON="/").returncode == 0


def test_without_a_compiler_it_is_said_and_built_once_there_is_one(clone: Clone) -> None:
    said = clone.run("--once").stderr
    assert "TFTP's part in C is not built: there is no C compiler." in said
    assert "apt-get install build-essential" in said
    clone.steps()
    clone.program("cc-of-later", "exit 0")
    said = clone.run("--once", COMPILER="cc-of-later").stderr
    assert "TFTP's part in C: building it" in said
    assert clone.steps() == ["ringup"]
    assert "in C" not in clone.run("--once", COMPILER="cc-of-later").stderr


def test_a_cache_that_cannot_be_made_is_said_with_a_folder_to_name(clone: Clone) -> None:
    done = clone.run("--once", RINGUP_CACHE="/proc/none")
    assert done.returncode == 2
    assert "you may not write to /proc/none. Name a folder of yours: RINGUP_CACHE=" in done.stderr


def test_our_sources_are_found_from_any_folder_in_any_locale(tmp_path: Path) -> None:
    """This uses a real Python: its path file must not contain an umlaut if LC_ALL is C."""
    folder = tmp_path / "Straße nach Köln"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (folder / "src").mkdir()
    (folder / "src" / "proof.py").write_text("print('found')")
    packages = next((folder / ".venv/lib").glob("python3*/site-packages"))
    (packages / "_editable_impl_ringup.pth").write_text(f"{folder}/src")
    script = ". tools/environment.sh; pip_install() { :; }; install_ringup"
    shutil.copytree(REPOSITORY / "tools", folder / "tools")
    subprocess.run(["/bin/sh", "-c", script], cwd=folder, check=True)
    environment = {key: text for key, text in os.environ.items() if not key.startswith(("LC_", "PYTHON"))}
    done = subprocess.run(
        [folder / ".venv/bin/python", "-c", "import proof"],
        env={**environment, "LC_ALL": "C"},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "found\n"
