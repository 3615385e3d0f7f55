"""µ-law and A-law, checked with values of ITU-T G.711, and each byte decoded and encoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire import g711


@pytest.mark.parametrize(
    ("code", "sample"),
    [
        (0xFF, 0),
        (0x7F, 0),
        (0x80, 32124),
        (0x00, -32124),
        (0xFE, 8),
        (0x7E, -8),
        (0xF0, 120),
        (0xEF, 132),
        (0x8F, 16764),
    ],
)
def test_a_ulaw_byte_is_its_sample(code: int, sample: int) -> None:
    assert g711.ulaw_decode(bytes([code])) == [sample]


@pytest.mark.parametrize(
    ("code", "sample"),
    [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0xD4, 24), (0xDA, 248), (0xC5, 264), (0xF5, 528)],
)
def test_an_alaw_byte_is_its_sample(code: int, sample: int) -> None:
    assert g711.alaw_decode(bytes([code])) == [sample]


def test_every_alaw_byte_comes_back() -> None:
    assert g711.alaw_encode(g711.ALAW) == bytes(range(256))


def test_every_ulaw_byte_comes_back_but_the_second_zero() -> None:
    expected = bytes(0xFF if code == 0x7F else code for code in range(256))
    assert g711.ulaw_encode(g711.ULAW) == expected


def test_silence_is_silent() -> None:
    assert g711.ulaw_encode([0]) == bytes([g711.ULAW_SILENCE])
    assert g711.alaw_encode([0]) == bytes([g711.ALAW_SILENCE])


@given(st.integers(-32768, 32767))
def test_a_sample_comes_back_within_half_a_step(sample: int) -> None:
    """A step is at most a sixteenth of the coded value; µ-law codes 132 more than the sample."""
    (ulaw,) = g711.ulaw_decode(g711.ulaw_encode([sample]))
    (alaw,) = g711.alaw_decode(g711.alaw_encode([sample]))
    assert abs(ulaw - sample) <= (abs(sample) + 132) / 32
    assert abs(alaw - sample) <= max(8, (abs(sample) + 1) / 32)


@given(st.integers())
def test_louder_samples_are_clipped(sample: int) -> None:
    loudest = max(-32768, min(32767, sample))
    assert g711.ulaw_encode([sample]) == g711.ulaw_encode([loudest])
    assert g711.alaw_encode([sample]) == g711.alaw_encode([loudest])
