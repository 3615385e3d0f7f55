"""`ringup lint`: its exit status, its three output formats, --fix, and the files that ringup itself would
serve.
"""

import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.lint.rules import RULES
from tests.cli.terminal import Ringup
from tests.lint.good_bundle import GOOD, NEIGHBOUR, OWN

SMALL = "SIP001646c0ffee.cnf"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tftp"
    folder.mkdir()
    for name, data in GOOD.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def faulty(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three faults, two of which can be repaired; the command runs in the folder."""
    (tree / OWN).rename(tree / SMALL)
    (tree / "OS79XX.TXT").write_bytes(b"P003-8-12-00 \r\n")
    (tree / NEIGHBOUR).write_bytes(GOOD[NEIGHBOUR].replace(b"other", b"x" * 34))
    monkeypatch.chdir(tree)
    return tree


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_clean_tree_exits_0(ringup: Ringup, tree: Path) -> None:
    said = ringup("lint", str(tree))
    assert (said.status, said.out) == (0, "")
    assert said.err == f"{len(GOOD)} files: nothing wrong.\n"


def test_findings_exit_1_and_say_where_what_and_what_to_do(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", ".")
    assert said.status == 1
    row = f"{NEIGHBOUR}:3: error C214 line1_password has 34 characters; the phone takes 31. Shorten it."
    assert row in said.out.splitlines()
    assert said.err == f"{len(GOOD)} files: 2 errors, 1 warning; --fix repairs 2 of them.\n"


def test_notes_alone_exit_0(ringup: Ringup, tree: Path) -> None:
    with (tree / OWN).open("ab") as file:
        file.write(b"nat_address: 203.0.113.5\r\n")
    said = ringup("lint", str(tree))
    assert said.status == 0
    assert " note C310 " in said.out


def test_what_cannot_be_read_exits_2(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", ".", "missing.cnf")
    assert said.status == 2
    assert "Cannot read missing.cnf: No such file or directory\n" in said.err
    assert "C214" in said.out


def test_json_is_all_of_it(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", "--json", ".", "missing.cnf")
    assert said.status == 2
    value = said.json()
    assert value["files"] == len(GOOD)
    assert value["unreadable"] == [{"file": "missing.cnf", "reason": "No such file or directory"}]
    assert {
        "code": "C214",
        "severity": "error",
        "file": NEIGHBOUR,
        "line": 3,
        "message": "line1_password has 34 characters; the phone takes 31.",
        "cure": "Shorten it.",
        "repairable": False,
    } in value["findings"]
    assert {(row["code"], row["line"]) for row in value["findings"]} == {
        ("F102", None),
        ("O601", 1),
        ("C214", 3),
    }


def test_sarif_is_json_with_the_findings(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", "--sarif", ".")
    assert said.status == 1
    results = said.json()["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["O601", "C214", "F102"]


def test_json_and_sarif_together_are_refused(ringup: Ringup, tree: Path) -> None:
    assert ringup("lint", "--json", "--sarif", str(tree)).status == 2


def test_rules_are_listed_in_text_and_json(ringup: Ringup) -> None:
    said = ringup("lint", "--rules")
    assert (said.status, len(said.out.splitlines())) == (0, len(RULES))
    assert "C214  error    value too long\n" in said.out
    assert "F102  error    MAC in lower case  (--fix)\n" in said.out
    assert [row["code"] for row in ringup("lint", "--rules", "--json").json()["rules"]] == list(RULES)


def test_fix_without_a_terminal_shows_and_changes_nothing(ringup: Ringup, faulty: Path) -> None:
    before = snapshot(faulty)
    said = ringup("lint", "--fix", ".")
    assert said.status == 1
    assert f"rename from {SMALL}\nrename to {OWN}\n" in said.out
    assert "-P003-8-12-00 ^M\n+P003-8-12-00^M\n" in said.out
    assert "--fix --yes" in said.err
    assert snapshot(faulty) == before


def test_fix_with_yes_repairs_and_tells_what_remains(ringup: Ringup, faulty: Path) -> None:
    (faulty / "OS79XX.TXT").chmod(0o640)
    said = ringup("lint", "--fix", "--yes", ".")
    assert said.status == 1
    assert "Repaired 2 files." in said.err
    assert said.out.endswith("the phone takes 31. Shorten it.\n")
    good = {**GOOD, NEIGHBOUR: (faulty / NEIGHBOUR).read_bytes(), "OS79XX.TXT": b"P003-8-12-00\r\n"}
    assert snapshot(faulty) == good
    assert (faulty / "OS79XX.TXT").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(("answer", "repaired"), [("y\n", True), ("n\n", False)])
def test_fix_asks_on_a_terminal(ringup: Ringup, faulty: Path, answer: str, repaired: bool) -> None:
    with patch("ringup.cli.lint.is_terminal", return_value=True):
        said = ringup("lint", "--fix", ".", typed=answer)
    assert "Repair 2 files?" in said.out
    assert (faulty / OWN).exists() is repaired


def test_fix_of_one_file_finds_it_under_its_new_name(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", "--fix", "--yes", SMALL)
    assert (said.status, said.err) == (0, "Repaired 1 file.\n1 file: nothing wrong.\n")


def test_fix_keeps_json_clean(ringup: Ringup, faulty: Path) -> None:
    said = ringup("lint", "--fix", "--yes", "--json", ".")
    assert [row["code"] for row in said.json()["findings"]] == ["C214"]
    assert "rename from" in said.err


def test_the_difference_masks_passwords(ringup: Ringup, tree: Path) -> None:
    text = (tree / OWN).read_bytes()
    (tree / OWN).write_bytes(text.replace(b'line1_password: "', b'line1_password="'))
    said = ringup("lint", "--fix", str(tree))
    assert '+line1_password:"********"^M\n' in said.out
    assert "s3cret" not in said.out


@pytest.mark.parametrize("written", ['s3"cret', '"s3;cret" ; cret', "s3;cret", 's3"cret"'])
def test_no_part_of_a_password_with_odd_signs_is_in_the_difference(
    ringup: Ringup, tree: Path, written: str
) -> None:
    text = (tree / OWN).read_bytes().replace(b'line1_password: "', b'line1_password="')
    (tree / OWN).write_bytes(text + f"phone_password: {written}\n".encode())
    said = ringup("lint", "--fix", str(tree))
    assert "phone_password: " in said.out
    assert "cret" not in said.out


def test_a_file_that_cannot_be_written_is_said(ringup: Ringup, faulty: Path) -> None:
    with patch("ringup.cli.lint_fix.tempfile.mkstemp", side_effect=PermissionError(13, "Permission denied")):
        said = ringup("lint", "--fix", "--yes", ".")
    assert said.status == 2
    assert "repairing OS79XX.TXT: Permission denied." in said.err


def test_without_a_path_it_checks_what_would_be_served(ringup: Ringup, tmp_path: Path) -> None:
    firmware = str(tmp_path / "none")
    ringup("phone", "add", "001646C0FFEE", "--line", "201")
    said = ringup("lint", "--firmware", firmware)
    assert said.status == 1, "a load that is not filed sends phones hunting for ever"
    assert {line.split()[2] for line in said.out.splitlines()} == {"X401", "M509"}
    ringup("site", "set", "telnet_level=2")
    said = ringup("lint", "--firmware", firmware)
    assert "C307" in said.out
    assert " C307 " in said.out


def test_what_would_be_served_is_checked_with_its_firmware(ringup: Ringup, tmp_path: Path) -> None:
    folder = tmp_path / "firmware"
    folder.mkdir()
    for name in ("P0S3-8-12-00.loads", "P0S3-8-12-00.sb2"):
        (folder / name).write_bytes(GOOD[name])
    said = ringup("lint", "--firmware", str(folder))
    assert said.status == 1
    assert f"{folder}/P0S3-8-12-00.loads: error L901" in said.out


def test_fix_without_a_path_is_refused(ringup: Ringup) -> None:
    assert ringup("lint", "--fix").status == 2


def test_linting_files_imports_no_database_and_no_models(tree: Path) -> None:
    code = (
        "import sys\nfrom ringup.cli.main import cli\n"
        "try:\n    cli(['lint', sys.argv[1]])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'pydantic', 'sqlalchemy', 'rich', 'ruamel', 'alembic', 'asyncio', 'ssl', 'socket'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tree)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_json_of_a_clean_tree_has_no_findings(ringup: Ringup, tree: Path) -> None:
    assert json.loads(ringup("lint", "--json", str(tree)).out)["findings"] == []
