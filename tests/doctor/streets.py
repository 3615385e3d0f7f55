"""Streets (simulated sites) with a fault, and the diagnosis of their phones from the stored events alone."""

from pathlib import Path
from random import Random
from typing import Any

from ringup.doctor.diagnose import diagnose
from ringup.doctor.evidence import Evidence
from ringup.doctor.verdict import Diagnosis
from ringup.fleet.evidence import evidence_of, omitted_events
from ringup.fleet.glance import read_fleet
from ringup.street.faults import schedule
from ringup.street.street import Street
from tests.street.streets import mac_of, site_of, street

POWER_ON = 0.5


def evidence_on(opened: Street, number: int = 0, phones: int = 1) -> Evidence:
    engine = opened.server.database
    fleet, mac = read_fleet(engine, opened.server_time), mac_of(number)
    return evidence_of(
        engine, fleet, site_of(phones), mac, opened.server_time, omitted=omitted_events(engine)
    )


def seen_after(
    folder: Path, fault: str, seconds: float, *, begins: float = 0.1, seed: int = 1, **options: Any
) -> Diagnosis:
    """Run a street with a lasting fault, and diagnose its phone after so many seconds."""
    with street(folder, 1, **options) as opened:
        if fault:
            schedule(opened, fault, begins, 0.0, Random(seed))
        opened.power_on(mac_of(0), after=POWER_ON)
        opened.run(seconds)
        return diagnose(evidence_on(opened))
