"""One phone of the fleet: its record in the site, its journey (boot progress), and its state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from ringup.doctor.verdict import Verdict
from ringup.journey.overdue import Overdue, overdue
from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE
from ringup.journey.troubles import Trouble
from ringup.site.model import Phone, Site


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One phone of the fleet: its record in the site, its journey, or both."""

    mac: str
    phone: Phone | None
    journey: Journey
    overdue: Overdue | None = None
    """The boot stage that takes too long now; None for an unknown device, which may belong to another server.
    """
    verdict: Verdict | None = None
    """The first cause that the diagnosis found.

    None if there is no cause, or if no view asked for a diagnosis (`verdicts.judged`).
    """

    @property
    def name(self) -> str:
        """Return the phone's name for people."""
        if self.phone is None:
            return "unknown phone"
        names = (self.phone.label, *(line.name for line in self.phone.lines))
        return next((name for name in names if name), "phone")

    @property
    def extensions(self) -> tuple[str, ...]:
        """Return the extensions of the lines in the record."""
        return tuple(line.extension for line in self.phone.lines) if self.phone else ()

    @property
    def model(self) -> str:
        """Return the model that the phone reports, or else the model in the record."""
        return self.journey.model or (self.phone.model if self.phone else "")

    @property
    def state(self) -> str:
        """Return the phone's state, a key of STATES."""
        return state_of(self.journey.stage, is_own=self.phone is not None, has_trouble=bool(self.troubles))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Return the overdue stage, followed by the troubles of the journey; the last one explains most."""
        late = (self.overdue.trouble(self.mac),) if self.overdue else ()
        return (*late, *self.journey.troubles)

    @property
    def trouble(self) -> Trouble | None:
        """Return the latest trouble; None if there is none."""
        return self.troubles[-1] if self.troubles else None

    def at(self, present: "Present") -> "FleetRow":
        """Return the same phone with the stage that is overdue at this time."""
        late = present.overdue(self.journey) if self.phone else None
        return self if late is None is self.overdue else replace(self, overdue=late)


def state_of(stage: str, *, is_own: bool, has_trouble: bool) -> str:
    """Return the state for a stage: ``unknown``, ``trouble``, ``in_service``, ``waiting`` or ``coming``."""
    if not is_own:
        return "unknown"
    if has_trouble:
        return "trouble"
    if stage in IN_SERVICE:
        return "in_service"
    return "waiting" if stage == "new" else "coming"


class StateStyle(NamedTuple):
    """The words and the colour for a state."""

    words: str
    colour: str


STATES: Mapping[str, StateStyle] = {
    "trouble": StateStyle("in trouble", "red"),
    "unknown": StateStyle("unknown", "yellow"),
    "coming": StateStyle("on the way", "blue"),
    "waiting": StateStyle("not seen yet", "dim"),
    "in_service": StateStyle("in service", "green"),
}
"""The states, the most urgent first."""


class Present(NamedTuple):
    """Facts of one moment that a journey does not hold: the current time, and whether the PBX answers."""

    now: float
    """The current time, in Unix seconds."""
    sees_pbx: bool = True

    def overdue(self, journey: Journey) -> Overdue | None:
        """Return the stage of this journey that takes too long now, or None."""
        return overdue(journey, self.now, sees_pbx=self.sees_pbx)


def fleet_rows(journeys: Mapping[str, Journey], site: Site, present: Present) -> list[FleetRow]:
    """Return the phones of the site by their first extension, then unknown devices whose requests look like a
    phone's.
    """
    ours = [FleetRow(phone.mac, phone, journeys.get(phone.mac, Journey(phone.mac))) for phone in site.phones]
    known = {phone.mac for phone in site.phones}
    others = [
        FleetRow(mac, None, journey)
        for mac, journey in journeys.items()
        if mac not in known and journey.is_phone
    ]
    return [row.at(present) for row in sorted(ours, key=_order)] + sorted(others, key=lambda row: row.mac)


def _order(row: FleetRow) -> tuple[bool, int, str, str]:
    """Sort extension 99 before 201 before 1600, and phones without a line last."""
    first = row.extensions[0] if row.extensions else ""
    return (not first, len(first), first, row.mac)
