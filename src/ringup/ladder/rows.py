"""The rows of a ladder diagram as values: arrows between lanes, repetitions, pauses and notes."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from ringup.events import Event


class Lane(IntEnum):
    """The columns of the diagram, from left to right: the phone and its servers."""

    PHONE = 0
    DHCP = 1
    TFTP = 2
    """The file server: TFTP or HTTP."""
    PBX = 3


TITLES = {Lane.PHONE: "phone", Lane.DHCP: "DHCP", Lane.TFTP: "TFTP/HTTP", Lane.PBX: "PBX"}
"""The title above each lane."""


class Tone(Enum):
    """The style in which a row is drawn."""

    PLAIN = "plain"
    WRONG = "wrong"
    """The message that the diagnosis names."""
    EXPECTED = "expected"
    """A message that should come now and is not late yet."""
    MISSING = "missing"
    """A message that should have come."""
    FAINT = "faint"
    """A remark that the diagram adds, like a pause."""


DOTTED = (Tone.EXPECTED, Tone.MISSING)
RED = (Tone.WRONG, Tone.MISSING)


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message, drawn as an arrow between two lanes."""

    at: float
    source: Lane
    target: Lane
    words: str
    detail: str = ""
    """The part of the text that may differ between repetitions, like a port; it is shown after `words`."""
    tone: Tone = Tone.PLAIN
    comment: str = ""
    """The text of the diagnosis, shown below the arrow."""
    event: Event | None = None
    """The event that reports the message."""

    @property
    def label(self) -> str:
        """The complete text on the arrow."""
        return f"{self.words} {self.detail}".rstrip()

    @property
    def key(self) -> tuple[Lane, Lane, str, Tone]:
        """The fields that must be equal for two arrows to be repetitions."""
        return self.source, self.target, self.words, self.tone


@dataclass(frozen=True, slots=True)
class Repeat:
    """States that the arrows directly above it were repeated."""

    arrows: int
    times: int
    every: float
    """Seconds from one repetition to the next."""
    until: float
    """The time of the last repetition, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A span of time in which nothing was sent."""

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
    """A complete diagram."""

    title: str
    addresses: dict[Lane, str]
    """The addresses of the lanes whose address is known."""
    rows: tuple[Row, ...]
