"""Read and set the call forward and the do-not-disturb of lines, in Asterisk's own database (AstDB).

ringup's dial plan follows both. For each, a custom device is part of the line's hint, so that phones which
show the hint see it too. The custom device is BUSY while the feature is on. While the feature is off, its
state is INVALID, and the hint depends only on the line's own device. Source: P-AST-25, P-AST-26.
"""

from contextlib import suppress
from dataclasses import dataclass

from ringup.asterisk.asker import PbxAsker
from ringup.errors import AmiRefused
from ringup.render.extensions_conf import CF, DND

ON = "YES"
"""The stored value of a do-not-disturb that is on; the dial plan only checks whether a value exists."""


@dataclass(frozen=True, slots=True)
class CallFeatures:
    """The call features that are set for a line."""

    forward: str = ""
    """The number to which calls are forwarded; empty if the line rings."""
    is_dnd: bool = False
    """True if calls go to voicemail at once."""


def features_of(pbx: PbxAsker, extension: str) -> CallFeatures:
    """Return the call features of a line; raises OutsideError."""
    return CallFeatures(_read(pbx, CF, extension), bool(_read(pbx, DND, extension)))


def set_forward(pbx: PbxAsker, extension: str, number: str) -> None:
    """Forward the calls of a line to a number; with an empty number, the line rings again. Raises
    OutsideError.
    """
    _write(pbx, CF, extension, number)


def set_dnd(pbx: PbxAsker, extension: str, *, on: bool) -> None:
    """Switch do-not-disturb on or off; while it is on, calls go to voicemail at once. Raises OutsideError."""
    _write(pbx, DND, extension, ON if on else "")


def _read(pbx: PbxAsker, family: str, extension: str) -> str:
    try:
        answered = pbx.ask("DBGet", ("Family", family), ("Key", extension))
    except AmiRefused:  # Asterisk refuses to read a value that does not exist
        return ""
    return next((each.get("Val") for each in answered.listed), "")


def _write(pbx: PbxAsker, family: str, extension: str, value: str) -> None:
    if value:
        pbx.ask("DBPut", ("Family", family), ("Key", extension), ("Val", value))
    else:
        with suppress(AmiRefused):  # there was no value
            pbx.ask("DBDel", ("Family", family), ("Key", extension))
    state = "BUSY" if value else "INVALID"
    pbx.ask("Command", ("Command", f"devstate change Custom:{family}{extension} {state}"))
