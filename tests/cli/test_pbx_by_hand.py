"""A file of ringup that was changed by hand: its diff is shown, and it is not overwritten silently."""

from pathlib import Path
from unittest.mock import patch

import pytest

from ringup.asterisk.install import install
from ringup.cli import approval, pbx_by_hand
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.cli.terminal import Ringup, Said

MAC = "001646000001"


@pytest.fixture
def file(ringup: Ringup, tmp_path: Path) -> Path:
    """ringup's file with an added line that contains a secret."""
    etc = tmp_path / "etc"
    etc.mkdir()
    site = Site(
        pbx=Pbx(etc=str(etc)), phones=(Phone(mac=MAC, lines=(Line(extension="201", secret="s3cret"),)),)
    )
    install(site, etc)
    engine = open_database(str(tmp_path / "ringup.db"))
    commit(engine, site, author="test", summary="test", at=1.0)
    engine.dispose()
    path = etc / "ringup.d/ringup_pjsip.conf"
    path.write_text(path.read_text().replace("password = s3cret", "password = by-hand-s3cret"))
    assert "by-hand-s3cret" in path.read_text()
    return path


def on_a_terminal(ringup: Ringup, *typed: str, answer: str) -> Said:
    with (
        patch.object(approval, "is_terminal", lambda: True),
        patch.object(pbx_by_hand, "is_terminal", lambda: True),
    ):
        return ringup(*typed, typed=answer)


def test_an_installation_shows_the_diff_and_refuses(ringup: Ringup, file: Path) -> None:
    said = ringup("pbx", "install")
    assert said.status == 3
    assert f"{file} was changed by hand:\n@@ " in said.err
    assert "To overwrite it, add --overwrite; a copy is kept as NAME.by-hand." in said.err
    assert "s3cret" not in said.err
    assert "by-hand-s3cret" in file.read_text()


@pytest.mark.parametrize("flag", ["--overwrite", "--yes"])
def test_it_is_overwritten_when_told_so_and_a_copy_is_kept(ringup: Ringup, file: Path, flag: str) -> None:
    said = ringup("pbx", "install", flag)
    assert said.status == 0
    assert "by-hand-s3cret" not in file.read_text()
    assert "by-hand-s3cret" in file.with_name(f"{file.name}.by-hand").read_text()
    assert f"{file.name}.by-hand" in said.out


def test_a_dry_run_shows_it_and_changes_nothing(ringup: Ringup, file: Path) -> None:
    said = ringup("pbx", "install", "--dry-run")
    assert (said.status, "was changed by hand" in said.err) == (0, True)
    assert "by-hand-s3cret" in file.read_text()


def test_a_change_that_would_overwrite_it_asks(ringup: Ringup, file: Path) -> None:
    said = ringup("phone", "set", "201", "--name", "Larry")
    assert said.status == 3
    assert "ringup_pjsip.conf was changed by hand (+1 -1 lines), and this change overwrites it" in said.err
    refused = on_a_terminal(ringup, "phone", "set", "201", "--name", "Larry", answer="n\n")
    assert (refused.status, "by-hand-s3cret" in file.read_text()) == (3, True)
    assert ringup("phone", "set", "201", "--name", "Larry", "--yes").status == 0
    assert "by-hand-s3cret" in file.with_name(f"{file.name}.by-hand").read_text()
    assert "Larry" in file.read_text()


def test_a_change_that_leaves_it_alone_does_not_ask(ringup: Ringup, file: Path) -> None:
    assert ringup("phone", "set", "201", "--label", "Sales").status == 0
    assert "by-hand-s3cret" in file.read_text()


def test_verification_reports_it_with_its_diff(ringup: Ringup, file: Path) -> None:
    ringup("site", "set", "pbx.manager_user=ringup", "pbx.manager_secret=s", "pbx.manager_port=1")
    said = ringup("pbx", "verify")
    assert said.status == 2
    assert f"{file} was changed by hand:" in said.err
    assert "s3cret" not in said.err


def test_without_the_list_of_what_was_written_nobody_is_asked(ringup: Ringup, file: Path) -> None:
    (file.parent / "written.json").unlink()
    assert ringup("phone", "set", "201", "--name", "Larry").status == 0
    assert "Larry" in file.read_text()
