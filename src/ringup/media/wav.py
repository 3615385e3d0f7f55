"""Convert a ring tone to a WAV file, so that a person can hear it as the phone plays it."""

import io
import struct
import wave

from ringup.wire.g711 import SAMPLE_RATE, ulaw_decode


def wav_of(tone: bytes) -> bytes:
    """Return a WAV of one channel, 16 bits and 8,000 samples per second from a tone's µ-law bytes."""
    samples = ulaw_decode(tone)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return written.getvalue()
