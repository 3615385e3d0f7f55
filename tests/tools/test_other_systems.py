"""`tools/other-systems`: its table, with a debootstrap and systems that only pretend."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.tools.clone import REPOSITORY

PROGRAMS = {
    "id": "echo 0",
    "df": "echo Free; echo /dev/x 9 9 9999999 9% /",
    "debootstrap": """\
while [ "${1#-}" != "$1" ]; do flags="$flags $1"; shift; done
echo "$1 $flags" >>"$BUILT"
[ "$1" != "$BROKEN" ] || { echo "E: Invalid Release file"; exit 1; }
mkdir -p "$2"
""",
    "unshare": """\
while [ "${1#-}" != "$1" ] || [ "$1" = private ]; do shift; done
case "$*" in
*"--inside"*"./run"*) echo "Python packages: 31 of requirements.lock into .venv (Python 3.13.5)" ;;
*"--inside sid ./test"*) echo "2 failed, 6106 passed, 3 skipped in 99.10s (0:01:39)"; exit 1 ;;
*"--inside"*"./test"*) echo "6110 passed, 3 skipped in 99.10s (0:01:39)" ;;
*) exec "$@" ;;
esac
""",
}


class Developer:
    """A developer's machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "bin").mkdir()
        (folder / "keyrings").mkdir()
        for name, text in PROGRAMS.items():
            self.program(name, text)
        for family in ("debian", "ubuntu"):
            (folder / "keyrings" / f"{family}-archive-keyring.gpg").touch()

    def program(self, name: str, text: str) -> None:
        path = self._folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def lose_keys(self, family: str) -> None:
        (self._folder / "keyrings" / f"{family}-archive-keyring.gpg").unlink()

    def built(self) -> list[str]:
        """Return a line per system: its name and debootstrap's options."""
        path = self._folder / "built"
        return path.read_text().splitlines() if path.exists() else []

    def run(self, *arguments: str, broken: str = "none") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{self._folder / 'bin'}:{os.environ['PATH']}",
            "RINGUP_CACHE": str(self._folder / "cache"),
            "RINGUP_KEYRINGS": str(self._folder / "keyrings"),
            "RINGUP_MIRROR": "http://mirror.example.org/debian",
            "BUILT": str(self._folder / "built"),
            "BROKEN": broken,
        }
        tool = REPOSITORY / "tools" / "other-systems"
        return subprocess.run(
            [tool, *arguments], capture_output=True, text=True, check=False, env=environment
        )


@pytest.fixture
def developer(tmp_path: Path) -> Developer:
    return Developer(tmp_path)


def rows(table: str) -> list[list[str]]:
    """Return the cells of the table, without the seconds."""
    lines = re.sub(r"in \d+ s", "in N s", table).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_has_a_row_for_each_system_and_a_failure_is_the_exit_status(developer: Developer) -> None:
    done = developer.run()
    assert done.returncode == 1
    assert rows(done.stdout) == [
        ["system", "Python", "./run --once", "./test fast"],
        ["Debian 13", "3.13.5", "passed in N s", "passed in N s, 6110 passed, 3 skipped"],
        ["Debian sid", "3.13.5", "passed in N s", "FAILED (1) in N s, 2 failed, 6106 passed, 3 skipped"],
        ["Ubuntu 24.04", "3.13.5", "passed in N s", "passed in N s, 6110 passed, 3 skipped"],
    ]


def test_systems_can_be_chosen_and_are_built_once(developer: Developer) -> None:
    assert developer.run("trixie", "--only", "run").returncode == 0
    done = developer.run("trixie", "--only", "run")
    assert rows(done.stdout)[1:] == [["Debian 13", "3.13.5", "passed in N s", "-"]]
    assert len(developer.built()) == 1


def test_a_system_that_cannot_be_built_says_why_and_the_others_go_on(developer: Developer) -> None:
    done = developer.run("trixie", "noble", broken="trixie")
    assert done.returncode == 1
    assert rows(done.stdout)[1][2] == "not built: E: Invalid Release file"
    assert rows(done.stdout)[2][0] == "Ubuntu 24.04"


def test_nothing_unsigned_is_built_unless_it_is_asked_for(developer: Developer) -> None:
    developer.lose_keys("ubuntu")
    done = developer.run("noble")
    assert "are missing; install them, or use --unsigned" in rows(done.stdout)[1][2]
    assert developer.built() == []
    assert developer.run("noble", "--unsigned").returncode == 0
    assert "--no-check-gpg" in developer.built()[0]


def test_signatures_are_checked_where_the_keys_are_there(developer: Developer) -> None:
    developer.run("noble", "--unsigned")
    assert "ubuntu-archive-keyring.gpg" in developer.built()[0]
    assert "--no-check-gpg" not in developer.built()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("woody",), "Choose from: trixie sid noble"), (("--only", "nothing"), "--only takes run or test")],
)
def test_a_wrong_call_is_refused(arguments: tuple[str, ...], said: str, developer: Developer) -> None:
    done = developer.run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert developer.built() == []


def test_a_plain_user_and_a_small_disk_are_refused_before_anything_is_built(developer: Developer) -> None:
    developer.program("df", "echo Free; echo /dev/x 9 9 99999 9% /")
    assert "97 MB are free" in developer.run().stderr
    developer.program("id", "echo 1000")
    assert "only root can enter another system: sudo " in developer.run().stderr
    assert developer.built() == []
