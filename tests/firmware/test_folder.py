"""The operator's firmware folder."""

import os
from pathlib import Path

import pytest

from ringup.emulator.firmware import make_sip_package, signed, write_package
from ringup.errors import Problem
from ringup.firmware.beneath import read_from_start
from ringup.firmware.folder import LARGEST_FILE, FirmwareFolder, FoundFile
from ringup.wire import loads
from ringup.wire.loads import LoadsList

LOAD = "P0S3-8-12-00"
LIST = LoadsList("P003-8-12-00.sbn", "P0S3-8-12-00.sb2", "PAS30830")


def unpack_package(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{LOAD}.loads").write_bytes(signed(f"{LOAD}.loads", loads.build(LIST)))
    for name in (LIST.loader, LIST.application):
        (folder / name).write_bytes(signed(name, b"image of " + name.encode()))


def whats(problems: list[Problem]) -> list[str]:
    return [problem.what for problem in problems]


def test_a_file_is_found_in_any_case(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    folder = FirmwareFolder(tmp_path)
    found = FoundFile(f"{LOAD}.sb2", tmp_path / f"{LOAD}.sb2")
    assert folder.get(f"{LOAD}.sb2") == folder.get(f"{LOAD}.SB2".lower()) == found
    assert folder.get("nothing") is None


def test_the_exact_case_is_preferred(tmp_path: Path) -> None:
    for name in ("a.pcm", "A.pcm", "A.PCM"):
        (tmp_path / name).write_text(name)
    folder = FirmwareFolder(tmp_path)
    assert [folder.read(name) for name in ("a.pcm", "A.pcm", "A.PCM")] == [b"a.pcm", b"A.pcm", b"A.PCM"]


def test_a_folder_that_is_missing_or_unnamed_is_empty_until_it_comes(tmp_path: Path) -> None:
    assert FirmwareFolder(None).get("x") is None
    assert FirmwareFolder("").sizes() == {}
    folder = FirmwareFolder(tmp_path / "later")
    assert folder.get("x") is None
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "x").write_bytes(b"here")
    assert folder.read("x") == b"here"


def test_a_file_that_came_later_is_found(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    folder = FirmwareFolder(tmp_path)
    assert folder.get("x") is None
    (tmp_path / "x").write_bytes(b"1")
    assert folder.read("x") == b"1"
    (tmp_path / "sub" / "y").write_bytes(b"2")
    assert folder.read("sub/y") == b"2"


def test_a_file_that_came_later_is_found_in_a_folder_at_rest(tmp_path: Path) -> None:
    os.utime(tmp_path, (1, 1))
    folder = FirmwareFolder(tmp_path)
    assert folder.get("x") is None
    (tmp_path / "x").write_bytes(b"1")
    assert folder.read("x") == b"1"


def test_firmware_in_a_subfolder_is_found_by_its_name_alone_but_a_locale_is_not(tmp_path: Path) -> None:
    unpack_package(tmp_path / "sip-8.12")
    (tmp_path / "German").mkdir()
    (tmp_path / "German" / "7960-font.xml").write_bytes(b"<font/>")
    folder = FirmwareFolder(tmp_path)
    assert folder.get(f"{LOAD}.loads") == FoundFile(f"{LOAD}.loads", tmp_path / "sip-8.12" / f"{LOAD}.loads")
    german = FoundFile("German/7960-font.xml", tmp_path / "German/7960-font.xml")
    assert folder.get("german/7960-font.xml") == german
    assert folder.get("7960-font.xml") is None


@pytest.mark.parametrize("suffix", [".loads", ".sb2", ".sbn", ".sgn", ".bin", ".sbin", ".zup", ".zz"])
def test_every_file_of_a_package_is_found_in_a_subfolder_by_its_name_alone(
    tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "69xx").mkdir()
    (tmp_path / "69xx" / f"a{suffix}").write_bytes(b"x")
    assert FirmwareFolder(tmp_path).get(f"a{suffix}") == FoundFile(
        f"a{suffix}", tmp_path / "69xx" / f"a{suffix}"
    )


def test_hidden_files_and_deeper_folders_are_not_served(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"x")
    (tmp_path / ".secret").write_bytes(b"x")
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c" / "d").write_bytes(b"x")
    assert FirmwareFolder(tmp_path).sizes() == {}


def test_a_file_two_folders_deep_is_served(tmp_path: Path) -> None:
    place = tmp_path / "Desktops" / "320x212x12"
    place.mkdir(parents=True)
    (place / "List.xml").write_bytes(b"x")
    folder = FirmwareFolder(tmp_path)
    assert folder.read("desktops/320x212x12/list.xml") == b"x"
    (place / "sea.png").write_bytes(b"y")
    assert folder.read("Desktops/320x212x12/sea.png") == b"y"


def test_sizes_name_firmware_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "P0S3.sb2").write_bytes(b"123")
    assert FirmwareFolder(tmp_path).sizes() == {"sub/P0S3.sb2": 3}


def test_sizes_name_every_file_once(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"12345")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "y.bin").write_bytes(b"123")
    (tmp_path / "sub" / "z.xml").write_bytes(b"1")
    folder = FirmwareFolder(tmp_path)
    assert folder.sizes() == {"sub/y.bin": 3, "sub/z.xml": 1, "x.bin": 5}
    (tmp_path / "x.bin").unlink()
    assert folder.sizes() == {"sub/y.bin": 3, "sub/z.xml": 1}


def test_a_file_is_read_once_and_shared(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"data" * 1000)
    folder = FirmwareFolder(tmp_path)
    assert folder.read("x") is folder.read("X")


