"""G.711: 16-bit samples to µ-law and A-law bytes and back (ITU-T G.711, RFC 3551 §4.5.14).

Each law is one table of 256 values, built from the definition: a sign, a segment of three bits that
doubles the step, and four bits inside the segment.
"""

from collections.abc import Iterable, Sequence

SAMPLE_RATE = 8000
"""Samples per second."""
LOUDEST = 32767

_MU_BIAS = 0x84
"""132: the bias of 33 in the 14-bit definition, scaled to 16 bits."""
_MU_CLIP = LOUDEST - _MU_BIAS


def _mu_value(code: int) -> int:
    inverted = ~code & 0xFF  # µ-law goes over the wire with every bit inverted
    segment, step = inverted >> 4 & 7, inverted & 0x0F
    size = ((step << 3) + _MU_BIAS << segment) - _MU_BIAS
    return -size if inverted & 0x80 else size


def _a_value(code: int) -> int:
    even = code ^ 0x55  # A-law inverts every other bit
    segment, step = even >> 4 & 7, even & 0x0F
    size = (step << 4) + 8
    if segment:
        size = size + 0x100 << segment - 1
    return size if even & 0x80 else -size


ULAW: tuple[int, ...] = tuple(_mu_value(code) for code in range(256))
"""The 16-bit sample of each µ-law byte."""
ALAW: tuple[int, ...] = tuple(_a_value(code) for code in range(256))
"""The 16-bit sample of each A-law byte."""

ULAW_SILENCE = 0xFF
ALAW_SILENCE = 0xD5


def _mu_code(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    size = min(abs(sample), _MU_CLIP) + _MU_BIAS
    segment = size.bit_length() - 8
    return ~(sign | segment << 4 | size >> segment + 3 & 0x0F) & 0xFF


def _a_code(sample: int) -> int:
    sign = 0x80 if sample >= 0 else 0
    size = min(sample if sample >= 0 else ~sample, LOUDEST)
    segment = max(size.bit_length() - 8, 0)
    step = size >> (segment + 3 if segment else 4) & 0x0F
    return (sign | segment << 4 | step) ^ 0x55


def ulaw_encode(samples: Iterable[int]) -> bytes:
    """Return µ-law bytes of 16-bit samples; samples that are too loud are clipped."""
    return bytes(map(_mu_code, samples))


def ulaw_decode(data: bytes) -> Sequence[int]:
    """Return 16-bit samples of µ-law bytes."""
    return [ULAW[code] for code in data]


def alaw_encode(samples: Iterable[int]) -> bytes:
    """Return A-law bytes of 16-bit samples; samples that are too loud are clipped."""
    return bytes(map(_a_code, samples))


def alaw_decode(data: bytes) -> Sequence[int]:
    """Return 16-bit samples of A-law bytes."""
    return [ALAW[code] for code in data]
