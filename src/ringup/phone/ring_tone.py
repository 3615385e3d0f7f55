"""The format of a ring tone: raw u-law, 8,000 samples per second, one byte per sample.

Source: P-RING-3: 240 to 16,080 samples (30 ms to 2.01 s), a multiple of 240. The figures are Cisco's for the
7961, 7970 and 7931; that they also apply to the 7940/7960 is inferred.
"""

from collections.abc import Iterator

from ringup.errors import Problem

BLOCK = 240
"""Number of bytes in a block of 30 ms; a tone consists of complete blocks."""

SHORTEST = BLOCK
LONGEST = 16_080

HEADERS: dict[bytes, str] = {
    b"RIFF": "a WAV file",
    b".snd": "a Sun audio file",
    b"FORM": "an AIFF file",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"ID3": "an MP3 file",
}
"""First bytes of other sound files, which people copy by mistake; raw u-law has no header."""

CONVERT = "Convert it: sox IN -t raw -r 8000 -c 1 -e u-law OUT trim 0 2."


def ring_problems(where: str, data: bytes) -> Iterator[Problem]:
    """Return the faults of a ring tone, each with its cure."""
    kind = next((name for start, name in HEADERS.items() if data.startswith(start)), "")
    if kind:
        yield Problem(where, f"is {kind}; the phone plays raw u-law without a header.", CONVERT)
        return
    size = len(data)
    if not SHORTEST <= size <= LONGEST:
        yield Problem(where, f"has {size:,} bytes; a ring tone has {SHORTEST} to {LONGEST:,}.", CONVERT)
    elif size % BLOCK:
        cure = f"Cut it to {size // BLOCK * BLOCK:,}."
        yield Problem(where, f"has {size:,} bytes, not a multiple of {BLOCK}.", cure)
