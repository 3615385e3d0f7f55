"""`ringup init` beside a real dnsmasq hears it, gives out no addresses, and says what is missing."""

import sys
from pathlib import Path

import pytest

from ringup.change.stored_site import stored_site
from tests.peers.namespaces import private_network
from tests.peers.test_other_dhcp import start_dnsmasq

pytestmark = pytest.mark.peers

OURS = "10.77.0.1"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), "The DHCP server 10.77.0.2 sends phones to 10.77.0.2"),
        ((f"--dhcp-option=150,{OURS}", f"--dhcp-option-force=66,{OURS}"), ""),
    ],
    ids=["without option 150", "with option 150"],
)
def test_a_dnsmasq_is_heard_and_keeps_giving_out_addresses(
    options: tuple[str, ...], found: str, tmp_path: Path
) -> None:
    database = tmp_path / "ringup.db"
    words = ["init", "--yes", "--database", str(database), "--etc", "", "--pbx-address", "10.77.0.3"]
    with private_network(["ringup", "router"]) as net:
        start_dnsmasq(net, tmp_path, *options)
        done = net.run("ringup", [sys.executable, "-m", "ringup", *words], timeout=60, check=False)
    shown = " ".join(done.stdout.split())
    assert "DHCP server 10.77.0.2 answers on eth0, TFTP server " in shown
    assert ("other DHCP servers" in shown) is bool(found)
    assert found in shown
    assert "ringup serve --interface eth0 --no-dhcp" in shown
    assert done.returncode == 1, "no firmware, so no phone comes up"
    assert stored_site(str(database)).subnets == ()
