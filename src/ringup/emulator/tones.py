"""Make the tones that the phone plays into a call, and detect tones in the received sound.

Detection: each block of 100 ms is weighted with a Hann window and compared with sine and cosine at each known
frequency (which is what Goertzel's algorithm computes; for fixed blocks two dot products are faster). A tone
is present when it is 10 dB above the frequencies 20 Hz beside it, so neither a voice nor a louder tone nearby
is mistaken for it.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import mul

from ringup.wire import g711

PCMU, PCMA = 0, 8
"""RTP payload types of µ-law and A-law."""

FRAME = 160
"""Number of samples per packet: 20 ms."""
LEVEL = 8000
"""Peak sample of a played tone: 12 dB below the loudest possible one."""

BLOCK = 800
"""Number of samples per block: 100 ms, so that frequencies 10 Hz apart can be distinguished."""
NEIGHBOUR = 20
"""Distance in Hz of the frequencies with which a tone is compared: there the Hann window does not see the
tone.
"""
QUIETEST = 150.0
"""Peak sample of the faintest tone that is detected: 47 dB below the loudest possible one."""
PEAK_RATIO = 10.0
LEAST_SHARE = 0.002
"""Minimum share of the block's power that a tone must have: 27 dB below the rest of the block."""
BLOCKS_TO_HEAR = 4
"""Number of blocks with the tone before it is reported. The first block may be partial, so four blocks last
at least 300 ms.
"""
BLOCKS_TO_MISS = 2

DTMF = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}
"""The two frequencies of each digit (ITU-T Q.23)."""

_ENCODE = {PCMU: g711.ulaw_encode, PCMA: g711.alaw_encode}
_DECODE = {PCMU: g711.ulaw_decode, PCMA: g711.alaw_decode}
SILENCE = {PCMU: bytes([g711.ULAW_SILENCE]) * FRAME, PCMA: bytes([g711.ALAW_SILENCE]) * FRAME}


def samples(frequencies: Iterable[int], count: int, level: int = LEVEL) -> list[int]:
    """Return the sum of sine waves with integer frequencies in Hz; all together have the peak `level`."""
    steps = [2 * math.pi * frequency / g711.SAMPLE_RATE for frequency in frequencies]
    share = level / max(len(steps), 1)
    return [round(share * sum(math.sin(step * index) for step in steps)) for index in range(count)]


@lru_cache(maxsize=64)
def _second(frequencies: tuple[int, ...], codec: int) -> bytes:
    """Return one second of sound, which repeats without a break because the frequencies are integers."""
    return _ENCODE[codec](samples(frequencies, g711.SAMPLE_RATE))


def frame(frequencies: tuple[int, ...], codec: int, index: int) -> bytes:
    """Return the 20 ms packet number `index` of a tone, or of silence when there are no frequencies."""
    if not frequencies:
        return SILENCE[codec]
    start = index * FRAME % g711.SAMPLE_RATE
    return _second(frequencies, codec)[start : start + FRAME]


def decode(codec: int, payload: bytes) -> Sequence[int]:
    """Return the samples of a packet; none for a codec that the phone did not offer."""
    return _DECODE[codec](payload) if codec in _DECODE else ()


@lru_cache(maxsize=256)
def _waves(frequency: int) -> tuple[list[float], list[float]]:
    step = 2 * math.pi * frequency / g711.SAMPLE_RATE
    window = [0.5 - 0.5 * math.cos(2 * math.pi * index / BLOCK) for index in range(BLOCK)]
    return (
        [weight * math.cos(step * index) for index, weight in enumerate(window)],
        [weight * math.sin(step * index) for index, weight in enumerate(window)],
    )


def amplitude(block: Sequence[int], frequency: int) -> float:
    """Return the peak amplitude of one frequency in a block."""
    cosine, sine = _waves(frequency)
    return math.hypot(sum(map(mul, block, cosine)), sum(map(mul, block, sine))) * 4 / BLOCK


def present(block: Sequence[int], frequency: int) -> bool:
    """Return whether a tone is present in a block of BLOCK samples."""
    power = sum(map(mul, block, block)) / BLOCK
    if power < QUIETEST**2 / 2:
        return False
    found = amplitude(block, frequency)
    if found < QUIETEST or found**2 / 2 < LEAST_SHARE * power:
        return False
    beside = max(amplitude(block, frequency - NEIGHBOUR), amplitude(block, frequency + NEIGHBOUR))
    return found**2 > PEAK_RATIO * beside**2


class ToneDetector:
    """Detects known tones in a stream of samples."""

    def __init__(self, frequencies: Iterable[int]) -> None:
        self._frequencies = tuple(frequencies)
        self._block: list[int] = []
        self._heard = dict.fromkeys(self._frequencies, 0)
        self._missed = dict.fromkeys(self._frequencies, 0)
        self.sounding: set[int] = set()
        """Frequencies of the tones that have begun and not ended."""

    def detect(self, heard: Sequence[int]) -> list[tuple[str, int]]:
        """Add samples; return (``tone-heard`` or ``tone-ended``, frequency) for each tone that begins or ends
        in them.
        """
        self._block += heard
        found: list[tuple[str, int]] = []
        while len(self._block) >= BLOCK:
            block, self._block = self._block[:BLOCK], self._block[BLOCK:]
            for frequency in self._frequencies:
                found += self._count_block(frequency, present(block, frequency))
        return found

    def forget(self) -> list[int]:
        """Start detection again, as after a silence; return the frequencies that were sounding."""
        ended = sorted(self.sounding)
        self.sounding.clear()
        self._block.clear()
        self._heard = dict.fromkeys(self._frequencies, 0)
        return ended

    def _count_block(self, frequency: int, there: bool) -> list[tuple[str, int]]:
        if there:
            self._heard[frequency] += 1
            self._missed[frequency] = 0
            if self._heard[frequency] == BLOCKS_TO_HEAR and frequency not in self.sounding:
                self.sounding.add(frequency)
                return [("tone-heard", frequency)]
            return []
        self._heard[frequency] = 0
        self._missed[frequency] += 1
        if self._missed[frequency] == BLOCKS_TO_MISS and frequency in self.sounding:
            self.sounding.remove(frequency)
            return [("tone-ended", frequency)]
        return []
