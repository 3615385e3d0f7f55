"""ringup's files beside the operator's: complete, once, restored after a failure, never through another
user's link.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from ringup.asterisk.drift import WRITTEN, drift
from ringup.asterisk.file_change import BACKUP, PREVIOUS
from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import contents, install, remove
from ringup.asterisk.own_folder import alone_in
from ringup.errors import InstallError
from ringup.site.model import Site
from tests.other_user import NOBODY, another_user
from tests.render.sites import HOME, OFFICE, OLD

OPERATORS = {
    "pjsip.conf": b"[global]\ntype=global\n",
    "sip.conf": b"[general]\r\ncontext=public\r\n",
    "extensions.conf": b"[general]\nstatic=yes\n\n[default]\nexten => 1,1,NoOp()",
    "voicemail.conf": b"[general]\nformat=wav\n[default]\n100 => 1,J\xf6rg\n",
}
PJSIP = [f"{FOLDER}/ringup_{name}.conf" for name in ("pjsip", "voicemail", "extensions")]


def line(name: str) -> bytes:
    """Return the line that includes ringup's file in the operator's file of this name."""
    return f'#tryinclude "ringup.d/ringup_{name}.conf"\n'.encode()


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    for name, data in OPERATORS.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o644)
    return tmp_path


def snapshot(etc: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(etc)): path.read_bytes() for path in sorted(etc.rglob("*")) if path.is_file()
    }


def test_our_files_are_written_whole_and_included_once(etc: Path) -> None:
    changed = install(HOME, etc)
    assert changed == [*PJSIP, "pjsip.conf", "voicemail.conf", "extensions.conf"]
    for name, text in contents(HOME).items():
        assert (etc / FOLDER / name).read_text() == text
    assert (etc / "pjsip.conf").read_bytes() == OPERATORS[
        "pjsip.conf"
    ] + b'#tryinclude "ringup.d/ringup_pjsip.conf"\n'
    assert (etc / "extensions.conf").read_bytes().endswith(b"NoOp()\n" + line("extensions"))
    assert (etc / "sip.conf").read_bytes() == OPERATORS["sip.conf"]


def test_nothing_is_written_when_nothing_changed(etc: Path) -> None:
    install(HOME, etc)
    before = {path: path.stat().st_mtime_ns for path in etc.rglob("*")}
    assert install(HOME, etc) == []
    assert {path: path.stat().st_mtime_ns for path in etc.rglob("*")} == before


def test_a_changed_site_changes_only_our_files(etc: Path) -> None:
    install(HOME, etc)
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    assert install(more, etc) == PJSIP


def test_our_files_are_kept_as_they_were_before_the_latest_change(etc: Path) -> None:
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    for site in (HOME, more, HOME, HOME):
        install(site, etc)
    assert (etc / f"{PJSIP[0]}{PREVIOUS}").read_text() == contents(more)["ringup_pjsip.conf"]
    remove(etc)
    assert not (etc / FOLDER).exists()


class Killed(BaseException):
    """Stands for a signal that a program cannot catch."""


@pytest.mark.parametrize("at", range(6))
def test_what_a_killed_program_left_half_done_is_completed_at_the_next_start(
    etc: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(HOME, etc)
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    real, calls = Path.replace, count()

    def replace(self: Path, target: Path) -> Path:
        if next(calls) == at:
            raise Killed
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(Killed):
            install(more, etc)
    for name in contents(HOME):  # each file is the old or the new one, never a part
        assert (etc / FOLDER / name).read_text() in (contents(HOME)[name], contents(more)[name])
    assert drift(etc) == ()
    install(more, etc)
    names = {f"{FOLDER}/{name}" for name in contents(more)}
    assert {name: snapshot(etc)[name].decode() for name in names} == {
        f"{FOLDER}/{name}": text for name, text in contents(more).items()
    }
    assert not list((etc / FOLDER).glob(".*"))


def test_two_programs_do_not_write_at_the_same_time(etc: Path) -> None:
    install(HOME, etc)
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    with ThreadPoolExecutor() as pool:
        with alone_in(etc / FOLDER):
            second = pool.submit(install, more, etc)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.05)
            assert snapshot(etc)[PJSIP[0]].decode() == contents(HOME)["ringup_pjsip.conf"]
        assert second.result(timeout=5) == PJSIP


def test_the_operators_files_are_kept_as_they_were_before_the_first_touch(etc: Path) -> None:
    install(HOME, etc)
    path = etc / "pjsip.conf"
    path.write_bytes(path.read_bytes().replace(b'#tryinclude "ringup.d/ringup_pjsip.conf"\n', b"; later\n"))
    install(HOME, etc)
    assert (etc / f"pjsip.conf{BACKUP}").read_bytes() == OPERATORS["pjsip.conf"]
    assert path.read_bytes() == OPERATORS["pjsip.conf"] + b"; later\n" + line("pjsip")


def test_the_other_drivers_file_and_its_include_go(etc: Path) -> None:
    install(OFFICE, etc)
    changed = install(OLD, etc)
    assert PJSIP[0] in changed
    assert not (etc / PJSIP[0]).exists()
    assert (etc / "pjsip.conf").read_bytes() == OPERATORS["pjsip.conf"]
    assert (etc / "sip.conf").read_bytes() == OPERATORS[
        "sip.conf"
    ] + b'#tryinclude "ringup.d/ringup_sip.conf"\n'


def test_a_file_that_the_operator_does_not_have_is_made(tmp_path: Path) -> None:
    install(HOME, tmp_path)
    assert (tmp_path / "voicemail.conf").read_bytes() == b'#tryinclude "ringup.d/ringup_voicemail.conf"\n'
    assert not (tmp_path / "sip.conf").exists()
    assert not list(tmp_path.glob(f"*{BACKUP}"))


def test_secrets_are_for_the_owner_and_the_folders_group(etc: Path) -> None:
    install(HOME, etc)
    status = (etc / PJSIP[0]).stat()
    assert status.st_mode & 0o777 == 0o640
    assert status.st_gid == etc.stat().st_gid
    assert (etc / "pjsip.conf").stat().st_mode & 0o777 == 0o644


def test_an_include_that_the_operator_wrote_is_not_repeated(etc: Path) -> None:
    path = etc / "pjsip.conf"
    path.write_bytes(b'  #tryinclude "ringup.d/ringup_pjsip.conf"  \r\n[global]\r\n')
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
    with pytest.raises(InstallError, match=r"ringup.d/.*Permission denied.*as root.*pbx install"):
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
    assert target.read_bytes() == b'[global]\n#tryinclude "ringup.d/ringup_pjsip.conf"\n'


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
    (etc / FOLDER).mkdir()
    (etc / PJSIP[0]).symlink_to(target)
    install(HOME, etc)
    assert target.read_bytes() == b"precious"
    assert not (etc / PJSIP[0]).is_symlink()


def test_a_file_that_cannot_be_given_away_is_written_all_the_same(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a user namespace only one user is mapped, so the owner cannot be changed."""

    def refuse(_handle: int, _owner: int, _group: int) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", lambda _handle: os.stat_result([0] * 4 + [4711, 4711] + [0] * 4))
    assert install(HOME, etc)


