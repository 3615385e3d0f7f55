"""What the display shows at one moment, without its shapes.

Source of the places: P-SCREEN-1, P-SCREEN-2, P-SCREEN-5. The words of the soft keys, the font and the icons
of a SIP load are not known: those here are guesses after SCCP loads and later models.
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
    """The sign beside a line's label; the value stands for it in a terminal."""

    IDLE = "☎"
    UNREGISTERED = "x"
    """P-SCREEN-3."""
    BUSY = "●"
    RINGING = "♪"
    MESSAGES = "✉"


@dataclass(frozen=True, slots=True)
class LineLabel:
    """The text and the sign beside a line button."""

    text: str
    icon: LineIcon


@dataclass(frozen=True, slots=True)
class DisplayState:
    """The contents of the display."""

    label: str = ""
    """The phone's label, at the top right."""
    has_sip_mark: bool = False
    """True if the mark of a SIP load is beside the label."""
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
