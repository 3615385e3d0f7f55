"""What makes a running phone follow a rendered file that changed: a row per kind of file, with its source.

No source says of any single key of a .cnf file that a phone takes it without a restart: both files are read
at its start only (P-CNF-12). A key needs no row of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from ringup.render.sip_cnf import DIAL_TEMPLATE


class Effect(StrEnum):
    """What makes a running phone follow a file."""

    RESTART = "restart"
    """It reads the file at its start."""
    DIAL_PLAN = "dial plan"
    """A check-sync with an equal ``sync`` makes it read the file."""
    NOTHING = "nothing"
    """It reads the file only when it has a reason of its own, such as a conversion."""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One kind of file."""

    file: str
    effect: Effect
    source: str
    """The numbers of facts in docs/reference/phones."""
    guess: bool = False
    """Whether the facts are silent, and the effect is inferred from them."""


SHARED_CNF, OWN_CNF = "SIPDefault.cnf", "SIP<MAC>.cnf"

EFFECTS: tuple[EffectRow, ...] = (
    EffectRow(SHARED_CNF, Effect.RESTART, "P-CNF-12"),
    EffectRow(OWN_CNF, Effect.RESTART, "P-CNF-12"),
    EffectRow(f"{DIAL_TEMPLATE}.xml", Effect.DIAL_PLAN, "P-SYNC-3, P-DIAL-19"),
    # After a check-sync a phone always requests dialplan.xml, so it reads another name at its start alone.
    EffectRow("<dial_template>.xml", Effect.RESTART, "P-DIAL-19", guess=True),
    EffectRow("RINGLIST.DAT", Effect.RESTART, "P-RING-1"),
    EffectRow("syncinfo.xml", Effect.NOTHING, "P-SYNC-3"),
    EffectRow("XMLDefault.cnf.xml", Effect.NOTHING, "P-BOOT-14", guess=True),
    EffectRow("SEP<MAC>.cnf.xml", Effect.NOTHING, "P-BOOT-14", guess=True),
    EffectRow("OS79XX.TXT", Effect.NOTHING, "P-BOOT-14", guess=True),
)

_BY_FILE = {row.file: row.effect for row in EFFECTS}


def effect_of(name: str) -> Effect:
    """Return the effect of a file that all phones share; a name without a row is that of a dial template."""
    return _BY_FILE.get(name, _BY_FILE["<dial_template>.xml"])
