"""Commit leases and revisions endlessly, and print each when it is durable; a test kills this process."""

import sys
from itertools import count

from ringup.engine.dhcp.lease import Lease
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.leases import save_leases
from ringup.store.revisions import commit, current_revision


def mac_of(number: int) -> str:
    """Return the MAC of the phone in this round."""
    return f"{number:012X}"


def lease_of(number: int) -> Lease:
    """Return the lease of this round; addresses repeat, so that old leases are replaced too."""
    return Lease(mac_of(number), f"10.0.0.{number % 20 + 1}", float(number))


def site_of(number: int) -> Site:
    """Return the site of this round; every table changes."""
    line = Line(extension=str(1000 + number), secret=f"secret-{number}")
    return Site(name=f"round {number}", phones=(Phone(mac=mac_of(number), lines=(line,)),))


def main(database: str) -> None:
    """Continue after the last round of the process before."""
    engine = open_database(database)
    for number in count(current_revision(engine) + 1):
        save_leases(engine, [lease_of(number)])
        sys.stdout.write(f"lease {number}\n")
        sys.stdout.flush()
        revision = commit(engine, site_of(number), author="test", summary="test", at=float(number))
        sys.stdout.write(f"revision {revision.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
