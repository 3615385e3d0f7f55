"""Measure the regularity of one direction of a call's RTP stream: its longest gap, and the lost packets."""

GAP = 0.1
"""Minimum seconds without a packet (five packets) that count as a gap: a person hears it."""
LARGEST_JUMP = 3000
"""Maximum increase of the sequence number that counts as lost packets; a larger increase means another stream
(MAX_DROPOUT of RFC 3550, appendix A.1).
"""


class Regularity:
    """Counts the packets of one direction, from the first packet on."""

    def __init__(self) -> None:
        self.longest = 0.0
        """The longest time between two packets, in seconds."""
        self.gaps = 0
        """Number of gaps longer than GAP."""
        self.lost = 0
        self._last_at: float | None = None
        self._last_sequence: int | None = None

    def note(self, at: float, sequence: int) -> None:
        """Count one packet."""
        if self._last_at is not None:
            between = at - self._last_at
            self.longest = max(self.longest, between)
            self.gaps += between > GAP
        self._last_at = at
        if self._last_sequence is not None:
            jump = sequence - self._last_sequence & 0xFFFF
            if 1 < jump <= LARGEST_JUMP:
                self.lost += jump - 1
        self._last_sequence = sequence
