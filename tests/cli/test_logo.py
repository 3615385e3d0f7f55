"""`ringup logo`: the picture is converted, named in SIPDefault.cnf, and served."""

from pathlib import Path

import pytest

from ringup.change.stored_site import stored_site
from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from tests.cli.terminal import Ringup

MAC = "001646C0FFEE"


@pytest.fixture(name="picture")
def _picture(tmp_path: Path) -> Path:
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (180, 112), "black").save(tmp_path / "company.png")
    return tmp_path / "company.png"


def served(tmp_path: Path, name: str) -> bytes:
    """Return the file that a phone gets under this name; empty if it gets none."""
    site = stored_site(str(tmp_path / "ringup.db"))
    folder = FirmwareFolder(tmp_path / "files")
    finder = FileFinder(site, FirmwareFolder(None), "192.168.1.10", check_owner=True, own_files=folder)
    found = finder.find(name, Requester("192.168.1.100", MAC))
    return found.data if isinstance(found, File) else b""


def test_the_logo_is_named_and_served(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    said = ringup("logo", "set", str(picture))
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"{tmp_path}/files/logo.bmp, 6,230 bytes\n")
    assert b'\nlogo_url: "http://192.168.1.10/logo.bmp"\n' in served(tmp_path, "SIPDefault.cnf")
    assert served(tmp_path, "logo.bmp").startswith(b"BM")


def test_a_group_can_do_without_it(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    ringup("group", "add", "lobby")
    ringup("phone", "add", MAC, "--extension", "201", "--group", "lobby")
    ringup("logo", "set", str(picture))
    assert b"logo_url" not in served(tmp_path, f"SIP{MAC}.cnf")
    assert ringup("group", "set", "lobby", "logo_url=").status == 0
    assert b'\nlogo_url: ""\n' in served(tmp_path, f"SIP{MAC}.cnf")


def test_a_cleared_logo_comes_back_with_undo(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    ringup("logo", "set", str(picture))
    assert ringup("logo", "clear").status == 0
    assert b'\nlogo_url: ""\n' in served(tmp_path, "SIPDefault.cnf")
    assert ringup("undo", "2").status == 0
    assert b"/logo.bmp" in served(tmp_path, "SIPDefault.cnf")
    assert served(tmp_path, "logo.bmp")


def test_clearing_no_logo_changes_nothing(ringup: Ringup) -> None:
    assert "Nothing to change" in ringup("logo", "clear").out


def test_another_picture_gets_another_name_so_that_undo_has_the_first(
    ringup: Ringup, tmp_path: Path, picture: Path
) -> None:
    image = pytest.importorskip("PIL.Image")
    image.new("L", (9, 9), 255).save(tmp_path / "white.png")
    ringup("logo", "set", str(picture))
    ringup("logo", "set", str(tmp_path / "white.png"))
    assert stored_site(str(tmp_path / "ringup.db")).logo == "logo-2.bmp"
    first = served(tmp_path, "logo.bmp")
    ringup("undo", "2")
    assert stored_site(str(tmp_path / "ringup.db")).logo == "logo.bmp"
    assert served(tmp_path, "logo.bmp") == first != b""


def test_a_url_of_the_operator_is_not_hidden_behind(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    ringup("site", "set", "logo_url=http://192.168.1.9/a.bmp")
    said = ringup("logo", "set", str(picture))
    assert (said.status, said.err) == (
        2,
        "ringup: site: has a logo_url of its own, which phones get instead. "
        "Remove it first: `ringup site set --unset logo_url`.\n",
    )
    assert not (tmp_path / "files").exists()


def test_the_preview_is_text_and_png(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    said = ringup("logo", "preview", str(picture), "--output", str(tmp_path / "shown.png"))
    assert said.out.splitlines() == ["█" * 72] * 22 + [f"Wrote {tmp_path}/shown.png."]
    with image.open(tmp_path / "shown.png") as shown:
        assert shown.size == (360, 224)
    ringup("logo", "set", str(picture))
    assert ringup("logo", "preview").out == "\n".join(["█" * 72] * 22) + "\n"


def test_without_a_logo_there_is_nothing_to_preview(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    assert "logo: none is set. Set one: `ringup logo set FILE`." in ringup("logo", "preview").err
    ringup("logo", "set", str(picture))
    (tmp_path / "files" / "logo.bmp").unlink()
    assert "its file logo.bmp is not in" in ringup("logo", "preview").err


def test_a_file_that_is_not_a_picture_changes_nothing(ringup: Ringup, tmp_path: Path, picture: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    said = ringup("logo", "set", str(tmp_path / "a.png"))
    assert said.err.startswith(f"ringup: {tmp_path}/a.png: is not a picture that can be read.")
    assert not (tmp_path / "files").exists()


def test_without_the_extra_the_command_names_it(
    ringup: Ringup, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    said = ringup("logo", "set", str(picture))
    assert said.err.endswith('Install what ringup needs for it: pip install "ringup[pictures]"\n')
