"""The forward and the do-not-disturb of lines, in Asterisk's own database (AstDB).

The rendered dial plan follows them, and the state of a custom device tells it to everybody who watches the
line's hint: BUSY while it is on, and INVALID, which leaves the hint to the line's own device, while it is
off. Source: P-AST-25, P-AST-26.
"""

from contextlib import suppress
from dataclasses import dataclass

from ringup.asterisk.asker import PbxAsker
from ringup.errors import AmiRefused
from ringup.render.extensions_conf import CF, DND

ON = "YES"
"""The value of a do-not-disturb that is on; the dial plan looks only whether there is one."""


@dataclass(frozen=True, slots=True)
class CallFeatures:
    """What a line does with calls to it."""

    forward: str = ""
    """The number to which calls are forwarded; empty: the line rings."""
    is_dnd: bool = False
    """True if calls go to voicemail at once."""


def features_of(pbx: PbxAsker, extension: str) -> CallFeatures:
    """Return what a line does with calls; raises OutsideError."""
    return CallFeatures(_read(pbx, CF, extension), bool(_read(pbx, DND, extension)))


def set_forward(pbx: PbxAsker, extension: str, number: str) -> None:
    """Forward the calls of a line to a number, or let it ring again: an empty one. Raises OutsideError."""
    _write(pbx, CF, extension, number)


def set_dnd(pbx: PbxAsker, extension: str, *, on: bool) -> None:
    """Send the calls of a line to voicemail at once, or let it ring again; raises OutsideError."""
    _write(pbx, DND, extension, ON if on else "")


def _read(pbx: PbxAsker, family: str, extension: str) -> str:
    try:
        answered = pbx.ask("DBGet", ("Family", family), ("Key", extension))
    except AmiRefused:  # so it says where there is no value
        return ""
    return next((each.get("Val") for each in answered.listed), "")


def _write(pbx: PbxAsker, family: str, extension: str, value: str) -> None:
    if value:
        pbx.ask("DBPut", ("Family", family), ("Key", extension), ("Val", value))
    else:
        with suppress(AmiRefused):  # there was none
            pbx.ask("DBDel", ("Family", family), ("Key", extension))
    state = "BUSY" if value else "INVALID"
    pbx.ask("Command", ("Command", f"devstate change Custom:{family}{extension} {state}"))
