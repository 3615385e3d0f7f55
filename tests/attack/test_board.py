"""A host invents more phones than ringup keeps, and names the site's own phones; a real boot stays
visible.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ringup.journey.journeys import MOST_UNKNOWN
from ringup.store.database import open_database
from ringup.store.journeys import read_journeys
from tests.attack.dhcp_talk import TALK
from tests.attack.segment import MAC, Segment, segment

pytestmark = pytest.mark.peers

INVENT = (
    TALK
    + f"""
for number in range(14_000):
    say(1, b"\\x00\\x16\\x47" + number.to_bytes(3, "big"))
    if number % 50 == 0:
        host.sendto(b"\\0\\1SIP{MAC}.cnf.%X\\0octet\\0" % number, ("10.77.0.1", 69))
        time.sleep(0.02)
"""
)


def board(here: Segment) -> dict[str, Any]:
    """Return the output of `ringup status` about each phone, by MAC."""
    command = [sys.executable, "-m", "ringup", "status", "--json"]
    said = here.net.run("server", [*command, "--database", str(here.folder / "ringup.db")]).stdout
    return {each["mac"]: each for each in json.loads(said)["phones"]}


def test_invented_phones_hide_no_boot_of_a_phone_from_the_board(tmp_path: Path) -> None:
    with segment(tmp_path) as here:
        failures = [here.boot()]
        here.attack(INVENT)
        here.stop()
        first = board(here)
        here.start()
        here.attack(INVENT)
        failures.append(here.boot())
        here.stop()
        second = board(here)
    assert failures == ["", ""]
    for phones in (first, second):
        assert phones[MAC]["address"] == "10.77.1.1"
    database = open_database(str(tmp_path / "ringup.db"))
    assert MOST_UNKNOWN // 2 < len(read_journeys(database).by_mac) <= MOST_UNKNOWN + 1
    database.dispose()
    assert second[MAC]["last_at"] > first[MAC]["last_at"]
    assert second[MAC]["stage"] == first[MAC]["stage"] != "new"
