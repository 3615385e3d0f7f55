"""There is one site per machine: where it is, and what a user types who may not use it."""

import getpass
import grp
import sys
from pathlib import Path

import pytest

from ringup.cli import access, main
from ringup.cli.options import site_folder
from ringup.errors import NoAccess
from tests.cli.terminal import Ringup, terminal

READERS = [
    ("status",),
    ("watch", "--once"),
    ("render", "001646C0FFEE"),
    ("export",),
    ("lint",),
    ("history",),
    ("phone", "list"),
    ("phone", "set", "001646C0FFEE", "label=x"),
    ("group", "list"),
    ("site", "show"),
    ("firmware", "check"),
    ("pbx", "install"),
]


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_a_mistyped_database_is_an_error_that_names_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    wrong = tmp_path / "rinup.db"
    said = terminal(wrong)(*words)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"ringup: database {wrong}: there is no such file.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("euid", [0, 1000])
def test_the_site_of_this_machine_is_the_same_for_every_user(
    euid: int, monkeypatch: pytest.MonkeyPatch, ringup: Ringup
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: euid)
    assert "[default: (/var/lib/ringup/ringup.db)]" in " ".join(ringup("export", "--help").out.split())


def test_firmware_and_files_lie_beside_the_database(tmp_path: Path) -> None:
    assert site_folder(str(tmp_path / "x.db")) == tmp_path
    assert site_folder("postgresql://db/ringup") == Path("/var/lib/ringup")
    ringup = terminal(tmp_path / "ringup.db")
    ringup("site", "set", "name=Office")
    assert ringup("firmware", "list", "--json").json()["folder"] == str(tmp_path / "firmware")


@pytest.mark.parametrize(
    ("members", "group", "said"),
    [
        ([], "", "Type: sudo ringup phone add 001646C0FFEE --name 'L E'"),
        ([], "ringup", "or join the group: sudo adduser ann ringup, then log out and in."),
        (["ann"], "ringup", "or log out and in: ann joined the group ringup after this session began."),
    ],
)
def test_a_user_without_the_right_gets_the_command_that_helps(
    members: list[str], group: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/ringup", "phone", "add", "001646C0FFEE", "--name", "L E"])
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setattr(grp, "getgrnam", lambda name: grp.struct_group((name, "x", 999, members)))
    monkeypatch.setattr(access, "for_root", lambda command: f"sudo {command}")
    shown = access.cure(NoAccess("database x", "this user may not read it.", group))
    assert shown.startswith("Type: sudo ringup phone add 001646C0FFEE --name 'L E'")
    assert said in shown


def test_a_full_disk_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill() -> None:
        raise OSError(28, "No space left on device", "/tmp/x")

    monkeypatch.setattr(main, "cli", fill)
    with pytest.raises(SystemExit, match="2"):
        main.main()
    assert capsys.readouterr().err.startswith("ringup: No space left on /")


def test_a_user_of_an_earlier_version_is_told_of_the_private_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "ringup" / "ringup.db"
    private.parent.mkdir()
    private.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert f"--database {private}" in access.cure(NoAccess("database x", "no.", ""))