EARLIER = {
    **{f"ringup_{name}.conf": b"; ours\n" for name in ("pjsip", "voicemail", "extensions")},
    "pjsip.conf": OPERATORS["pjsip.conf"] + b'#include "ringup_pjsip.conf"\n; the last line\n',
    "voicemail.conf": b'#include "ringup_voicemail.conf"\n',
    "extensions.conf": OPERATORS["extensions.conf"] + b'\n#include "ringup_extensions.conf"\n',
}
"""The files that version 0.2.0 wrote."""


def test_an_installation_of_an_earlier_version_is_changed_over(etc: Path) -> None:
    for name, data in EARLIER.items():
        (etc / name).write_bytes(data)
    install(HOME, etc)
    assert not [name for name in EARLIER if name.startswith("ringup_") and (etc / name).exists()]
    assert (etc / "pjsip.conf").read_bytes() == (
        OPERATORS["pjsip.conf"] + b'#tryinclude "ringup.d/ringup_pjsip.conf"\n; the last line\n'
    )
    assert install(HOME, etc) == []


@pytest.mark.parametrize("given", [OPERATORS, EARLIER], ids=["new", "earlier"])
def test_removal_leaves_nothing_of_ours(etc: Path, given: dict[str, bytes]) -> None:
    before = snapshot(etc)
    for name, data in given.items():
        (etc / name).write_bytes(data)
    if given is OPERATORS:
        install(HOME, etc)
    else:
        before |= {"pjsip.conf": OPERATORS["pjsip.conf"] + b"; the last line\n"}
        before |= {"extensions.conf": OPERATORS["extensions.conf"] + b"\n"}
        del before["voicemail.conf"]  # the file contained only ringup's line
    assert remove(etc)
    assert snapshot(etc) == before
    assert not (etc / FOLDER).exists()
    assert remove(etc) == []


