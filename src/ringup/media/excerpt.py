"""Choose the part of a sound that becomes a ring tone: the two loudest seconds that begin with a rise in
volume.
"""

from typing import TYPE_CHECKING

from ringup.errors import Problem, SiteErrors
from ringup.media.sound import LONGEST_READ, Sound
from ringup.phone.ring_tone import LONGEST
from ringup.wire.g711 import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

SECONDS = LONGEST / SAMPLE_RATE
"""Length in seconds of the longest ring tone: 2.01 (P-RING-3)."""

FRAME_SECONDS = 0.01
"""Length in seconds of a frame; the energy of the sound is computed per frame."""
RISE = 4.0
"""Factor by which a frame's energy must exceed that of the BEFORE frames before it to count as a rise:
6 dB.
"""
BEFORE = 5
"""Number of preceding frames with whose mean energy a frame is compared: 50 ms."""
AUDIBLE = 0.001
"""Share of the loudest frame's energy below which a frame counts as silence: -30 dB."""
SILENT = 1e-4
"""Largest sample of a sound that counts as silent: -80 dB."""


def part_of(sound: Sound, start: float | None, end: float | None, where: str) -> Sound:
    """Return the part of a sound between `start` and `end` in seconds.

    Without both, the part is the loudest one that begins at a rise. Without `end`, it is two seconds long.
    Raises SiteErrors for a time outside the sound, and if the part is silent.
    """
    length = len(sound.samples) / sound.rate
    if start is None and end is None:
        start = loudest_start(sound)
    start = start or 0.0
    end = min(start + SECONDS, length) if end is None else end
    if faults := list(_faults(start, end, length, where)):
        raise SiteErrors(faults)
    end = min(end, start + SECONDS)
    part = sound.samples[round(start * sound.rate) : round(end * sound.rate)]
    if not len(part) or abs(part).max() < SILENT:
        what = f"is silent from {start:.2f} to {end:.2f} seconds."
        raise SiteErrors([Problem(where, what, "Choose another part: --from SECONDS.")])
    return Sound(part, sound.rate)


def _faults(start: float, end: float, length: float, where: str) -> list[Problem]:
    if not length:
        return [Problem(where, "has no samples.", "Give a file with sound in it.")]
    if not 0 <= start < length:
        only = f" (of which the first {LONGEST_READ} are read)" if length >= LONGEST_READ else ""
        what = f"has {length:.2f} seconds{only}, so no part begins at {start:.2f}."
        return [Problem(where, what, "Give --from a second inside the sound.")]
    if end <= start:
        return [Problem(where, f"no part ends at {end:.2f}, before {start:.2f}.", "Swap --from and --to.")]
    return []


def loudest_start(sound: Sound) -> float:
    """Return the time, in seconds, of the rise that begins the two loudest seconds; 0 if there is no rise."""
    import numpy as np

    size = max(1, round(FRAME_SECONDS * sound.rate))
    energy = _energy(sound.samples, size)
    starts = _rises(energy)
    if not len(starts):
        return 0.0
    total = np.concatenate(([0.0], np.cumsum(energy)))
    ends = np.minimum(starts + round(SECONDS / FRAME_SECONDS), len(energy))
    return float(starts[int(np.argmax(total[ends] - total[starts]))]) * size / sound.rate


def _energy(samples: "Samples", size: int) -> "Samples":
    """Return the mean square of each complete frame of this many samples."""
    import numpy as np

    whole = samples[: len(samples) // size * size].reshape(-1, size)
    energy: Samples = np.mean(whole**2, axis=1)
    return energy


def _rises(energy: "Samples") -> "NDArray[np.int64]":
    """Return the indexes of the frames that are audible and much louder than the frames before them."""
    import numpy as np

    if not len(energy) or not energy.max():
        return np.zeros(0, dtype=np.int64)
    total = np.concatenate((np.zeros(BEFORE + 1), np.cumsum(energy)))
    before = np.maximum(total[BEFORE:-1] - total[: -BEFORE - 1], 0.0) / BEFORE
    return np.flatnonzero((energy > AUDIBLE * energy.max()) & (energy > RISE * before)).astype(np.int64)
