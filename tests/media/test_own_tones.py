"""The tones that ringup makes itself, the names of their files, and the WAV files for listening."""

import io
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import InstallError
from ringup.media.filing import LONGEST_FILE_NAME, file_name, file_under
from ringup.media.own_tones import WAVES, own_tone
from ringup.media.ring_list import LONGEST_RING_NAME
from ringup.media.wav import wav_of
from ringup.phone.ring_tone import ring_problems
from ringup.wire.g711 import ulaw_decode, ulaw_encode


@pytest.mark.parametrize("name", WAVES)
def test_each_own_tone_is_one_that_a_phone_takes(name: str) -> None:
    data = own_tone(name)
    assert list(ring_problems(name, data)) == []
    assert len(name) <= LONGEST_RING_NAME
    assert max(map(abs, ulaw_decode(data))) > 20_000


def test_no_two_own_tones_sound_alike() -> None:
    assert len({own_tone(name) for name in WAVES}) == len(WAVES)


def test_the_wav_holds_the_samples_of_the_tone() -> None:
    data = own_tone("Bell")
    with wave.open(io.BytesIO(wav_of(data))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8_000)
        frames = file.readframes(file.getnframes())
    samples = [int.from_bytes(frames[at : at + 2], "little", signed=True) for at in range(0, len(frames), 2)]
    assert ulaw_encode(samples) == data.replace(b"\x7f", b"\xff")


@given(st.text(), st.integers(1, 10_000))
def test_any_title_gives_a_file_name_of_plain_characters(title: str, number: int) -> None:
    name = file_name(title, ".raw", number)
    assert name.endswith(".raw")
    assert len(name) <= LONGEST_FILE_NAME
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert not name.startswith((".", "-"))


def test_other_bytes_of_the_same_title_get_another_file(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    assert file_under(folder, "Old Style", ".raw", b"a") == ("old-style.raw", True)
    assert file_under(folder, "Old Style", ".raw", b"a") == ("old-style.raw", False)
    assert file_under(folder, "Old Style", ".raw", b"b") == ("old-style-2.raw", True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "old-style.raw": b"a",
        "old-style-2.raw": b"b",
    }
    assert folder.joinpath("old-style.raw").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"")
    with pytest.raises(InstallError, match=r"writing to .*files: .* --files DIR"):
        file_under(tmp_path / "files", "a", ".raw", b"a")