def test_a_copy_that_differs_from_what_is_left_stays(etc: Path) -> None:
    install(HOME, etc)
    path = etc / "pjsip.conf"
    path.write_bytes(path.read_bytes() + b"; later\n")
    remove(etc)
    assert path.read_bytes() == OPERATORS["pjsip.conf"] + b"; later\n"
    assert (etc / f"pjsip.conf{BACKUP}").read_bytes() == OPERATORS["pjsip.conf"]
    assert not (etc / f"extensions.conf{BACKUP}").exists()


def test_our_folder_is_the_servers_and_asterisks_alone(etc: Path) -> None:
    install(HOME, etc)
    assert stat.S_IMODE((etc / FOLDER).stat().st_mode) == 0o2750


def test_a_link_in_the_place_of_our_folder_is_refused(etc: Path) -> None:
    (etc / FOLDER).symlink_to(etc.parent)
    with pytest.raises(InstallError, match="it is a link"):
        install(HOME, etc)
    assert not (etc.parent / "ringup_pjsip.conf").exists()


@pytest.fixture
def stock() -> Iterator[Path]:
    """Asterisk's folder as in Debian, where other users may list files, but not read them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file, data in OPERATORS.items():
            (folder / file).write_bytes(data)
            (folder / file).chmod(0o640)
        yield folder


def test_the_servers_user_writes_our_files_and_needs_no_right_to_the_operators(stock: Path) -> None:
    with another_user(), pytest.raises(InstallError, match=r"Permission denied.*ringup pbx install"):
        install(HOME, stock)
    assert snapshot(stock) == OPERATORS
    install(HOME, stock)
    before = snapshot(stock)
    give(stock / FOLDER)
    more = HOME.model_copy(update={"phones": OFFICE.phones})
    with another_user():
        assert install(HOME, stock) == []
        assert install(more, stock) == PJSIP
    after = snapshot(stock)
    assert {name for name in before if after[name] != before[name]} == {*PJSIP, f"{FOLDER}/{WRITTEN}"}
    assert {*after} - {*before} == {f"{name}{PREVIOUS}" for name in PJSIP}


def test_the_servers_user_is_told_when_another_driver_needs_root(stock: Path) -> None:
    install(OFFICE, stock)
    give(stock / FOLDER)
    with another_user(), pytest.raises(InstallError, match=r"sip\.conf.*Run this once, as root"):
        install(OLD, stock)


def give(folder: Path) -> None:
    """Give a folder to the server's user; the other user of the tests stands for it."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)


def test_a_folder_that_the_service_may_not_write_yet_asks_for_its_restart(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InstallError, match=r"Read-only file system.*systemctl restart ringup"):
        install(HOME, etc)
