"""The place from which each file of an imported folder is served afterwards."""

from pathlib import Path

import pytest

from ringup.adoption.files import AdoptedFile, Keeper, different, plan_files
from ringup.adoption.tree import read_tree
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Phone, Ring, Site
from tests.adoption.trees import SERVER, write_rendered

SITE = Site(phones=(Phone(mac="001646C0FFEE"),), rings=(Ring(name="Owl", file="owl.pcm"),))


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    write_rendered(SITE, folder)
    return folder


def targets_of(old: Path) -> dict[Keeper, Path]:
    return {"firmware": old.parent / "firmware", "files": old.parent / "files"}


def fates(old: Path) -> dict[str, AdoptedFile]:
    folder = FirmwareFolder(old)
    planned = plan_files(folder, read_tree(folder).files, [], SITE, SERVER, targets_of(old))
    return {each.name: each for each in planned}


def test_what_the_records_render_replaces_the_file_of_that_name(old: Path) -> None:
    (old / "RINGLIST.DAT").write_text("Other\tother.pcm\n")
    found = fates(old)
    assert found["SIP001646C0FFEE.cnf"] == AdoptedFile("SIP001646C0FFEE.cnf", "records", "the same bytes")
    assert found["RINGLIST.DAT"] == AdoptedFile("RINGLIST.DAT", "records")


def test_all_other_files_are_copied_to_the_folder_of_their_sort(old: Path) -> None:
    (old / "P0S3-8-12-00.sb2").write_bytes(b"image")
    (old / "owl.pcm").write_bytes(b"\xff" * 480)
    found = fates(old)
    assert found["P0S3-8-12-00.sb2"] == AdoptedFile("P0S3-8-12-00.sb2", "firmware")
    assert found["owl.pcm"] == AdoptedFile("owl.pcm", "files")


def test_a_file_that_is_in_its_place_already_with_other_bytes_is_lost(old: Path) -> None:
    (old / "owl.pcm").write_bytes(b"\xff" * 480)
    kept = old.parent / "files" / "owl.pcm"
    kept.parent.mkdir()
    kept.write_bytes(b"\xff" * 480)
    assert fates(old)["owl.pcm"] == AdoptedFile("owl.pcm", "files")
    kept.write_bytes(b"\xfe" * 480)
    assert fates(old)["owl.pcm"] == AdoptedFile(
        "owl.pcm", "nobody", f"{kept} is another file of this name", is_lost=True
    )


@pytest.mark.parametrize("name", ["empty.xml", "grün.xml", ".hidden", "a/b/c/deep.xml"])
def test_a_file_that_no_phone_can_get_is_told_of(old: Path, name: str) -> None:
    (old / name).parent.mkdir(parents=True, exist_ok=True)
    (old / name).write_bytes(b"" if name == "empty.xml" else b"x")
    found = fates(old)[name]
    assert found.keeper == "nobody"
    assert found.why


def test_the_own_file_of_the_loader_is_known_in_any_folder(old: Path) -> None:
    (old / "US").mkdir()
    (old / "US" / "SEP001646C0FFEE.cnf.xml").write_text("<device/>")
    found = fates(old)["US/SEP001646C0FFEE.cnf.xml"]
    assert (found.keeper, found.why) == ("nobody", "the phone now gets its load from XMLDefault.cnf.xml")


def test_a_copied_file_is_lost_if_phones_get_other_bytes_or_none(old: Path) -> None:
    for folder in (old, *targets_of(old).values()):
        folder.mkdir(exist_ok=True)
        (folder / "owl.pcm").write_bytes(b"\xff" * 480)
        (folder / "P0S3-8-12-00.sb2").write_bytes(b"image")
    kept = [AdoptedFile("owl.pcm", "files"), AdoptedFile("P0S3-8-12-00.sb2", "firmware")]

    def lost() -> dict[str, str]:
        found = different(FirmwareFolder(old), kept, SITE, SERVER, targets_of(old))
        assert all(each.is_lost for each in found)
        return {each.name: each.why for each in found}

    (targets_of(old)["firmware"] / "owl.pcm").unlink()
    assert lost() == {}
    (targets_of(old)["files"] / "owl.pcm").write_bytes(b"\xfe" * 480)
    assert lost().keys() == {"owl.pcm"}
    (targets_of(old)["firmware"] / "P0S3-8-12-00.sb2").unlink()
    (targets_of(old)["files"] / "P0S3-8-12-00.sb2").unlink()
    assert lost().keys() == {"owl.pcm", "P0S3-8-12-00.sb2"}


@pytest.mark.parametrize(
    ("name", "why", "shown"),
    [("a.xml", "", "a.xml"), ("a.xml", "it is empty", "a.xml: it is empty"), ("\x1b[2J", "", "'\\x1b[2J'")],
)
def test_a_file_is_shown_so_that_no_terminal_minds(name: str, why: str, shown: str) -> None:
    assert str(AdoptedFile(name, "nobody", why)) == shown
