"""The rows of a ladder diagram as values: arrows between lanes, repetitions, pauses and notes."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from ringup.events import Event


class Lane(IntEnum):
    """The columns of the diagram, from left to right: the phone and its servers."""

    PHONE = 0
    DHCP = 1
    TFTP = 2
    """Files by TFTP or HTTP."""
    PBX = 3


TITLES = {Lane.PHONE: "phone", Lane.DHCP: "DHCP", Lane.TFTP: "TFTP/HTTP", Lane.PBX: "PBX"}
"""The text above each lane."""


class Tone(Enum):
    """The style of a row."""

    PLAIN = "plain"
    WRONG = "wrong"
    """The arrow that the doctor names."""
    EXPECTED = "expected"
    """An arrow that is due, and not late."""
    MISSING = "missing"
    """An arrow that should have come."""
    FAINT = "faint"
    """A remark of the drawing."""


DOTTED = (Tone.EXPECTED, Tone.MISSING)
RED = (Tone.WRONG, Tone.MISSING)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message."""

    at: float
    source: Lane
    target: Lane
    words: str
    detail: str = ""
    """The part that may differ between repetitions, like a port; shown after the words."""
    tone: Tone = Tone.PLAIN
    comment: str = ""
    """The doctor's words, shown below the arrow."""
    event: Event | None = None
    """The event that reports the message."""

    @property
    def label(self) -> str:
        """The text on the arrow."""
        return f"{self.words} {self.detail}".rstrip()

    @property
    def key(self) -> tuple[Lane, Lane, str, Tone]:
        """The fields that are equal in a repetition."""
        return self.source, self.target, self.words, self.tone


@dataclass(frozen=True, slots=True)
class Repeat:
    """The arrows directly above it come again and again."""

    arrows: int
    times: int
    every: float
    """Seconds from one time to the next."""
    until: float
    """The time of the last one, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A number of seconds in which nothing was sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """A line of text."""

    at: float
    text: str
    tone: Tone = Tone.PLAIN
    event: Event | None = None


Row = Arrow | Repeat | Pause | Note


@dataclass(frozen=True, slots=True)
class Ladder:
    """A diagram."""

    title: str
    addresses: dict[Lane, str]
    """The address of each lane, where it is known."""
    rows: tuple[Row, ...]
