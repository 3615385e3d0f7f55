"""The sounds of the phone as samples: tones and their rhythm, the selected ring, and what is heard when."""

import io
import wave
from pathlib import Path

import pytest

from ringup.emulator.front import Front
from ringup.emulator.report import Report
from ringup.emulator.speaker import PhoneSound, Speaker, built_in_ring, ring_fault, wav_of
from ringup.emulator.tones import BLOCK, present
from ringup.wire import g711
from tests.emulator.boot.test_boot import SITE
from tests.emulator.test_phone import Desk, sit_down

SILENCE = g711.ULAW_SILENCE
RING = bytes(range(1, 241)) * 2


def call(**detail: object) -> Report:
    return Report(0.0, "call", detail)


def speaker(*reports: Report, ring: bytes = b"") -> Speaker:
    made = Speaker()
    made.ring = ring or made.ring
    for each in reports:
        made.take(each)
    return made


def blocks(ulaw: bytes, frequency: int) -> str:
    """Return a character per 100 ms: + with the tone, - without."""
    values = g711.ulaw_decode(ulaw)
    parts = [values[start : start + BLOCK] for start in range(0, len(values) - BLOCK + 1, BLOCK)]
    return "".join("+" if present(part, frequency) else "-" for part in parts)


@pytest.mark.parametrize(
    ("reports", "sound", "frequencies", "rhythm"),
    [
        (
            (call(state="ringback", code=180),),
            PhoneSound.RINGBACK,
            (440, 480),
            "+" * 20 + "-" * 40 + "+" * 20,
        ),
        ((call(state="failed", code=486),), PhoneSound.BUSY, (480, 620), ("+" * 5 + "-" * 5) * 8),
        ((call(state="failed", code=600),), PhoneSound.BUSY, (480, 620), ("+" * 5 + "-" * 5) * 8),
    ],
)
def test_a_tone_has_its_frequencies_and_its_rhythm(
    reports: tuple[Report, ...], sound: PhoneSound, frequencies: tuple[int, ...], rhythm: str
) -> None:
    heard, ulaw = speaker(*reports).heard(8)
    assert heard is sound
    for frequency in frequencies:
        assert blocks(ulaw, frequency) == rhythm
    assert "+" not in blocks(ulaw, 1000)


def test_a_call_that_cannot_be_made_gives_reorder_at_twice_the_rate_of_busy() -> None:
    sound, ulaw = speaker(call(state="failed", code=404)).heard(1)
    assert sound is PhoneSound.REORDER
    on = [any(byte != SILENCE for byte in ulaw[start : start + 2000]) for start in range(0, 8000, 2000)]
    assert on == [True, False, True, False]


def test_dial_tone_goes_on_without_a_break_and_ends_with_the_call() -> None:
    sound, ulaw = speaker().heard(3, is_off_hook=True)
    assert (sound, blocks(ulaw, 350), blocks(ulaw, 440)) == (PhoneSound.DIAL_TONE, "+" * 30, "+" * 30)
    for state in ("dialling", "answered", "ended"):
        assert speaker(call(state="ringback"), call(state=state)).heard(1) == (
            PhoneSound.SILENCE,
            bytes([SILENCE]) * 8000,
        )


def test_the_selected_ring_is_heard_sample_by_sample_for_two_seconds_of_six() -> None:
    sound, ulaw = speaker(call(state="ringing"), ring=RING).heard(8)
    assert sound is PhoneSound.RING
    assert ulaw[:16_000] == (RING * 34)[:16_000]
    assert set(ulaw[16_000:48_000]) == {SILENCE}
    assert ulaw[48_000:] == ulaw[:16_000]


def test_a_distinctive_ring_sounds_twice_with_a_short_pause() -> None:
    sound, ulaw = speaker(call(state="ringing", alert_info="Bellcore-dr3"), ring=RING).heard(6)
    assert sound is PhoneSound.DISTINCTIVE_RING
    assert ulaw[:7_200] == ulaw[8_800:16_000] == (RING * 15)[:7_200]
    assert set(ulaw[7_200:8_800]) == set(ulaw[16_000:]) == {SILENCE}


def test_the_phone_has_a_ring_without_any_file() -> None:
    assert ring_fault(built_in_ring()[:16_080]) == ""
    assert "+" in blocks(speaker(call(state="ringing")).heard(2)[1], 1000)


@pytest.mark.parametrize("size", [0, 239, 241, 16_320])
def test_a_file_outside_the_limits_is_no_ring(size: int) -> None:
    assert f"{size} samples" in ring_fault(bytes(size))


RINGS = {
    "RINGLIST.DAT": b"My Bell\tbell.pcm\nToo long\tlong.pcm\nGone\tgone.pcm\nno tab here\n",
    "bell.pcm": RING,
}


def test_a_ring_of_the_list_is_fetched_selected_and_heard_in_a_wav(tmp_path: Path) -> None:
    file = tmp_path / "ring.wav"

    async def scene(desk: Desk) -> None:
        for name in ("Too long", "Gone", "My Bell"):
            await desk.phone.command("ring", ring=name)
        with pytest.raises(ValueError, match="My Bell, Too long, Gone"):
            await desk.phone.command("ring", ring="no tab here")
        desk.hear("call", state="ringing", direction="in", line=1)
        await desk.phone.command("listen", file=str(file), seconds=2)

    desk = sit_down(scene, {**SITE, **RINGS, "long.pcm": bytes(16_320)})
    assert [report.detail["name"] for report in desk.kinds("ring-refused")] == ["Too long", "Gone"]
    assert desk.kinds("ring-selected")[0].detail == {"name": "My Bell", "samples": 480}
    assert desk.kinds("listened")[0].detail["sound"] == "ring"
    with wave.open(io.BytesIO(file.read_bytes())) as heard:
        assert (heard.getframerate(), heard.getnchannels(), heard.getnframes()) == (8000, 1, 16_000)
        assert heard.readframes(16_000) == wav_of((RING * 34)[:16_000])[44:]


@pytest.mark.asyncio
@pytest.mark.parametrize("seconds", [0, -1, 61])
async def test_a_recording_has_a_length(seconds: float, tmp_path: Path) -> None:
    async def nothing(*_arguments: object, **_further: object) -> None:
        """No key leads to a command here."""

    front = Front(dict, nothing, lambda *_arguments, **_further: None, nothing)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="up to 60 seconds"):
        await front.command("listen", file=str(tmp_path / "x.wav"), seconds=seconds)
