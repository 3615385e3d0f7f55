"""The site's ring tones, compared with the operator's folder."""

from pathlib import Path

from ringup.files.ring_files import problems
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Ring, Site

SITE = Site(rings=(Ring(name="Owl", file="owl.pcm"), Ring(name="Old Style", file="ringer1.pcm")))


def said(site: Site, *folders: FirmwareFolder | None) -> list[str]:
    return list(map(str, problems(site, *folders)))


def test_good_files_in_either_folder_are_no_problem(tmp_path: Path) -> None:
    for folder, name in (("a", "owl.pcm"), ("b", "ringer1.pcm")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"\xff" * 480)
    assert said(SITE, FirmwareFolder(tmp_path / "a"), None, FirmwareFolder(tmp_path / "b")) == []


def test_missing_and_wrong_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "owl.pcm").write_bytes(b"\xff" * 100)
    assert said(SITE, FirmwareFolder(tmp_path)) == [
        f"{tmp_path}/owl.pcm: has 100 bytes; a ring tone has 240 to 16,080. "
        "Convert it: sox IN -t raw -r 8000 -c 1 -e u-law OUT trim 0 2.",
        "ring Old Style: its file ringer1.pcm is missing. "
        "Copy it into the folder of `ringup serve --files`, or remove the ring.",
    ]


def test_two_rings_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    twice = Site(rings=(SITE.rings[0], SITE.rings[0]))
    assert "ring Owl: is in the ring list twice. Rename one of the two." in said(
        twice, FirmwareFolder(tmp_path)
    )


def test_a_site_without_rings_needs_no_folder() -> None:
    assert said(Site(), None) == []
