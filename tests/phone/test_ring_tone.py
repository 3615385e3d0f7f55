"""The size rules of ring tones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.ring_tone import ring_problems


def faults(data: bytes) -> str:
    return " ".join(map(str, ring_problems("owl.pcm", data)))


@pytest.mark.parametrize("size", [240, 480, 8160, 16_080])
def test_whole_blocks_within_the_limits_pass(size: int) -> None:
    assert faults(b"\xff" * size) == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has 0 bytes; a ring tone has 240 to 16,080"),
        (b"\xff" * 239, "has 239 bytes; a ring tone has"),
        (b"\xff" * 16_320, "has 16,320 bytes; a ring tone has"),
        (b"\xff" * 1000, "has 1,000 bytes, not a multiple of 240. Cut it to 960."),
        (b"RIFF" + bytes(956), "owl.pcm: is a WAV file; the phone plays raw u-law"),
        (b".snd" + bytes(956), "is a Sun audio file"),
    ],
)
def test_what_the_phone_cannot_play_is_said_with_its_cure(data: bytes, words: str) -> None:
    assert words in faults(data)


@given(st.integers(0, 20_000))
def test_the_rules_hold_for_every_size(size: int) -> None:
    assert (faults(b"\x7f" * size) == "") == (240 <= size <= 16_080 and size % 240 == 0)
