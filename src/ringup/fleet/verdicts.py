"""Diagnose each phone in trouble, and keep one line of the result, for views of the complete fleet."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Engine

from ringup.doctor.diagnose import diagnose
from ringup.doctor.verdict import Verdict
from ringup.events import Event
from ringup.fleet.evidence import evidence_of
from ringup.fleet.glance import FleetAtAGlance
from ringup.fleet.rows import FleetRow
from ringup.site.model import Site

JUDGE_AFTER = 5.0
"""Seconds after which a phone without new events is diagnosed again, because the passing time is evidence
too.
"""


class _Judged(NamedTuple):
    at: float
    last_event: Event | None
    verdict: Verdict | None


class Judge:
    """Adds diagnoses to rows, and caches them for a moment, because a live view needs them several times a
    second.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._judged: dict[str, _Judged] = {}

    def judge(self, rows: Iterable[FleetRow], fleet: FleetAtAGlance, site: Site) -> list[FleetRow]:
        """Return the rows; those of the site's phones in trouble have the first cause of their diagnosis."""
        return [replace(row, verdict=self._verdict(row, fleet, site)) for row in rows]

    def _verdict(self, row: FleetRow, fleet: FleetAtAGlance, site: Site) -> Verdict | None:
        if row.state != "trouble":
            return None
        now, last = fleet.present.now, row.journey.last_event
        kept = self._judged.get(row.mac)
        if kept is None or kept.last_event is not last or not 0 <= now - kept.at < JUDGE_AFTER:
            evidence = evidence_of(self._engine, fleet, site, row.mac, now)
            kept = self._judged[row.mac] = _Judged(now, last, diagnose(evidence).verdict)
        return kept.verdict


def judged(rows: Iterable[FleetRow], engine: Engine, fleet: FleetAtAGlance, site: Site) -> list[FleetRow]:
    """Return the rows; those of the site's phones in trouble have the first cause of their diagnosis.

    `site` must contain the phones of the rows; other phones may be missing.
    """
    return Judge(engine).judge(rows, fleet, site)
