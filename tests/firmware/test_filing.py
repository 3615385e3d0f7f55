"""A package is added completely or not at all."""

from pathlib import Path

import pytest

from ringup import disk
from ringup.errors import InstallError, SiteErrors
from ringup.firmware import filing as firmware_filing
from ringup.firmware.filing import install_package, plan
from ringup.firmware.folder import FirmwareFolder

FILES = {"a.loads": b"list", "a.sb2": b"application", "l.sbn": b"loader"}


def put(folder: Path, files: dict[str, bytes], *, replace: bool = False) -> None:
    install_package(files, folder, plan(files, folder, replace=replace))


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_folder_is_made_and_its_files_are_readable_by_the_server(tmp_path: Path) -> None:
    put(tmp_path / "new" / "folder", FILES)
    assert held(tmp_path / "new" / "folder") == FILES
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "folder").iterdir()} == {0o644}


def test_the_same_package_again_writes_nothing(tmp_path: Path) -> None:
    put(tmp_path, FILES)
    before = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    assert plan(FILES, tmp_path, replace=False).same == tuple(sorted(FILES))
    put(tmp_path, FILES)
    assert {path.name: path.stat().st_ino for path in tmp_path.iterdir()} == before


def test_other_files_of_the_same_names_are_all_refused_unless_replaced(tmp_path: Path) -> None:
    put(tmp_path, FILES)
    other = {**FILES, "a.sb2": b"other", "l.sbn": b"other", "n.bin": b"new"}
    with pytest.raises(SiteErrors) as refused:
        put(tmp_path, other)
    assert [problem.where for problem in refused.value.problems] == [
        str(tmp_path / "a.sb2"),
        str(tmp_path / "l.sbn"),
    ]
    assert held(tmp_path) == FILES
    put(tmp_path, other, replace=True)
    assert held(tmp_path) == other


def test_a_file_in_a_folder_of_the_folder_is_known_and_replaced_there(tmp_path: Path) -> None:
    put(tmp_path / "sip-8.12", FILES)
    assert plan(FILES, tmp_path, replace=False).same == tuple(sorted(FILES))
    put(tmp_path, {"a.sb2": b"other"}, replace=True)
    assert held(tmp_path / "sip-8.12")["a.sb2"] == b"other"
    assert [path.name for path in tmp_path.iterdir()] == ["sip-8.12"]


@pytest.mark.parametrize("after", range(7))
def test_an_interruption_leaves_whole_files_and_no_list_without_its_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Ctrl-C comes at each of three writes and three renames; the seventh time, there is no interruption."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1
        if steps > after:
            raise KeyboardInterrupt

    write, sync_folder = firmware_filing._write, disk.sync_folder

    def interrupted_write(path: Path, data: bytes) -> None:
        path.write_bytes(data[:2])
        count()
        write(path, data)

    def interrupted_sync(folder: Path) -> None:
        count()
        sync_folder(folder)

    monkeypatch.setattr(firmware_filing, "_write", interrupted_write)
    monkeypatch.setattr(firmware_filing, "sync_folder", interrupted_sync)
    if after < 6:
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, FILES)
    else:
        put(tmp_path, FILES)
    there = held(tmp_path)
    assert all(FILES[name] == data for name, data in there.items())
    assert "a.loads" not in there or there == FILES
    assert (there == {}) == (after < 3)


def test_what_was_left_by_a_killed_run_is_not_served(tmp_path: Path) -> None:
    (tmp_path / f"{firmware_filing.TEMPORARY_PREFIX}x").write_bytes(b"half")
    assert FirmwareFolder(tmp_path).sizes() == {}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(InstallError, match="--firmware DIR"):
        install_package(FILES, tmp_path / "file", plan({}, tmp_path, replace=False))
    (tmp_path / "a.sb2").mkdir()
    with pytest.raises(InstallError, match="reading"):
        plan(FILES, tmp_path, replace=True)
