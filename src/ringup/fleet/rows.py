"""One phone of the fleet: our record of it, its journey, and the state that people are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE
from ringup.site.model import Phone, Site


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One phone of the board: our record of it, its journey, or both."""

    mac: str
    phone: Phone | None
    journey: Journey

    @property
    def name(self) -> str:
        """What people call it."""
        if self.phone is None:
            return "unknown phone"
        names = (self.phone.label, *(line.name for line in self.phone.lines))
        return next((name for name in names if name), "phone")

    @property
    def extensions(self) -> tuple[str, ...]:
        """The lines of our record."""
        return tuple(line.extension for line in self.phone.lines) if self.phone else ()

    @property
    def model(self) -> str:
        """What it says it is, else what we were told."""
        return self.journey.model or (self.phone.model if self.phone else "")

    @property
    def state(self) -> str:
        """A key of STATES."""
        journey = self.journey
        return state_of(journey.stage, is_own=self.phone is not None, has_trouble=bool(journey.troubles))


def state_of(stage: str, *, is_own: bool, has_trouble: bool) -> str:
    """Return ``unknown``, ``trouble``, ``in_service``, ``waiting`` or ``coming``, a key of STATES."""
    if not is_own:
        return "unknown"
    if has_trouble:
        return "trouble"
    if stage in IN_SERVICE:
        return "in_service"
    return "waiting" if stage == "new" else "coming"


class StateStyle(NamedTuple):
    """How a state is shown."""

    words: str
    colour: str


STATES: Mapping[str, StateStyle] = {
    "trouble": StateStyle("in trouble", "red"),
    "unknown": StateStyle("unknown", "yellow"),
    "coming": StateStyle("on the way", "blue"),
    "waiting": StateStyle("not seen yet", "dim"),
    "in_service": StateStyle("in service", "green"),
}
"""The most urgent first."""


def fleet_rows(journeys: Mapping[str, Journey], site: Site) -> list[FleetRow]:
    """Our phones by their first extension, then the unknown ones that ask as a phone does."""
    ours = [FleetRow(phone.mac, phone, journeys.get(phone.mac, Journey(phone.mac))) for phone in site.phones]
    known = {phone.mac for phone in site.phones}
    others = [
        FleetRow(mac, None, journey)
        for mac, journey in journeys.items()
        if mac not in known and journey.is_phone
    ]
    return sorted(ours, key=_order) + sorted(others, key=lambda row: row.mac)


def _order(row: FleetRow) -> tuple[bool, int, str, str]:
    """99 before 201 before 1600; phones without a line last."""
    first = row.extensions[0] if row.extensions else ""
    return (not first, len(first), first, row.mac)
