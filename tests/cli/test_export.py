"""`ringup export`: where it writes, and which users may read the file."""

import stat
from pathlib import Path

import pytest

from tests.cli.terminal import Ringup


@pytest.fixture(name="office")
def _office(ringup: Ringup) -> Ringup:
    """Make a site with one phone, whose password is known."""
    ringup("phone", "add", "001646C0FFEE", "--extension", "201", "--secret", "s3cret", "--name", "Zoë")
    return ringup


def test_a_new_site_is_exported_with_what_an_editor_needs(ringup: Ringup) -> None:
    assert ringup("export").out == (
        "site:\n  name: ringup\n  time_zone: Etc/UTC\n  load: P0S3-8-12-00\n\npbx:\n  driver: pjsip\n"
    )


def test_a_file_is_what_the_screen_shows(office: Ringup, tmp_path: Path) -> None:
    path = tmp_path / "out.yaml"
    assert office("export", "-o", str(path)).out == f"Wrote {path}.\n"
    assert path.read_text("utf-8") == office("export").out
    assert "Zoë" in path.read_text("utf-8")


def test_secrets_are_written_on_request_for_their_owner_only(office: Ringup, tmp_path: Path) -> None:
    path = tmp_path / "out.yaml"
    path.write_text("older")
    path.chmod(0o644)
    office("export", "--output", str(path))
    assert "s3cret" not in path.read_text()
    office("export", "--reveal", "--output", str(path))
    assert "secret: s3cret\n" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if "out.yaml" in file.name) == ["out.yaml"]


def test_a_place_that_cannot_be_written_is_said(office: Ringup, tmp_path: Path) -> None:
    said = office("export", "-o", str(tmp_path / "nosuch" / "out.yaml"))
    assert (said.status, said.out) == (2, "")
    assert "out.yaml: No such file or directory. Choose another place." in said.err
