"""The phone's own sounds: dial tone, ringback, busy, reorder, and the ring, each as µ-law samples.

Reports about calls, and the keys that were pressed, decide which sound is heard. The voice in a call is not
part of it.
"""

import enum
import io
import struct
import wave
from collections.abc import Mapping
from typing import NamedTuple

from ringup.emulator.report import Report
from ringup.emulator.tones import samples
from ringup.wire import g711

SHORTEST_RING, LONGEST_RING, RING_STEP = 240, 16_080, 240
"""Number of samples of a ring file: the minimum, the maximum, and their common factor (P-RING-3)."""
SHORT_PAUSE = 0.2
"""[R] Seconds between the two rings of a call with Alert-Info (P-RING-11 says "a short pause")."""


class PhoneSound(enum.Enum):
    """The sounds that a person at the phone can hear."""

    SILENCE = "silence"
    DIAL_TONE = "dial tone"
    RINGBACK = "ringback"
    BUSY = "busy"
    REORDER = "reorder"
    RING = "ring"
    DISTINCTIVE_RING = "distinctive ring"


class Cadence(NamedTuple):
    """The frequencies of a tone, and its rhythm of sound and pause."""

    frequencies: tuple[int, ...]
    """The frequencies of the tone, in hertz."""
    on: float
    """Seconds of sound in each period; if `on` and `off` are 0, the tone has no break."""
    off: float


CADENCES: Mapping[PhoneSound, Cadence] = {
    PhoneSound.DIAL_TONE: Cadence((350, 440), 0, 0),
    PhoneSound.RINGBACK: Cadence((440, 480), 2, 4),
    PhoneSound.BUSY: Cadence((480, 620), 0.5, 0.5),
    PhoneSound.REORDER: Cadence((480, 620), 0.25, 0.25),
}
"""The tones of North America (P-SCREEN-8)."""
RING_ON, RING_OFF = 2.0, 4.0
"""Seconds of one ring, and of the pause after it: the rhythm of ringback (P-SCREEN-8), which is a guess for
the ring.
"""
_SOUNDS = {"ringing": PhoneSound.RING, "ringback": PhoneSound.RINGBACK}
_BUSY = frozenset({486, 600, 603})


def ring_fault(data: bytes) -> str:
    """Return why the phone does not accept this file as a ring; empty if it accepts the file."""
    if not SHORTEST_RING <= len(data) <= LONGEST_RING or len(data) % RING_STEP:
        return f"{len(data)} samples; a ring has {SHORTEST_RING} to {LONGEST_RING}, a multiple of {RING_STEP}"
    return ""


def built_in_ring() -> bytes:
    """Return a ring of the emulator's own, because a new phone has one without any file (P-RING-7)."""
    beep = [*samples((1000,), 800), *samples((1250,), 800)]
    return g711.ulaw_encode(beep * 9)


class Speaker:
    """Follows the phone's reports, and makes the samples of the sound that is heard now."""

    def __init__(self) -> None:
        self.sound = PhoneSound.SILENCE
        self.ring = built_in_ring()
        """The samples of the selected ring."""

    def take(self, report: Report) -> None:
        """Follow a report about a call."""
        if report.kind != "call":
            return
        state = str(report.detail.get("state"))
        self.sound = _SOUNDS.get(state, PhoneSound.SILENCE)
        if self.sound is PhoneSound.RING and report.detail.get("alert_info"):
            self.sound = PhoneSound.DISTINCTIVE_RING
        elif state == "failed":
            self.sound = PhoneSound.BUSY if report.detail.get("code") in _BUSY else PhoneSound.REORDER

    def heard(self, seconds: float, *, is_off_hook: bool = False) -> tuple[PhoneSound, bytes]:
        """Return the sound that is heard now, and its µ-law samples; `is_off_hook`: the phone is off-hook and
        no digit was dialled yet.
        """
        sound = PhoneSound.DIAL_TONE if is_off_hook and self.sound is PhoneSound.SILENCE else self.sound
        count = round(seconds * g711.SAMPLE_RATE)
        period = self._period(sound) or bytes([g711.ULAW_SILENCE])
        return sound, (period * (count // len(period) + 1))[:count]

    def _period(self, sound: PhoneSound) -> bytes:
        """Return one period of a sound: the samples that repeat."""
        if sound in CADENCES:
            frequencies, on, off = CADENCES[sound]
            tone = g711.ulaw_encode(samples(frequencies, round((on or 1) * g711.SAMPLE_RATE)))
            return tone + _pause(off)
        if sound is PhoneSound.RING:
            return self._ring_for(RING_ON) + _pause(RING_OFF)
        if sound is PhoneSound.DISTINCTIVE_RING:
            part = (RING_ON - SHORT_PAUSE) / 2
            return self._ring_for(part) + _pause(SHORT_PAUSE) + self._ring_for(part) + _pause(RING_OFF)
        return b""

    def _ring_for(self, seconds: float) -> bytes:
        """Return the samples of the ring, repeated without a break for this many seconds."""
        count = round(seconds * g711.SAMPLE_RATE)
        return (self.ring * (count // len(self.ring) + 1))[:count]


def _pause(seconds: float) -> bytes:
    return bytes([g711.ULAW_SILENCE]) * round(seconds * g711.SAMPLE_RATE)


def wav_of(ulaw: bytes) -> bytes:
    """Return a WAV file of one channel with 16-bit samples."""
    values = g711.ulaw_decode(ulaw)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(g711.SAMPLE_RATE)
        file.writeframes(struct.pack(f"<{len(values)}h", *values))
    return written.getvalue()
