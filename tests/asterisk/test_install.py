"""Files beside the operator's: whole, once, put back on failure, never through somebody's link."""

import os
from pathlib import Path

import pytest

from ringup.asterisk.install import BACKUP, contents, install
from ringup.errors import InstallError
from ringup.site.model import Site
from tests.render.sites import HOME, OFFICE, OLD

OPERATORS = {
    "pjsip.conf": b"[global]\ntype=global\n",
    "sip.conf": b"[general]\r\ncontext=public\r\n",
    "extensions.conf": b"[general]\nstatic=yes\n\n[default]\nexten => 1,1,NoOp()",
    "voicemail.conf": b"[general]\nformat=wav\n[default]\n100 => 1,J\xf6rg\n",
}
PJSIP = ["ringup_pjsip.conf", "ringup_voicemail.conf", "ringup_extensions.conf"]


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    for name, data in OPERATORS.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o644)
    return tmp_path


def snapshot(etc: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(etc.iterdir())}


def test_our_files_are_written_whole_and_included_once(etc: Path) -> None:
    changed = install(HOME, etc)
    assert changed == [*PJSIP, "pjsip.conf", "voicemail.conf", "extensions.conf"]
    for name, text in contents(HOME).items():
        assert (etc / name).read_text() == text
    assert (etc / "pjsip.conf").read_bytes() == OPERATORS["pjsip.conf"] + b'#include "ringup_pjsip.conf"\n'
    assert (etc / "extensions.conf").read_bytes().endswith(b'NoOp()\n#include "ringup_extensions.conf"\n')
    assert (etc / "sip.conf").read_bytes() == OPERATORS["sip.conf"]


def test_nothing_is_written_when_nothing_changed(etc: Path) -> None:
    install(HOME, etc)
    before = {path.name: path.stat().st_mtime_ns for path in etc.iterdir()}
    assert install(HOME, etc) == []
    assert {path.name: path.stat().st_mtime_ns for path in etc.iterdir()} == before


def test_a_changed_site_changes_only_our_files(etc: Path) -> None:
    install(HOME, etc)
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    assert install(more, etc) == PJSIP


def test_the_operators_files_are_kept_as_they_were_before_the_first_touch(etc: Path) -> None:
    install(HOME, etc)
    path = etc / "pjsip.conf"
    path.write_bytes(path.read_bytes().replace(b'#include "ringup_pjsip.conf"\n', b"; later\n"))
    install(HOME, etc)
    assert (etc / f"pjsip.conf{BACKUP}").read_bytes() == OPERATORS["pjsip.conf"]
    assert path.read_bytes() == OPERATORS["pjsip.conf"] + b'; later\n#include "ringup_pjsip.conf"\n'


def test_the_other_drivers_file_and_its_include_go(etc: Path) -> None:
    install(OFFICE, etc)
    changed = install(OLD, etc)
    assert "ringup_pjsip.conf" in changed
    assert not (etc / "ringup_pjsip.conf").exists()
    assert (etc / "pjsip.conf").read_bytes() == OPERATORS["pjsip.conf"]
    assert (etc / "sip.conf").read_bytes() == OPERATORS["sip.conf"] + b'#include "ringup_sip.conf"\n'


def test_a_file_that_the_operator_does_not_have_is_made(tmp_path: Path) -> None:
    install(HOME, tmp_path)
    assert (tmp_path / "voicemail.conf").read_bytes() == b'#include "ringup_voicemail.conf"\n'
    assert not (tmp_path / "sip.conf").exists()
    assert not list(tmp_path.glob(f"*{BACKUP}"))


def test_secrets_are_for_the_owner_and_the_folders_group(etc: Path) -> None:
    install(HOME, etc)
    status = (etc / "ringup_pjsip.conf").stat()
    assert status.st_mode & 0o777 == 0o640
    assert status.st_gid == etc.stat().st_gid
    assert (etc / "pjsip.conf").stat().st_mode & 0o777 == 0o644


def test_an_include_that_the_operator_wrote_is_not_repeated(etc: Path) -> None:
    path = etc / "pjsip.conf"
    path.write_bytes(b'  #include "ringup_pjsip.conf"  \r\n[global]\r\n')
    assert "pjsip.conf" not in install(HOME, etc)


@pytest.mark.parametrize("failing", range(6))
def test_a_failure_half_way_puts_everything_back(
    etc: Path, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(etc)
    real, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        if BACKUP not in target.name:
            calls.append(target)
            if len(calls) == failing + 1:
                raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(InstallError, match=r"No space left.*Nothing was changed"):
        install(HOME, etc)
    after = {name: data for name, data in snapshot(etc).items() if not name.endswith(BACKUP)}
    assert after == before


def test_a_full_disk_while_putting_back_still_reports_the_first_error(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(OFFICE, etc)

    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InstallError, match=r"ringup_pjsip.*Permission denied.*Run as root"):
        install(HOME, etc)


def test_records_that_asterisk_cannot_hold_change_nothing(etc: Path) -> None:
    options = HOME.pbx.model_copy(update={"options": {"x": "a\n[general]"}})
    with pytest.raises(InstallError, match="control character"):
        install(HOME.model_copy(update={"pbx": options}), etc)
    with pytest.raises(InstallError, match="auth_name"):
        install(OFFICE.model_copy(update={"pbx": OLD.pbx}), etc)
    assert snapshot(etc) == OPERATORS


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"pbx\.etc"):
        install(Site(), tmp_path / "none")


def test_the_operators_own_link_is_followed_to_its_file(etc: Path) -> None:
    target = etc.parent / f"{etc.name}-versioned.conf"
    target.write_bytes(b"[global]\n")
    (etc / "pjsip.conf").unlink()
    (etc / "pjsip.conf").symlink_to(target)
    install(HOME, etc)
    assert (etc / "pjsip.conf").is_symlink()
    assert target.read_bytes() == b'[global]\n#include "ringup_pjsip.conf"\n'


def test_a_link_that_asterisks_user_made_to_another_users_file_is_not_followed(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = etc.parent / f"{etc.name}-shadow"
    target.write_bytes(b"root:secret\n")
    (etc / "pjsip.conf").unlink()
    (etc / "pjsip.conf").symlink_to(target)
    real = Path.lstat

    def lstat(self: Path) -> os.stat_result:
        status = list(real(self))
        status[4] = 4711
        return os.stat_result(status)

    monkeypatch.setattr(Path, "lstat", lstat)
    with pytest.raises(InstallError, match="which has another owner"):
        install(HOME, etc)
    assert target.read_bytes() == b"root:secret\n"


def test_a_link_in_the_place_of_our_file_is_replaced_and_its_target_left_alone(etc: Path) -> None:
    target = etc.parent / f"{etc.name}-other"
    target.write_bytes(b"precious")
    (etc / "ringup_pjsip.conf").symlink_to(target)
    install(HOME, etc)
    assert target.read_bytes() == b"precious"
    assert not (etc / "ringup_pjsip.conf").is_symlink()


def test_a_file_that_cannot_be_given_away_is_written_all_the_same(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a user namespace only one user is mapped."""

    def refuse(_handle: int, _owner: int, _group: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", lambda _handle: os.stat_result([0] * 4 + [4711, 4711] + [0] * 4))
    assert install(HOME, etc)
