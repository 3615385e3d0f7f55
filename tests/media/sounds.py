"""Sound files for the tests: a quiet hum, and a loud tone from a known second on."""

from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
soundfile = pytest.importorskip("soundfile")
pytest.importorskip("soxr")

RATE = 44_100


def tone(seconds: float, pitch: float = 440.0, loudness: float = 0.6) -> Any:
    """Return a sine."""
    return loudness * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)


def hum_then_tone(hum: float = 3.0, loud: float = 3.0) -> Any:
    """Return a faint hum of 300 Hz, followed by a loud tone of 440 Hz."""
    return np.concatenate((tone(hum, 300, 0.02), tone(loud)))


def written(file: Path, samples: Any) -> Path:
    """Write a sound file of the format that its suffix names."""
    soundfile.write(file, samples, RATE)
    return file
