"""Packages from zips and folders."""

import contextlib
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringup.errors import InstallError, RingupError, SiteErrors
from ringup.firmware import source as firmware_source
from ringup.firmware.folder import FirmwareFolder
from ringup.firmware.source import read_folder, read_source

FILES = {"a.sbn": b"a" * 100, "b.loads": b"b" * 50, "c.bin": b"c"}


def zipped(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_gives_its_files_whatever_their_folders(tmp_path: Path, compression: int) -> None:
    nested = {f"deep/er/{name}": data for name, data in FILES.items()}
    assert read_source(zipped(tmp_path / "p.ZIP", nested, compression)) == FILES


def test_windows_folders_and_hidden_files_do_not_matter(tmp_path: Path) -> None:
    files = {"x\\y\\a.sbn": b"a", "__MACOSX/._a.sbn": b"junk", "x/": b""}
    assert read_source(zipped(tmp_path / "p.zip", files)) == {"a.sbn": b"a"}


def test_a_folder_gives_its_files_and_those_below(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"x")
    (tmp_path / "a.sbn").write_bytes(b"a")
    (tmp_path / "x" / "b.loads").write_bytes(b"b")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert read_source(tmp_path) == {"a.sbn": b"a", "b.loads": b"b"}


@pytest.mark.parametrize(
    "name", ["../a.sbn", "x/../../a.sbn", "/etc/a.sbn", "..\\a.sbn", "x\\..\\..\\a.sbn", ".."]
)
def test_a_zip_that_leads_out_is_refused_whole(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "p.zip", {**FILES, name: b"x"})
    with pytest.raises(SiteErrors, match="leads out of the zip"):
        read_source(path)


def test_two_different_files_of_one_name_are_refused_and_equal_ones_are_one(tmp_path: Path) -> None:
    same = zipped(tmp_path / "same.zip", {"x/a.sbn": b"a", "y/a.sbn": b"a"})
    assert read_source(same) == {"a.sbn": b"a"}
    other = zipped(tmp_path / "other.zip", {"x/a.sbn": b"a", "y/a.sbn": b"b"})
    with pytest.raises(SiteErrors, match=r"two different files a\.sbn"):
        read_source(other)


def test_a_name_that_would_upset_a_terminal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteErrors, match="cannot be printed"):
        read_source(zipped(tmp_path / "p.zip", {"\x1b[2Ja.sbn": b"a"}))


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("LARGEST_FILE", 99, "a file of more than 99 bytes"),
        ("LARGEST_PACKAGE", 150, "more than 150 bytes"),
        ("MOST_FILES", 2, "more than 2 files"),
    ],
)
def test_limits_hold_for_zips_and_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, message: str
) -> None:
    path = zipped(tmp_path / "p.zip", FILES)
    (tmp_path / "folder").mkdir()
    for name, data in FILES.items():
        (tmp_path / "folder" / name).write_bytes(data)
    assert read_source(path) == read_source(tmp_path / "folder") == FILES
    monkeypatch.setattr(firmware_source, limit, value)
    for source in (path, tmp_path / "folder"):
        with pytest.raises(SiteErrors, match=f"^{re.escape(str(source))}: holds {message}"):
            read_source(source)


def test_a_zip_that_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"a.sbn": b"a" * 10_000})
    lying = path.read_bytes().replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(lying)
    with pytest.raises(InstallError, match="Give a complete zip"):
        read_source(path)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "p.zip", {"a.sbn": b"a"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InstallError, match="password"):
        read_source(path)


def test_what_is_no_zip_or_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"<html>")
    for name in ("x.zip", "nothing.zip"):
        with pytest.raises(InstallError):
            read_source(tmp_path / name)


WHOLE = io.BytesIO()
with zipfile.ZipFile(WHOLE, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("a/a.sbn", b"hello " * 20)
    _archive.writestr("b.loads", b"x")


@settings(max_examples=3 * settings().max_examples)
@given(st.data())
def test_a_damaged_zip_gives_files_or_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = WHOLE.getvalue()
    at = data.draw(st.integers(0, len(whole) - 1))
    rubbish = data.draw(st.binary(max_size=8))
    damaged = (
        whole[:at] + rubbish + whole[at + len(rubbish) :]
        if data.draw(st.booleans())
        else whole[:at] + rubbish
    )
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(damaged)
    with contextlib.suppress(RingupError):
        read_source(path)


def test_a_zip_with_a_name_of_nothing_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.sbn": b"x"})
    damaged = bytearray(path.read_bytes())
    damaged[damaged.rindex(b"a.sbn")] = 0
    path.write_bytes(damaged)
    with pytest.raises(InstallError):
        read_source(path)


def test_the_firmware_folder_is_read_by_the_names_that_phones_ask_for(tmp_path: Path) -> None:
    (tmp_path / "sip").mkdir()
    for name in ("a.loads", "sip/b.sbn", "sip/OS79XX.TXT", "os79xx.txt", "ring.pcm"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "gone.sbn").write_bytes(b"x")
    folder = FirmwareFolder(tmp_path)
    os.truncate(tmp_path / "gone.sbn", 0)
    assert read_folder(folder) == {
        "a.loads": b"a.loads",
        "b.sbn": b"sip/b.sbn",
        "gone.sbn": b"",
        "os79xx.txt": b"os79xx.txt",
    }
