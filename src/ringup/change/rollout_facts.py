"""Reads what the plan of a rollout has to know about its phones."""

import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from ringup.change.gather import journeys_of, living_addresses
from ringup.firmware.folder import FirmwareFolder
from ringup.rollout.plan import PlanFacts
from ringup.site.model import Phone


def plan_facts(engine: Engine, firmware: Path, phones: Sequence[Phone]) -> PlanFacts:
    """Return the states of these phones, their leases, and the problems of the firmware folder."""
    journeys = journeys_of(engine, [phone.mac for phone in phones])
    leased = living_addresses(engine, time.time())
    return PlanFacts(journeys, frozenset(leased), FirmwareFolder(firmware).problems)
