"""Read a sound file: WAV, MP3, FLAC, OGG, and the other formats of libsndfile."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ringup.errors import Problem, SiteErrors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

LONGEST_READ = 600
"""Maximum number of seconds read from a file, so that a recording of hours does not fill the memory."""

INSTALL = 'Install what ringup needs for it: pip install "ringup[audio]"'


@dataclass(frozen=True, slots=True)
class Sound:
    """The samples of one sound, mixed to one channel."""

    samples: "Samples"
    """The samples, between -1 and 1."""
    rate: int
    """The sampling rate: samples per second."""


def read_sound(file: Path) -> Sound:
    """Return the first LONGEST_READ seconds of a sound file; raises SiteErrors if it cannot be read."""
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise SiteErrors([Problem(str(file), "cannot be read without soundfile.", INSTALL)]) from error
    try:
        with soundfile.SoundFile(file) as opened:
            rate = opened.samplerate
            samples = opened.read(LONGEST_READ * rate, dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        cure = "Give a WAV, MP3, FLAC or OGG file."
        raise SiteErrors([Problem(str(file), "is not a sound that can be read.", cure)]) from error
    return Sound(_finite(samples).mean(axis=1), rate) if len(samples) else Sound(samples[:, 0], rate)


def _finite(samples: "Samples") -> "Samples":
    """Return the samples between -1 and 1; values that are not numbers, which floating-point files may
    contain, become 0.
    """
    import numpy as np

    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
