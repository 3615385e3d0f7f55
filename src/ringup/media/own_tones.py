"""Ring tones made by calculation, for a site without sound files."""

import math
from collections.abc import Callable, Mapping

from ringup.media.tone import LEVEL, tone_bytes
from ringup.wire.g711 import LOUDEST, SAMPLE_RATE

SECONDS = 2.0
"""Seconds of each tone: 16,000 samples, of which the last block is filled with silence."""

Wave = Callable[[float], float]
"""The value, between -1 and 1, at a second of the tone."""


def _bell(second: float) -> float:
    """Return a bell of two gongs that a hammer strikes 20 times a second."""
    strike = second % 0.05
    gong = 1_200 if int(second * 20) % 2 else 1_500
    body = math.sin(math.tau * gong * second) + 0.4 * math.sin(math.tau * 2.76 * gong * second)
    return body / 1.4 * math.exp(-20 * strike)


def _warble(second: float) -> float:
    """Return two tones in turn, 16 times a second."""
    return math.sin(math.tau * (800 if int(second * 16) % 2 else 1_050) * second)


def _double(second: float) -> float:
    """Return two short rings and a pause, of 400 and 450 Hz together."""
    is_on = second < 0.4 or 0.6 <= second < 1.0
    return (math.sin(math.tau * 400 * second) + math.sin(math.tau * 450 * second)) / 2 if is_on else 0.0


def _notes(*pitches: int) -> Wave:
    """Return the notes one after another, each struck and fading."""

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
"""The tones by the names that phones show. Each has its own rhythm, so that a person can distinguish several
phones in a room.
"""


def own_tone(name: str) -> bytes:
    """Return the µ-law bytes of one of these tones."""
    wave = WAVES[name]
    values = [wave(number / SAMPLE_RATE) for number in range(round(SECONDS * SAMPLE_RATE))]
    loudest = max(map(abs, values))
    return tone_bytes([round(LEVEL * LOUDEST * value / loudest) for value in values])
