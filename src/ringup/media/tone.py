"""Make a ring tone: 8,000 samples per second, an even level, zero at both ends, µ-law in blocks of 240.

Source: P-RING-3.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ringup.errors import Problem, SiteErrors
from ringup.media.excerpt import part_of
from ringup.media.sound import INSTALL, Sound, read_sound
from ringup.phone.ring_tone import BLOCK, LONGEST
from ringup.wire.g711 import LOUDEST, SAMPLE_RATE, ulaw_encode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

LEVEL = 0.8
"""Largest sample of every tone, as a share of the full scale: 2 dB below it."""


def tone_of(file: Path, start: float | None = None, end: float | None = None) -> bytes:
    """Return the ring tone made from a sound file, or from its part between two seconds; raises
    SiteErrors.
    """
    return ring_tone(part_of(read_sound(file), start, end, str(file)), str(file))


def ring_tone(sound: Sound, where: str) -> bytes:
    """Return the µ-law bytes of a sound of at most two seconds; raises SiteErrors if soxr is not
    installed.
    """
    samples = _between_zeros(_resampled(sound, where))[:LONGEST]
    loudest = max(float(abs(samples).max(initial=0.0)), 1e-9)
    return tone_bytes([round(value) for value in samples * (LEVEL * LOUDEST / loudest)])


def tone_bytes(samples: Sequence[int]) -> bytes:
    """Return the µ-law bytes of 16-bit samples, with zeros at both ends and a last block filled with silence.

    Samples beyond the longest tone are cut.
    """
    kept = [0, *samples[1 : LONGEST - 1], 0]
    return ulaw_encode(kept + [0] * (-len(kept) % BLOCK))


def _resampled(sound: Sound, where: str) -> "Samples":
    try:
        import soxr
    except (ImportError, OSError) as error:
        raise SiteErrors([Problem(where, "cannot be resampled without soxr.", INSTALL)]) from error
    resampled: Samples = soxr.resample(sound.samples, sound.rate, SAMPLE_RATE, quality="VHQ")
    return resampled


def _between_zeros(samples: "Samples") -> "Samples":
    """Return the samples between two zero crossings: the first, and the one near the end that leaves the
    least silence in the last block.
    """
    import numpy as np

    crossings = np.flatnonzero(np.signbit(samples[1:]) != np.signbit(samples[:-1])) + 1
    if len(crossings) < 2:
        return samples
    first = int(crossings[0])
    ends = crossings[-max(1, len(crossings) // 10) :]
    ends = ends[(ends > first) & (ends - first <= LONGEST)]
    if not len(ends):
        return samples[first:]
    return samples[first : int(ends[::-1][int(np.argmin(-(ends[::-1] - first) % BLOCK))])]
