"""Script: the phones, faults and times of one street (a simulated site).

A script is drawn from a seed, and can be stored as a line of JSON.
"""

import json
from dataclasses import asdict, dataclass
from random import Random
from typing import Literal

from ringup.site.model import Driver
from ringup.street.faults import ROWS

MOST_PHONES = 3
MOST_FAULTS = 3
LAST_BEGIN = 200.0
"""Seconds after power-on before which every fault begins."""
LONGEST_FAULT = 300.0


@dataclass(frozen=True, slots=True)
class Act:
    """One fault in a script, with its times."""

    key: str
    begins: float
    """Seconds from the start until the fault begins."""
    lasts: float
    """Seconds for which the fault lasts; 0: to the end of the run."""
    dice: int
    """The seed of the fault's random values."""

    def __str__(self) -> str:
        lasts = f"for {self.lasts:.0f} s" if self.lasts else "to the end"
        return f"{self.key} from {self.begins:.0f} s on, {lasts}"


FlashState = Literal["current", "older", "fresh"]
"""The contents of the phones' flash: the site's load, an older SIP load, or the SCCP load of a new phone."""


SEGMENTS: "tuple[Segment, ...]" = ("own", "relayed")
Segment = Literal["own", "relayed"]
"""The network segment of the phones: the server's own, or another one, whose router relays DHCP."""


@dataclass(frozen=True, slots=True)
class Script:
    """The phones and the faults of one street, and how the run is set up."""

    seed: int
    phones: int
    flash: FlashState
    """The contents of the phones' flash at the beginning."""
    driver: Driver
    acts: tuple[Act, ...]
    segment: Segment = "own"
    """The network segment of the phones."""

    def __str__(self) -> str:
        acts = "; ".join(map(str, self.acts)) or "nothing goes wrong"
        segment = ", behind a relay" if self.segment == "relayed" else ""
        return f"seed {self.seed}: {self.phones} phones{segment}, {self.flash} load, {self.driver}; {acts}"


def draw(seed: int) -> Script:
    """Draw a script from a seed; the same seed always gives the same script."""
    dice = Random(seed)  # noqa: S311 - a script's dice, not a secret
    acts = []
    for _ in range(dice.randint(0, MOST_FAULTS)):
        row = dice.choice(ROWS)
        lasts = 0.0 if dice.random() < 0.15 else dice.uniform(5.0, LONGEST_FAULT)
        acts.append(Act(row.key, dice.uniform(0.0, LAST_BEGIN), lasts, dice.getrandbits(32)))
    return Script(
        seed=seed,
        phones=dice.randint(1, MOST_PHONES),
        flash=dice.choices(("current", "older", "fresh"), (8, 1, 2))[0],
        driver=dice.choice(("pjsip", "chan_sip")),
        acts=tuple(sorted(acts, key=lambda act: act.begins)),
        segment=dice.choices(SEGMENTS, (3, 1))[0],
    )


def to_line(script: Script) -> str:
    """Return a script as a line of JSON. A stored seed would not do: it gives another script once new faults
    are added.
    """
    return json.dumps(asdict(script))


def from_line(line: str) -> Script:
    """Return the script in a line that `to_line` wrote; raises ValueError, KeyError or TypeError for any
    other text.
    """
    record = json.loads(line)
    return Script(**{**record, "acts": tuple(Act(**act) for act in record["acts"])})
