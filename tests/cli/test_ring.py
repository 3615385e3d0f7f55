"""`ringup ring`: tones in the list, and their files in the folder from which `serve` gives them to phones."""

from pathlib import Path

import pytest

from ringup.change.stored_site import stored_site
from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.media.own_tones import WAVES, own_tone
from tests.cli.terminal import Ringup


@pytest.fixture(name="doorbell")
def _doorbell(tmp_path: Path) -> Path:
    """A sound file with a loud tone after a quiet hum."""
    pytest.importorskip("soundfile")
    pytest.importorskip("soxr")
    from tests.media.sounds import hum_then_tone, written

    return written(tmp_path / "door_bell.ogg", hum_then_tone())


def served(tmp_path: Path, name: str) -> bytes:
    """Return the file that a phone gets under this name; empty if it gets none."""
    site = stored_site(str(tmp_path / "ringup.db"))
    folder = FirmwareFolder(tmp_path / "files")
    finder = FileFinder(site, FirmwareFolder(None), "192.168.1.10", check_owner=True, own_files=folder)
    found = finder.find(name, Requester("192.168.1.100"))
    return found.data if isinstance(found, File) else b""


def test_an_added_tone_and_its_list_are_served(ringup: Ringup, tmp_path: Path, doorbell: Path) -> None:
    said = ringup("ring", "add", str(doorbell))
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"door bell: {tmp_path}/files/door-bell.raw, ")
    assert "Revision 1.\n" in said.out
    assert served(tmp_path, "RINGLIST.DAT") == b"door bell\tdoor-bell.raw\n"
    assert served(tmp_path, "door-bell.raw") == (tmp_path / "files" / "door-bell.raw").read_bytes() != b""


def test_later_models_get_the_list_in_xml_in_either_spelling(ringup: Ringup, tmp_path: Path) -> None:
    ringup("ring", "defaults")
    assert served(tmp_path, "RingList.xml") == served(tmp_path, "Ringlist.xml")
    assert served(tmp_path, "Ringlist.xml").startswith(
        b"<CiscoIPPhoneRingList>\n  <Ring>\n    <DisplayName>Bell</DisplayName>\n"
        b"    <FileName>bell.raw</FileName>\n  </Ring>\n"
    )


def test_the_default_tones_are_added_once(ringup: Ringup, tmp_path: Path) -> None:
    assert ringup("ring", "defaults").status == 0
    assert [ring.name for ring in stored_site(str(tmp_path / "ringup.db")).rings] == list(WAVES)
    assert served(tmp_path, "bell.raw") == own_tone("Bell")
    assert ringup("ring", "defaults").out == "Nothing to change: the list has these tones already.\n"


def test_the_list_shows_lengths_and_faults(ringup: Ringup, tmp_path: Path) -> None:
    assert "No ring tones yet." in ringup("ring", "list").out
    ringup("ring", "defaults")
    (tmp_path / "files" / "bell.raw").unlink()
    rows = ringup("ring", "list").out.splitlines()
    assert rows[2].split() == ["Warble", "warble.raw", "2.01"]
    assert rows[-1].startswith("! ring Bell: its file bell.raw is missing.")


def test_a_removed_tone_comes_back_with_undo(ringup: Ringup, tmp_path: Path) -> None:
    ringup("ring", "defaults")
    before = served(tmp_path, "RINGLIST.DAT")
    assert ringup("ring", "remove", "Bell", "Warble").status == 0
    assert b"Bell" not in served(tmp_path, "RINGLIST.DAT")
    assert ringup("undo", "2").status == 0
    assert served(tmp_path, "RINGLIST.DAT") == before
    assert served(tmp_path, "bell.raw") == own_tone("Bell")


def test_an_unknown_tone_is_not_removed(ringup: Ringup) -> None:
    ringup("ring", "defaults")
    said = ringup("ring", "remove", "Bel")
    assert (said.status, said.err) == (2, "ringup: ring Bel: is not in the list. Did you mean Bell?\n")


def test_a_refused_tone_leaves_no_file(ringup: Ringup, tmp_path: Path, doorbell: Path) -> None:
    assert ringup("ring", "add", str(doorbell), "--name", "Bell").status == 0
    said = ringup("ring", "add", str(doorbell), "--name", "Bell", "--from", "0")
    assert "ring Bell: is in the list already. Give another --name" in said.err
    long = ringup("ring", "add", str(doorbell), "--name", "x" * 26)
    assert "has 26 characters; a phone shows 25. Give a shorter one: --name NAME." in long.err
    quoted = ringup("ring", "add", str(doorbell), "--name", 'a "b"')
    assert (said.status, long.status, quoted.status) == (2, 2, 2)
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["bell.raw"]


def test_all_bad_files_are_named_and_none_is_added(ringup: Ringup, tmp_path: Path, doorbell: Path) -> None:
    for name in ("a.wav", "b.mp3"):
        (tmp_path / name).write_bytes(b"no sound")
    said = ringup("ring", "add", str(tmp_path / "a.wav"), str(doorbell), str(tmp_path / "b.mp3"))
    assert said.status == 2
    assert said.err.splitlines() == [
        "ringup: 2 problems, and nothing was changed:",
        *(
            f"{tmp_path}/{name}: is not a sound that can be read. Give a WAV, MP3, FLAC or OGG file."
            for name in ("a.wav", "b.mp3")
        ),
    ]
    assert not (tmp_path / "files").exists()


def test_a_list_takes_fifty_tones(ringup: Ringup, tmp_path: Path, doorbell: Path) -> None:
    rows = "".join(f"  - {{name: tone {number}, file: t{number}.raw}}\n" for number in range(50))
    (tmp_path / "site.yaml").write_text(f"rings:\n{rows}")
    assert ringup("apply", str(tmp_path / "site.yaml")).status == 0
    said = ringup("ring", "add", str(doorbell))
    assert "the ring list: would have 51 tones; a phone takes 50." in said.err
    assert not (tmp_path / "files").exists()


def test_a_tone_is_heard_before_and_after_it_is_added(ringup: Ringup, tmp_path: Path, doorbell: Path) -> None:
    ringup("ring", "add", str(doorbell), "--name", "Doorbell")
    for tone, wav in ((str(doorbell), "before.wav"), ("Doorbell", "after.wav")):
        said = ringup("ring", "preview", tone, "--output", str(tmp_path / wav))
        assert said.out.startswith(f"Wrote {tmp_path}/{wav}: ")
    assert (tmp_path / "before.wav").read_bytes() == (tmp_path / "after.wav").read_bytes()
    assert "is not in the list" in ringup("ring", "preview", "none", "-o", str(tmp_path / "c.wav")).err


def test_without_the_extra_the_command_names_it(
    ringup: Ringup, doorbell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "soundfile", None)
    said = ringup("ring", "add", str(doorbell))
    assert said.status == 2
    assert (
        'cannot be read without soundfile. Install what ringup needs for it: pip install "ringup[audio]"'
        in said.err
    )
