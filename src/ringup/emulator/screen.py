"""The texts of the display while the phone boots: one row per situation, with the source of its words."""

import enum
from collections.abc import Callable, Mapping, Sequence


class Shown(enum.Enum):
    """A situation of the boot; the value is the text."""

    # [R] No source shows the text of a loader that has no problem.
    CONFIGURING_ADDRESS = "Configuring IP"
    # [T] FUSSY (P-SCREEN-4).
    CONFIGURING_VLAN = "Configuring VLAN"
    LOOKING_FOR_FILES = "Requesting Configuration"
    UPGRADING = "Upgrading Software"
    STARTING = "Initializing"
    REGISTERING_SCCP = "Opening CallManager"
    # [D] 5455, MATRIX, PUCK05 (P-PATH-13, P-PATH-16).
    APPLICATION_INVALID = "Protocol Application Invalid"
    NO_LOAD = "No load specified"
    NOT_AUTHENTIC = "Image Authentication Failed"
    # [L] JH; [D] AG2.
    UNPROVISIONED = "Phone Unprovisioned"


class Screen:
    """The lines that the screen shows now; emits a report when they change."""

    def __init__(self, on_change: Callable[[Sequence[str]], None]) -> None:
        self.lines: tuple[str, ...] = ()
        self._on_change = on_change

    def show(self, *lines: str) -> None:
        """Replace the lines that the screen shows."""
        if lines != self.lines:
            self.lines = lines
            self._on_change(lines)


def idle_lines(settings: Mapping[str, str], registered: Mapping[int, bool]) -> tuple[str, ...]:
    """Return the idle screen of a configured phone: its label (top right), then the labels of its lines
    (P-PARAM-10, P-PARAM-17).

    A line that is not registered has an x beside its label ([L] LKML20).
    """
    label = settings.get("phone_label", "")
    lines = tuple(
        _label(settings, number) + ("" if is_registered else " x")
        for number, is_registered in sorted(registered.items())
    )
    return (label, *lines) if label else lines


def _label(settings: Mapping[str, str], number: int) -> str:
    return settings.get(f"line{number}_shortname", "") or settings.get(f"line{number}_name", "")
