"""Read the phones that were heard and are not in the site, for the commands and the task that add them."""

from sqlalchemy import Engine

from ringup.change.onboarding import Onboard, UnknownPhone
from ringup.fleet.glance import read_fleet, read_rows
from ringup.store.guests import read_guests
from ringup.store.revisions import read_site


def read_unknown(engine: Engine, now: float) -> Onboard:
    """Read the site and the phones that it does not contain."""
    fleet = read_fleet(engine, now)
    macs = [glance.mac for glance in fleet.phones if glance.state == "unknown"]
    rows = read_rows(engine, fleet, macs) if macs else ()
    unknown = tuple(
        UnknownPhone(row.mac, row.model, row.journey.address, row.journey.last_at)
        for row in rows
        if not row.phone
    )
    heard = frozenset(each.mac for each in fleet.phones if each.state != "unknown" and each.stage != "new")
    return Onboard(read_site(engine), unknown, heard, read_guests(engine))
