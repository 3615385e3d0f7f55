"""One of several programs on a database: it commits and adds events as fast as it can, and prints what it
did.
"""

import json
import sys

from sqlalchemy import Engine

from ringup.errors import ChangedMeanwhile
from ringup.events import AddressLeased
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events, read_events
from ringup.store.revisions import commit, read_site_and_revision

EVENTS_AT_ONCE = 50


def mac_of(node: int, number: int) -> str:
    """Return a MAC of this program's own."""
    return f"{node:02X}{number:010X}"


def add_a_phone(engine: Engine, node: int, number: int) -> int:
    """Commit one more phone, based on the newest state; return how often another program committed first."""
    for refused in range(1000):
        site, revision = read_site_and_revision(engine)
        phone = Phone(
            mac=mac_of(node, number), lines=(Line(extension=str(node * 100_000 + number), secret="x"),)
        )
        kept = site.phones[-20:]  # so that the site stays small, and each commit changes it
        try:
            commit(
                engine,
                Site(phones=(*kept, phone)),
                author=str(node),
                summary=phone.mac,
                at=1.0,
                expected_revision=revision,
            )
        except ChangedMeanwhile:
            continue
        return refused
    raise AssertionError("no turn in a thousand tries")


def main(url: str, node: int, commits: int, events: int) -> None:
    """Do both in turn, and read every event meanwhile, including those of the other programs."""
    engine = open_database(url)
    refused = seen = last = added = 0
    for number in range(commits):
        refused += add_a_phone(engine, node, number)
        while added < events * (number + 1) // commits:
            add_events(
                engine, [AddressLeased(float(added), mac_of(node, 0), "10.0.0.1", 60)] * EVENTS_AT_ONCE
            )
            added += EVENTS_AT_ONCE
        while rows := read_events(engine, after=last, limit=5000):
            seen, last = seen + len(rows), rows[-1][0]
    print(json.dumps({"added": added, "refused": refused}), flush=True)
    sys.stdin.readline()  # until all are done
    while rows := read_events(engine, after=last, limit=5000):
        seen, last = seen + len(rows), rows[-1][0]
    print(json.dumps({"seen": seen}), flush=True)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
