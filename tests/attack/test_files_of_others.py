"""A host in the phones' network wants others' passwords: by an address, a copy, a link, or the response
time.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.leases import LeaseTable
from ringup.files.find import Absent, File, FileFinder, Refused, Requester
from ringup.files.rendered import OWN, OwnKind, Records
from ringup.firmware.beneath import open_beneath
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Line, Phone, Site

MAC = "001646C0FFEE"
OWNER = Requester("10.0.0.10", MAC)
STRANGER = Requester("10.0.0.66")
SITE = Site(phones=(Phone(mac=MAC, lines=(Line(extension="201", secret="tellnobody"),)),))
NOW = 1_000_000.0


def guarded(folder: Path | None = None) -> FileFinder:
    """A finder that checks the owner, with a folder of the operator's files."""
    own = FirmwareFolder(folder) if folder else None
    return FileFinder(SITE, FirmwareFolder(None), "10.0.0.1", True, own_files=own)


def test_a_reserved_address_that_was_never_leased_is_nobodys() -> None:
    leases = LeaseTable((), {MAC: "10.0.0.50"})
    assert leases.holder_of("10.0.0.50", NOW) == ""


def test_a_lease_that_ran_out_is_nobodys() -> None:
    leases = LeaseTable((), {MAC: "10.0.0.50"}, (Lease(MAC, "10.0.0.50", NOW),))
    assert leases.holder_of("10.0.0.50", NOW - 1) == MAC
    assert leases.holder_of("10.0.0.50", NOW) == ""


@pytest.mark.parametrize(
    "name",
    [
        f"SIP{MAC}.cnf.bak",
        f"SEP{MAC}.cnf.xml~",
        f"SEP{MAC}.old",
        f"old-{MAC.lower()}.txt",
        "phone_00-16-46-C0-FF-EE.cnf",
        "0016.46c0.ffee.save",
        "SIP00112233AABB.cnf.1",
        f"{MAC}/notes.txt",
        f"SIP{MAC}.cnf.d/old",
    ],
)
@pytest.mark.parametrize("is_firmware", [False, True])
def test_a_copy_of_a_phones_file_is_the_phones_own(tmp_path: Path, name: str, is_firmware: bool) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"line1_password: tellnobody\n")
    finder = guarded(tmp_path)
    if is_firmware:
        finder = FileFinder(SITE, FirmwareFolder(tmp_path), "10.0.0.1", True)
    owner = OWNER if "0011" not in name else Requester("10.0.0.12", "00112233AABB")
    assert isinstance(finder.find(name, STRANGER), Refused)
    found = finder.find(name, owner)
    assert isinstance(found, File)
    assert not found.for_all


def test_twelve_digits_that_are_no_phones_are_for_all(tmp_path: Path) -> None:
    (tmp_path / "Desktops-123456789012.xml").write_bytes(b"<x/>")
    assert isinstance(guarded(tmp_path).find("Desktops-123456789012.xml", STRANGER), File)


def test_links_lead_no_one_out_of_the_folder(tmp_path: Path) -> None:
    outside, folder = tmp_path / "etc", tmp_path / "files"
    outside.mkdir()
    folder.mkdir()
    (outside / "passwd").write_bytes(b"root")
    (folder / "ring.pcm").write_bytes(b"tone")
    (folder / "link").symlink_to(outside / "passwd")
    (folder / "linkdir").symlink_to(outside)
    (folder / "inside.pcm").symlink_to(folder / "ring.pcm")
    finder = guarded(folder)
    assert isinstance(finder.find("link", STRANGER), Absent)
    assert isinstance(finder.find("linkdir/passwd", STRANGER), Absent)
    assert isinstance(finder.find("inside.pcm", STRANGER), File)


def test_a_link_that_is_turned_later_leads_nowhere_either(tmp_path: Path) -> None:
    secret, folder = tmp_path / "secret", tmp_path / "files"
    folder.mkdir()
    secret.write_bytes(b"root")
    (folder / "ring.pcm").write_bytes(b"tone")
    link = folder / "link"
    link.symlink_to(folder / "ring.pcm")
    files = FirmwareFolder(folder)
    link.unlink()
    link.symlink_to(secret)
    assert files.read("link") is None


def test_a_folders_link_that_is_turned_later_leads_nowhere_either(tmp_path: Path) -> None:
    outside, folder = tmp_path / "etc", tmp_path / "files"
    outside.mkdir()
    (folder / "tones").mkdir(parents=True)
    (outside / "ring.pcm").write_bytes(b"root")
    (folder / "tones" / "ring.pcm").write_bytes(b"tone")
    files = FirmwareFolder(folder)
    assert files.read("tones/ring.pcm") == b"tone"
    (folder / "tones").rename(tmp_path / "away")
    (folder / "tones").symlink_to(outside)
    assert files.read("tones/ring.pcm") is None


def test_a_file_that_was_moved_out_is_not_served_from_memory_through_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "ring.pcm").write_bytes(b"tone")
    files = FirmwareFolder(folder)
    assert files.read("ring.pcm") == b"tone"
    (folder / "ring.pcm").rename(tmp_path / "ring.pcm")
    (folder / "ring.pcm").symlink_to(tmp_path / "ring.pcm")
    assert files.read("ring.pcm") is None


def test_a_folder_whose_name_only_begins_like_ours_is_outside(tmp_path: Path) -> None:
    folder, beside = tmp_path / "files", tmp_path / "files-of-others"
    folder.mkdir()
    beside.mkdir()
    (beside / "x").write_bytes(b"other")
    (folder / "x").symlink_to(beside / "x")
    with pytest.raises(PermissionError), open_beneath(folder, folder / "x"):
        pass


def test_the_folder_itself_may_be_a_link_and_turned(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_bytes(name.encode())
    folder = tmp_path / "current"
    folder.symlink_to(tmp_path / "one")
    files = FirmwareFolder(folder)
    assert files.read("x") == b"one"
    folder.unlink()
    folder.symlink_to(tmp_path / "two")
    assert files.read("x") == b"two"


def test_a_fifo_holds_no_one_up(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    files = FirmwareFolder(tmp_path)
    (tmp_path / "x").unlink()
    os.mkfifo(tmp_path / "x")
    assert files.read("x") is None


def test_a_stranger_costs_no_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier, the response time showed whether a MAC was known, because a known phone's file was rendered
    first.
    """
    made: list[str] = []

    def watched(kind: OwnKind) -> OwnKind:
        def render(records: Records, phone: Phone) -> str:
            made.append(phone.mac)
            return kind.render(records, phone)

        return replace(kind, render=render)

    monkeypatch.setattr("ringup.files.find.OWN", tuple(map(watched, OWN)))
    finder = guarded()
    assert isinstance(finder.find(f"SIP{MAC}.cnf", STRANGER), Refused)
    assert isinstance(finder.find("SIP00112233AABB.cnf", STRANGER), Absent)
    assert made == []
    assert isinstance(finder.find(f"SIP{MAC}.cnf", OWNER), File)
    assert made == [MAC]
