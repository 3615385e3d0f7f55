"""A host takes a phone's address by hand, before the phone leases it and after its lease has ended."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ringup.site.model import Line, Phone, Site
from tests.attack.segment import MAC, SECRET, SITE, segment
from tests.attack.test_clones import FETCH
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

RESERVED = "10.77.1.7"
PHONE = Phone(mac=MAC, address=IPv4Address(RESERVED), lines=(Line(extension="201", secret=SECRET),))
STREET = Site(**{**dict(SITE), "phones": (PHONE,)})


def test_a_reserved_address_that_is_set_by_hand_gets_no_file(tmp_path: Path) -> None:
    with segment(tmp_path, STREET) as here:
        here.net.run("attacker", ["ip", "address", "flush", "dev", INTERFACE])
        here.net.run("attacker", ["ip", "address", "add", f"{RESERVED}/16", "dev", INTERFACE])
        stolen = here.attack(FETCH)
        here.net.run("attacker", ["ip", "address", "flush", "dev", INTERFACE])
        assert here.boot() == ""
    assert SECRET not in stolen
    assert stolen.count("File not found") == 4
