"""The loads that phones need."""

from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Site
from ringup.site.wanted import required_loads


def loads(site: Site, folder: FirmwareFolder) -> dict[str, tuple[Problem, ...]]:
    """Return the faults of each load that a phone of the site needs."""
    return {
        load: tuple(folder.problems(load)) for load, wanted in required_loads(site).items() if wanted.phones
    }
