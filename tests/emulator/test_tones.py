"""The phone's tone detector finds tones even if they are faint beside others, and nothing in silence or
noise.
"""

import math
from random import Random

import pytest

from ringup.emulator import tones
from ringup.emulator.sip.config import SipConfig
from ringup.wire import g711

KNOWN = SipConfig("", "", ()).listen_for


def mixed(*parts: tuple[int, float], seconds: float = 1.0) -> list[int]:
    """Return the sum of sines, each given by its frequency and the decibels below LEVEL."""
    count = int(seconds * g711.SAMPLE_RATE)
    levels = [
        (2 * math.pi * frequency / g711.SAMPLE_RATE, tones.LEVEL * 10 ** (-below / 20))
        for frequency, below in parts
    ]
    return [round(sum(level * math.sin(step * index) for step, level in levels)) for index in range(count)]


def heard(samples: list[int], known: tuple[int, ...] = KNOWN) -> list[tuple[str, int]]:
    """Return the tones that are detected after µ-law coding."""
    detector = tones.ToneDetector(known)
    return detector.detect(g711.ulaw_decode(g711.ulaw_encode(samples)))


@pytest.mark.parametrize("frequency", KNOWN)
def test_each_known_tone_is_heard_alone(frequency: int) -> None:
    assert heard(mixed((frequency, 0))) == [("tone-heard", frequency)]


@pytest.mark.parametrize(("loud", "faint"), [(1000, 400), (400, 1000), (440, 480), (1400, 1600), (350, 440)])
def test_a_tone_20_db_below_another_is_heard_beside_it(loud: int, faint: int) -> None:
    assert sorted(heard(mixed((loud, 0), (faint, 20)))) == sorted(
        [("tone-heard", loud), ("tone-heard", faint)]
    )


def test_dial_tone_is_its_two_frequencies() -> None:
    assert {frequency for _, frequency in heard(mixed((350, 6), (440, 6)))} == {350, 440}


def test_in_silence_nothing_is_heard() -> None:
    assert heard([0] * 16000) == []


@pytest.mark.parametrize("level", [30, 300, 3000, 10000])
def test_in_noise_nothing_is_heard(level: int) -> None:
    dice = Random(level)
    assert heard([dice.randrange(-level, level + 1) for _ in range(16000)]) == []


def test_a_tone_too_faint_or_of_another_frequency_is_not_heard() -> None:
    assert heard(mixed((1000, 50))) == []
    assert heard(mixed((970, 0), (1050, 0))) == []


def test_a_sliding_tone_is_not_a_tone() -> None:
    samples = [
        round(8000 * math.sin(2 * math.pi * (300 + 600 * t) * t)) for t in (i / 8000 for i in range(8000))
    ]
    assert heard(samples) == []


def test_a_short_beep_is_not_heard() -> None:
    assert heard(mixed((1000, 0), seconds=0.3) + [0] * 8000) == []


def test_a_tone_ends_and_may_begin_again() -> None:
    tone, pause = mixed((1000, 0), seconds=0.6), [0] * 4000
    assert heard(tone + pause + tone + pause) == [("tone-heard", 1000), ("tone-ended", 1000)] * 2


def test_a_gap_of_one_block_does_not_end_a_tone() -> None:
    samples = mixed((1000, 0), seconds=1.5)
    samples[6400:7200] = [0] * 800
    assert heard(samples) == [("tone-heard", 1000)]


def test_what_is_heard_does_not_depend_on_how_it_is_cut() -> None:
    samples = mixed((1000, 0), (400, 10)) + [0] * 4000
    detector = tones.ToneDetector(KNOWN)
    pieces = [
        found
        for start in range(0, len(samples), 77)
        for found in detector.detect(samples[start : start + 77])
    ]
    assert pieces == tones.ToneDetector(KNOWN).detect(samples)


def test_forgetting_ends_what_sounds() -> None:
    detector = tones.ToneDetector((400, 1000))
    detector.detect(mixed((1000, 0), (400, 0)))
    assert detector.forget() == [400, 1000]
    assert detector.forget() == []
    assert detector.detect(mixed((1000, 0), seconds=0.3)) == []


def test_frames_join_on_to_one_second() -> None:
    second = b"".join(tones.frame((440,), 0, index) for index in range(50))
    assert second == g711.ulaw_encode(tones.samples((440,), 8000))
    assert tones.frame((440,), 0, 50) == tones.frame((440,), 0, 0)


def test_a_key_has_the_frequencies_of_q_23() -> None:
    assert (tones.DTMF["1"], tones.DTMF["#"], tones.DTMF["D"]) == ((697, 1209), (941, 1477), (941, 1633))
