"""The contents of the display at one moment, as text and numbers, without pixels.

P-SCREEN-1, P-SCREEN-2 and P-SCREEN-5 give the places of the texts. The words of the soft keys, the font and
the icons of a SIP load are not known: those here are guesses after SCCP loads and later models.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

LINES = 6
"""Number of line buttons of the largest model."""
SOFT_KEYS = 4
"""Number of soft keys."""
PANE_ROWS = 4
"""Number of rows of text in the pane below the title."""


class LineIcon(enum.Enum):
    """The icon beside a line's label; the enum's value stands for the icon in a terminal."""

    IDLE = "☎"
    UNREGISTERED = "x"
    """The line is not registered (P-SCREEN-3)."""
    BUSY = "●"
    RINGING = "♪"
    MESSAGES = "✉"


@dataclass(frozen=True, slots=True)
class LineLabel:
    """The text and the icon beside a line button."""

    text: str
    icon: LineIcon


@dataclass(frozen=True, slots=True)
class DisplayState:
    """The contents of the display."""

    label: str = ""
    """The phone's label, at the top right."""
    has_sip_mark: bool = False
    """True if the display shows the mark of a SIP load beside the label."""
    lines: Sequence[LineLabel] = ()
    title: str = ""
    rows: Sequence[str] = ()
    """The rows of the pane, at most PANE_ROWS."""
    selected: int | None = None
    """The index of the row that the navigation button is on."""
    picture: Sequence[Sequence[int]] = ()
    """The greys of a picture that covers title and pane, 0 white to 3 black."""
    prompt: str = ""
    soft_keys: Sequence[str] = ("", "", "", "")
    has_lamp: bool = False
    """True if the lamp of the handset is on."""
