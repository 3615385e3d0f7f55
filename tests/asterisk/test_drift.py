"""A file of ringup that was changed by hand is noticed, left alone, and copied before it is overwritten."""

from pathlib import Path

import pytest

from ringup.asterisk.drift import BY_HAND, WRITTEN, drift
from ringup.asterisk.include_lines import FOLDER
from ringup.asterisk.install import contents, install, remove, to_write
from ringup.site.model import Site
from tests.render.sites import HOME, OFFICE, OLD

NAME = "ringup_pjsip.conf"
MORE = HOME.model_copy(update={"phones": OFFICE.phones})


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A folder of Asterisk that contains ringup's files."""
    folder = tmp_path / "etc"
    folder.mkdir()
    install(HOME, folder)
    return folder


def edit(etc: Path, name: str = NAME) -> str:
    path = etc / FOLDER / name
    path.write_text(path.read_text() + "; by hand\n")
    return path.read_text()


def text(etc: Path, name: str = NAME) -> str:
    return (etc / FOLDER / name).read_text()


def names(etc: Path) -> list[str]:
    return [each.name for each in drift(etc)]


def test_what_ringup_wrote_is_no_drift(etc: Path) -> None:
    assert drift(etc) == ()
    install(MORE, etc)
    assert drift(etc) == ()


def test_a_change_by_hand_is_found_with_its_text_and_not_shown(etc: Path) -> None:
    edited = edit(etc)
    [found] = drift(etc)
    assert (found.name, found.text) == (NAME, edited)
    assert "by hand" not in repr(found)


def test_it_stays_while_the_site_has_nothing_new(etc: Path) -> None:
    edited = edit(etc)
    assert to_write(HOME, etc) == []
    assert install(HOME, etc) == []
    assert text(etc) == edited
    assert names(etc) == [NAME]


def test_a_new_site_overwrites_it_and_keeps_a_copy(etc: Path) -> None:
    edited = edit(etc)
    assert f"{FOLDER}/{NAME}{BY_HAND}" in install(MORE, etc)
    assert text(etc) == contents(MORE)[NAME]
    assert text(etc, f"{NAME}{BY_HAND}") == edited
    assert drift(etc) == ()


def test_it_is_overwritten_when_the_operator_says_so(etc: Path) -> None:
    edited = edit(etc)
    install(HOME, etc, overwrite=True)
    assert text(etc) == contents(HOME)[NAME]
    assert text(etc, f"{NAME}{BY_HAND}") == edited


def test_other_files_change_beside_it(etc: Path) -> None:
    edit(etc, "ringup_extensions.conf")
    voicemail = HOME.model_copy(update={"pbx": HOME.pbx.model_copy(update={"options": {"rtcp_mux": "no"}})})
    assert install(voicemail, etc) == [f"{FOLDER}/{NAME}"]
    assert names(etc) == ["ringup_extensions.conf"]


def test_a_file_of_the_other_driver_leaves_a_copy(etc: Path) -> None:
    edited = edit(etc)
    install(OLD, etc)
    assert not (etc / FOLDER / NAME).exists()
    assert text(etc, f"{NAME}{BY_HAND}") == edited


def test_a_file_that_is_gone_is_written_again(etc: Path) -> None:
    (etc / FOLDER / NAME).unlink()
    assert drift(etc) == ()
    assert install(HOME, etc) == [f"{FOLDER}/{NAME}"]


@pytest.mark.parametrize(
    "listed", [None, b"", b"no JSON", b"[1]", b"7", b'{"ringup_pjsip.conf": 7}', b"\xff"]
)
def test_without_a_list_that_can_be_read_nothing_is_known(etc: Path, listed: bytes | None) -> None:
    edit(etc)
    path = etc / FOLDER / WRITTEN
    path.unlink()
    if listed is not None:
        path.write_bytes(listed)
    assert drift(etc) == ()
    assert install(HOME, etc) == [f"{FOLDER}/{NAME}"]
    edit(etc)
    assert names(etc) == [NAME]


def test_nothing_is_left_after_a_removal(etc: Path) -> None:
    edit(etc)
    install(MORE, etc)
    edit(etc)
    remove(etc)
    assert not (etc / FOLDER).exists()


def test_a_folder_without_files_has_no_drift(tmp_path: Path) -> None:
    assert drift(tmp_path) == ()
    assert install(Site(), tmp_path)
    assert drift(tmp_path) == ()