def test_a_replaced_file_is_served_anew_and_running_transfers_keep_the_old(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    folder = FirmwareFolder(tmp_path)
    old = folder.read("x")
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "new").replace(tmp_path / "x")
    assert folder.read("x") == b"new"
    assert old == b"old"


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"half")
    folder = FirmwareFolder(tmp_path)

    def read_while_somebody_writes(opened: int, size: int) -> bytes:
        data = read_from_start(opened, size)
        if data == b"half":
            path.write_bytes(b"the whole file")
        return data

    monkeypatch.setattr("ringup.firmware.folder.read_from_start", read_while_somebody_writes)
    assert folder.read("x") == b"the whole file"


def test_a_file_that_never_rests_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    folder = FirmwareFolder(tmp_path)

    def read_while_it_grows(opened: int, size: int) -> bytes:
        data = read_from_start(opened, size)
        path.write_bytes(data + b"more")
        return data

    monkeypatch.setattr("ringup.firmware.folder.read_from_start", read_while_it_grows)
    assert folder.read("x") is None


def test_a_file_that_is_gone_or_huge_is_absent(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / "huge").write_bytes(b"")
    os.truncate(tmp_path / "huge", LARGEST_FILE + 1)
    folder = FirmwareFolder(tmp_path)
    (tmp_path / "x").unlink()
    assert folder.read("x") is None
    assert folder.read("huge") is None
    assert folder.read("nothing") is None


def test_refresh_forgets_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    folder = FirmwareFolder(tmp_path)
    folder.read("x")
    (tmp_path / "x").unlink()
    folder.refresh()
    assert folder.get("x") is None


def test_the_loader_of_a_load_comes_from_its_list(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    folder = FirmwareFolder(tmp_path)
    assert folder.loads_list(LOAD) == LIST
    assert folder.loader_of(LOAD) == "P003-8-12-00"
    assert folder.loader_of("P0S3-08-9-00") is None


def test_a_list_that_is_none_names_no_loader(tmp_path: Path) -> None:
    (tmp_path / f"{LOAD}.loads").write_bytes(b"garbage")
    assert FirmwareFolder(tmp_path).loader_of(LOAD) is None


def test_another_spelling_of_the_zeros_is_known(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    folder = FirmwareFolder(tmp_path)
    assert folder.similar("P0S3-08-12-00.loads") == "P0S3-8-12-00.loads"
    assert folder.similar("P0S3-08-11-00.loads") is None


def test_a_whole_package_has_no_problems(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    assert FirmwareFolder(tmp_path).problems(LOAD) == []


def test_an_old_load_is_one_unsigned_file(tmp_path: Path) -> None:
    (tmp_path / "P0S30202.bin").write_bytes(b"x")
    assert FirmwareFolder(tmp_path).problems("P0S30202") == []


def test_missing_members_are_all_named(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    (tmp_path / LIST.loader).unlink()
    (tmp_path / LIST.application).unlink()
    assert whats(FirmwareFolder(tmp_path).problems(LOAD)) == [
        "P003-8-12-00.sbn is missing.",
        "P0S3-8-12-00.sb2 is missing.",
    ]


def test_a_missing_list_is_named_with_the_spelling_that_is_there(tmp_path: Path) -> None:
    assert FirmwareFolder(tmp_path).problems(LOAD) == [
        Problem(str(tmp_path), f"{LOAD}.loads is missing.", "Copy the complete package there.")
    ]
    unpack_package(tmp_path)
    (problem,) = FirmwareFolder(tmp_path).problems("P0S3-08-12-00")
    assert "P0S3-8-12-00.loads" in problem.cure


def test_a_renamed_file_an_empty_one_and_an_unsigned_one_are_named(tmp_path: Path) -> None:
    unpack_package(tmp_path)
    (tmp_path / LIST.loader).write_bytes(signed("P003-08-11-00.sbn", b"x"))
    (tmp_path / LIST.application).write_bytes(b"")
    renamed, empty = FirmwareFolder(tmp_path).problems(LOAD)
    assert "is signed as P003-08-11-00.sbn" in renamed.what
    assert "is empty" in empty.what
    (tmp_path / LIST.application).write_bytes(b"no header")
    assert "is not a signed file of Cisco's" in FirmwareFolder(tmp_path).problems(LOAD)[1].what


def test_a_list_of_another_family_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{LOAD}.loads").write_bytes(signed(f"{LOAD}.loads", b"jar41sip.8-5-4.sbn\r\n"))
    (problem,) = FirmwareFolder(tmp_path).problems(LOAD)
    assert "not a 7940/7960 list" in problem.what


def test_a_folder_that_was_looked_at_just_now_is_not_looked_at_again(tmp_path: Path) -> None:
    seldom, always = FirmwareFolder(tmp_path, look_seconds=3600), FirmwareFolder(tmp_path)
    assert seldom.get("RINGER1.PCM") is None
    (tmp_path / "RINGER1.PCM").write_bytes(b"tone")
    assert seldom.get("RINGER1.PCM") is None
    assert always.get("RINGER1.PCM") is not None
    assert FirmwareFolder(tmp_path, look_seconds=3600).get("RINGER1.PCM") is not None


@pytest.mark.parametrize(
    "name", ["P0S3-8-12-00.sb2", "P003-8-12-00.sbn", "P003-8-12-00.bin", "P0S3-8-12-00.loads"]
)
def test_synthetic_firmware_is_served_only_where_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_package(tmp_path, make_sip_package())
    assert FirmwareFolder(tmp_path).read(name)
    monkeypatch.delenv("RINGUP_ACCEPT_TEST_SIGNER")
    assert FirmwareFolder(tmp_path).read(name) is None
