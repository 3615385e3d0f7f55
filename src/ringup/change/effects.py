"""What makes a running phone use a changed file: one row per kind of file, with its source.

A phone reads both of its .cnf files only when it starts (P-CNF-12), and no source mentions a parameter that
takes effect without a restart. Single parameters therefore need no rows.
"""

from dataclasses import dataclass
from enum import StrEnum

from ringup.render.sip_cnf import DIAL_TEMPLATE


class Effect(StrEnum):
    """What makes a running phone use a changed file."""

    RESTART = "restart"
    """A restart, because the phone reads the file only when it starts."""
    DIAL_PLAN = "dial plan"
    """A check-sync, even without a restart: it makes the phone read the file if ``sync`` is unchanged."""
    NOTHING = "nothing"
    """Nothing is necessary: the phone reads the file only in special cases, such as a conversion."""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """The effect of a change to one kind of file."""

    file: str
    effect: Effect
    source: str
    """The numbers of the facts in docs/reference/phones that prove the effect."""
    guess: bool = False
    """True if no fact mentions the effect, so that it is inferred from the facts."""


SHARED_CNF, OWN_CNF = "SIPDefault.cnf", "SIP<MAC>.cnf"

EFFECTS: tuple[EffectRow, ...] = (
    EffectRow(SHARED_CNF, Effect.RESTART, "P-CNF-12"),
    EffectRow(OWN_CNF, Effect.RESTART, "P-CNF-12"),
    EffectRow(f"{DIAL_TEMPLATE}.xml", Effect.DIAL_PLAN, "P-SYNC-3, P-DIAL-19"),
    # After a check-sync, a phone always requests dialplan.xml. It reads a template with another name only
    # when it starts.
    EffectRow("<dial_template>.xml", Effect.RESTART, "P-DIAL-19", guess=True),
    EffectRow("RINGLIST.DAT", Effect.RESTART, "P-RING-1"),
    # Only later models read this file, and the site's phones are not later models.
    EffectRow("Ringlist.xml", Effect.NOTHING, "P-RING-4"),
    EffectRow("syncinfo.xml", Effect.NOTHING, "P-SYNC-3"),
    EffectRow("XMLDefault.cnf.xml", Effect.NOTHING, "P-BOOT-14", guess=True),
    EffectRow("SEP<MAC>.cnf.xml", Effect.NOTHING, "P-BOOT-14", guess=True),
    EffectRow("OS79XX.TXT", Effect.NOTHING, "P-BOOT-14", guess=True),
)

_BY_FILE = {row.file: row.effect for row in EFFECTS}


def effect_of(name: str) -> Effect:
    """Return the effect of a file that all phones share; a file without a row is a dial template."""
    return _BY_FILE.get(name, _BY_FILE["<dial_template>.xml"])
