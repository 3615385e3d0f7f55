"""Sound files become ring tones that phones take."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.media.excerpt import loudest_start, part_of
from ringup.media.sound import Sound, read_sound
from ringup.media.tone import LEVEL, ring_tone, tone_bytes, tone_of
from ringup.phone.ring_tone import ring_problems
from ringup.wire.g711 import LOUDEST, SAMPLE_RATE, ULAW_SILENCE, ulaw_decode
from tests.media.sounds import RATE, hum_then_tone, np, tone, written


def pitch_of(data: bytes) -> float:
    """Return the loudest frequency of a tone in Hz."""
    spectrum = abs(np.fft.rfft(ulaw_decode(data)))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(data)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_every_kind_of_file_gives_a_tone_of_its_loudest_part(tmp_path: Path, kind: str) -> None:
    data = tone_of(written(tmp_path / f"a.{kind}", hum_then_tone()))
    assert list(ring_problems("a", data)) == []
    assert pitch_of(data) == pytest.approx(440, abs=2)
    assert len(data) > 1.8 * SAMPLE_RATE


def test_the_part_begins_where_the_sound_rises() -> None:
    assert loudest_start(Sound(hum_then_tone(3.0), RATE)) == pytest.approx(3.0, abs=0.02)


def test_of_two_rises_the_louder_is_taken() -> None:
    silence = np.zeros(3 * RATE)
    samples = np.concatenate((tone(1, loudness=0.3), silence, tone(1, loudness=0.9), silence))
    assert loudest_start(Sound(samples, RATE)) == pytest.approx(4.0, abs=0.02)


def test_the_given_seconds_are_taken_instead(tmp_path: Path) -> None:
    data = tone_of(written(tmp_path / "a.wav", hum_then_tone()), 0.5, 1.0)
    assert pitch_of(data) == pytest.approx(300, abs=3)
    assert len(data) == pytest.approx(0.5 * SAMPLE_RATE, abs=480)


def test_a_high_sound_is_filtered_and_not_folded_down(tmp_path: Path) -> None:
    both = tone(2, 440, 0.1) + tone(2, 6_000, 0.5)  # 6 kHz would appear as 2 kHz
    spectrum = abs(np.fft.rfft(ulaw_decode(tone_of(written(tmp_path / "a.wav", both)))))
    hertz = SAMPLE_RATE / (2 * (len(spectrum) - 1))
    folded = spectrum[round(1_950 / hertz) : round(2_050 / hertz)].max()
    assert folded < 0.01 * spectrum.max()


def test_a_quiet_sound_becomes_as_loud_as_a_loud_one(tmp_path: Path) -> None:
    for name, loudness in (("quiet", 0.01), ("loud", 1.0)):
        data = tone_of(written(tmp_path / f"{name}.flac", tone(2, loudness=loudness)))
        assert max(ulaw_decode(data)) == pytest.approx(LEVEL * LOUDEST, rel=0.03)


def test_two_channels_are_mixed(tmp_path: Path) -> None:
    left, nothing = tone(2), np.zeros(2 * RATE)
    data = tone_of(written(tmp_path / "a.wav", np.column_stack((left, nothing))))
    assert pitch_of(data) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (7.0, None, "has 6.00 seconds, so no part begins at 7.00. Give --from a second inside the sound."),
        (2.0, 1.0, "no part ends at 1.00, before 2.00. Swap --from and --to."),
    ],
)
def test_seconds_outside_the_sound_are_refused(
    tmp_path: Path, start: float, end: float | None, said: str
) -> None:
    file = written(tmp_path / "a.wav", hum_then_tone())
    with pytest.raises(SiteErrors) as refused:
        tone_of(file, start, end)
    assert str(refused.value) == f"{file}: {said}"


def test_silence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteErrors, match=r"is silent from 0.00 to 1.00 seconds. Choose another part"):
        tone_of(written(tmp_path / "a.wav", np.zeros(RATE)))
    with pytest.raises(SiteErrors, match="has no samples"):
        tone_of(written(tmp_path / "b.wav", np.zeros(0)))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no sound at all\n" * 99, b"ID3" + bytes(99)])
def test_a_file_that_is_not_a_sound_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(SiteErrors, match=r"a\.wav: is not a sound|has no samples"):
        tone_of(tmp_path / "a.wav")


def test_a_wav_that_ends_early_gives_a_tone_or_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.wav", tone(0.2)).read_bytes()
    for size in range(0, len(whole), 997):
        (tmp_path / "b.wav").write_bytes(whole[:size])
        try:
            data = tone_of(tmp_path / "b.wav")
        except SiteErrors:
            continue
        assert list(ring_problems("b", data)) == []


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=3_000),
    st.sampled_from([8_000, 11_025, 22_050, 44_100, 48_000]),
)
def test_any_part_that_is_not_silent_gives_a_tone_within_the_limits(samples: list[float], rate: int) -> None:
    try:
        part = part_of(Sound(np.array(samples), rate), None, None, "a")
    except SiteErrors:
        return
    data = ring_tone(part, "a")
    assert list(ring_problems("a", data)) == []
    assert data[0] == data[-1] == ULAW_SILENCE


@given(st.lists(st.integers(-LOUDEST, LOUDEST), max_size=20_000))
def test_samples_of_any_number_give_whole_blocks(samples: list[int]) -> None:
    data = tone_bytes(samples)
    assert list(ring_problems("a", data)) == []
    assert data[0] == data[-1] == ULAW_SILENCE


def test_numbers_that_are_none_count_as_silence(tmp_path: Path) -> None:
    import soundfile

    samples = tone(1)
    samples[100:200] = float("nan")
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="DOUBLE")
    assert not np.isnan(read_sound(tmp_path / "a.wav").samples).any()
