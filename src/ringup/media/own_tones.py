"""Compute ring tones, for a site without sound files."""

import math
from collections.abc import Callable, Mapping

from ringup.media.tone import LEVEL, tone_bytes
from ringup.wire.g711 import LOUDEST, SAMPLE_RATE

SECONDS = 2.0
"""Length in seconds of each tone: 16,000 samples, of which the last block is filled with silence."""

Wave = Callable[[float], float]
"""Function of the time in seconds; returns the sample, between -1 and 1."""


def _bell(second: float) -> float:
    """Return a sample of a bell with two gongs, struck by a hammer 20 times a second."""
    strike = second % 0.05
    gong = 1_200 if int(second * 20) % 2 else 1_500
    body = math.sin(math.tau * gong * second) + 0.4 * math.sin(math.tau * 2.76 * gong * second)
    return body / 1.4 * math.exp(-20 * strike)


def _warble(second: float) -> float:
    """Return a sample of two tones that alternate 16 times a second."""
    return math.sin(math.tau * (800 if int(second * 16) % 2 else 1_050) * second)


def _double(second: float) -> float:
    """Return a sample of two short rings and a pause, of 400 and 450 Hz together."""
    is_on = second < 0.4 or 0.6 <= second < 1.0
    return (math.sin(math.tau * 400 * second) + math.sin(math.tau * 450 * second)) / 2 if is_on else 0.0


def _notes(*pitches: int) -> Wave:
    """Return the wave of several notes one after another, each of which fades after it is struck."""

    def wave(second: float) -> float:
        number, since = int(second / 0.25), second % 0.25
        if number >= len(pitches):
            return 0.0
        return math.sin(math.tau * pitches[number] * second) * math.exp(-8 * since)

    return wave


WAVES: Mapping[str, Wave] = {
    "Bell": _bell,
    "Warble": _warble,
    "Double": _double,
    "Rising": _notes(523, 659, 784, 1_047),
    "Falling": _notes(1_047, 784, 659, 523),
    "Two notes": _notes(880, 659),
}
"""The tones by the names that phones show. Each has its own rhythm, so that people can distinguish several
phones in a room.
"""


def own_tone(name: str) -> bytes:
    """Return the µ-law bytes of the tone with this name."""
    wave = WAVES[name]
    values = [wave(number / SAMPLE_RATE) for number in range(round(SECONDS * SAMPLE_RATE))]
    loudest = max(map(abs, values))
    return tone_bytes([round(LEVEL * LOUDEST * value / loudest) for value in values])
