"""The user of the service, from the unit's files as systemd reads them."""

from pathlib import Path

import pytest

from ringup.check.probes.service_unit import UNIT, unit_user

PACKAGED = Path(__file__).parents[3] / "packaging" / UNIT


def write(folder: Path, text: str, name: str = UNIT) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return folder


def test_the_unit_of_the_package_runs_as_ringup(tmp_path: Path) -> None:
    assert unit_user((tmp_path / "none", write(tmp_path, PACKAGED.read_text()))) == "ringup"


def test_without_a_unit_there_is_no_user(tmp_path: Path) -> None:
    assert unit_user((tmp_path,)) == ""
    assert unit_user((write(tmp_path, "[Service]\nUser=x\n", f"{UNIT}.d/a.conf"),)) == ""


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("[Service]\n# User=ringup\nExecStart=/usr/bin/ringup serve\n", "root"),
        ("[Unit]\nUser=nobody\n[Service]\n User = phones \n", "phones"),
        ("[Service]\nUser=one\nUser=\n", "root"),
    ],
)
def test_the_unit_s_own_line(text: str, user: str, tmp_path: Path) -> None:
    assert unit_user((write(tmp_path, text),)) == user


def test_the_operator_s_files_come_before_the_package_s(tmp_path: Path) -> None:
    operators, packages = tmp_path / "etc", tmp_path / "lib"
    write(packages, "[Service]\nUser=ringup\n")
    write(packages, "[Service]\nUser=packaged\n", f"{UNIT}.d/20-user.conf")
    assert unit_user((operators, packages)) == "packaged"
    write(operators, "[Service]\nUser=earlier\n", f"{UNIT}.d/10-user.conf")
    assert unit_user((operators, packages)) == "packaged"
    write(operators, "[Service]\nUser=mine\n", f"{UNIT}.d/20-user.conf")
    assert unit_user((operators, packages)) == "mine"
    write(operators, "[Service]\nUser=whole\n")
    (operators / f"{UNIT}.d" / "20-user.conf").write_text("[Service]\n")
    assert unit_user((operators, packages)) == "earlier"
