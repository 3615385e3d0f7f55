"""`ringup import` and `ringup export --csv`."""

from pathlib import Path

import openpyxl
import pytest

from tests.cli.terminal import Ringup

PHONES = (
    "\ufeffMAC;Model;Extension;Name;Secret\n"
    "00:16:46:c0:ff:ee;7960;0201;Zoë;s3cret\n"
    "0016460000AA;7940;202; Bert ;\n"
)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    path = tmp_path / "phones.csv"
    path.write_text(PHONES, "utf-16")
    return path


def revisions(ringup: Ringup) -> int:
    """Return the number of revisions."""
    return sum(bool(each["changes"]) for each in ringup("history", "--json").json()["revisions"])


def test_a_dry_run_shows_every_row_and_changes_nothing(ringup: Ringup, file: Path) -> None:
    said = ringup("import", str(file), "--dry-run")
    assert said.status == 0, said.err
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{file}:2: + 001646C0FFEE | phone: SIP001646C0FFEE.cnf added (+")
    assert lines[0].endswith("| PBX: 0201 endpoint and mailbox added")
    assert lines[1].startswith(f"{file}:3: + 0016460000AA")
    assert lines[-2:] == ["phones: 2 added", "Nothing was changed (--dry-run)."]
    assert "s3cret" not in said.out
    assert revisions(ringup) == 0


def test_an_import_is_one_revision_and_the_second_changes_nothing(ringup: Ringup, file: Path) -> None:
    said = ringup("import", str(file))
    assert said.out.splitlines()[-2:] == ["phones: 2 added", "Revision 1."]
    larry = ringup("phone", "show", "0201", "--json", "--reveal").json()
    assert (larry["mac"], larry["lines"][0]["secret"]) == ("001646C0FFEE", "s3cret")
    assert ringup("phone", "show", "202", "--json").json()["lines"][0]["name"] == "Bert"
    assert "Nothing to change" in ringup("import", str(file)).out
    assert revisions(ringup) == 1


def test_mistakes_are_all_named_and_nothing_is_changed(ringup: Ringup, file: Path) -> None:
    file.write_text("mac,extension,model\n1646000000,301,7960\n0016460000AB,302,7911\n")
    said = ringup("import", str(file))
    assert said.status == 2
    assert "2 problems, and nothing was changed:" in said.err
    assert f"{file}:2: mac has 10 digits" in said.err
    assert f"{file}:3: model is '7911'" in said.err
    assert revisions(ringup) == 0


def test_columns_may_be_mapped_and_the_table_may_come_by_standard_input(ringup: Ringup) -> None:
    table = "Their=name,Desk phone,Room,No\nAnn,0016460000AA,12,301\n"
    mapped = (
        "--map",
        "Their=name=name",
        "--map",
        "Desk phone=mac",
        "--map",
        "Room=",
        "--map",
        "No=extension",
    )
    assert "column 'Room' is not known" in ringup("import", "-", *mapped[:4], typed=table).err
    said = ringup("import", "-", *mapped, "--verbose", typed=table)
    assert said.out.startswith("standard input:2: + 0016460000AA")
    assert ringup("phone", "show", "301", "--json").json()["lines"][0]["name"] == "Ann"
    assert ringup("import", "-", "--map", "nothing", typed=table).status == 2


def test_an_unsafe_import_asks_first(ringup: Ringup, file: Path) -> None:
    ringup("import", str(file))
    file.write_text("mac,extension\n001646C0FFEE,\n")
    said = ringup("import", str(file))
    assert (said.status, revisions(ringup)) == (3, 1)
    assert ringup("import", str(file), "--yes").status == 0
    assert revisions(ringup) == 2


def test_an_export_is_imported_without_change(ringup: Ringup, file: Path, tmp_path: Path) -> None:
    ringup("import", str(file))
    exported = tmp_path / "exported.csv"
    assert ringup("export", "--csv", "-o", str(exported)).out == f"Wrote {exported}.\n"
    assert exported.read_bytes().startswith(b"\xef\xbb\xbfmac,model,")
    assert "s3cret" not in exported.read_text("utf-8")
    assert "Nothing to change" in ringup("import", str(exported)).out
    assert "s3cret" in ringup("export", "--csv", "--reveal").out


def test_a_file_that_cannot_be_read_is_said(ringup: Ringup, tmp_path: Path) -> None:
    assert "nosuch.csv: No such file or directory." in ringup("import", str(tmp_path / "nosuch.csv")).err


def test_another_encoding_can_be_named(ringup: Ringup, file: Path) -> None:
    file.write_bytes("mac,extension,name\n0016460000AA,301,Zoë\n".encode("cp1252"))
    assert "--encoding cp1252" in ringup("import", str(file)).err
    assert ringup("import", str(file), "--encoding", "cp1252").status == 0
    assert ringup("phone", "show", "301", "--json").json()["lines"][0]["name"] == "Zoë"


def test_a_spreadsheet_is_read_by_its_contents(ringup: Ringup, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["mac", "extension"], ["00:16:46:c0:ff:ee", 201], [1646000000, 202]):
        book.worksheets[0].append(row)
    path = tmp_path / "phones.dat"
    book.save(path)
    assert f"{path}:3: mac has 10 digits" in ringup("import", str(path)).err
    book.worksheets[0]["A3"] = "001646000000"
    book.save(path)
    assert ringup("import", str(path)).out.endswith("Revision 1.\n")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")
    assert "Save it as .xlsx" in ringup("import", str(path)).err


FREEPBX = (
    "extension,password,name,voicemail,ringtimer,tech,dial,secret,transport,voicemail_enable,voicemail_vmpwd\n"
    "201,,Larry Ellison,sales,0,pjsip,PJSIP/201,abcdef0123,0.0.0.0-udp,yes,4711\n"
    "202,,Ada Lovelace,novm,0,pjsip,PJSIP/202,fedcba9876,,,\n"
)
"""Rows of FreePBX's bulk handler: `voicemail` is the mailbox's context, and an empty `voicemail_enable` means
no.
"""


def test_an_export_of_freepbx_gives_lines_their_secrets_and_mailboxes(ringup: Ringup, tmp_path: Path) -> None:
    for mac, extension in (("001646C0FFEE", "201"), ("001646C0FFAA", "202")):
        ringup("phone", "add", mac, "--extension", extension)
    (tmp_path / "freepbx.csv").write_text(FREEPBX)
    said = ringup("import", str(tmp_path / "freepbx.csv"))
    assert said.status == 0, said.err
    assert "FreePBX bulk handler" in said.out + said.err
    lines = [ringup("phone", "show", mac, "--json", "--reveal").json()["lines"][0] for mac in ("201", "202")]
    assert [(line["name"], line["secret"], line["voicemail"]) for line in lines] == [
        ("Larry Ellison", "abcdef0123", True),
        ("Ada Lovelace", "fedcba9876", False),
    ]
