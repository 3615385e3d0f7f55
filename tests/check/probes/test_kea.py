"""What a running Kea lacks of the site, and why it cannot be asked."""

from copy import deepcopy
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ringup.check.facts import KeaState
from ringup.check.probes.kea import kea
from ringup.kea.control import KeaControl
from ringup.kea.merge import merged
from ringup.site.model import Phone, Site
from tests.kea.fake_kea import fake_kea
from tests.kea.test_drive import CONFIG

SERVER = IPv4Address("10.77.0.9")


def site(socket: str, address: str = "10.77.0.50") -> Site:
    phone = Phone(mac="001646C0FFEE", address=IPv4Address(address))
    return Site(kea=socket, server_address=SERVER, phones=(phone,))


def test_what_kea_lacks_is_listed_until_it_has_it(tmp_path: Path) -> None:
    with fake_kea(tmp_path, deepcopy(CONFIG)) as running:
        here = site(running.path)
        assert len(kea(here).differences) == 3
        KeaControl(running.path).set(merged(running.config, here, SERVER).after)
        assert kea(here) == KeaState()


@pytest.mark.parametrize(("address", "said"), [("192.0.2.1", "Kea has no subnet for it")])
def test_why_kea_cannot_follow_is_listed(tmp_path: Path, address: str, said: str) -> None:
    with fake_kea(tmp_path, deepcopy(CONFIG)) as running:
        ((what, _cure),) = kea(site(running.path, address)).faults
    assert said in what


def test_a_kea_that_does_not_run_is_a_fault_and_none_is_not(tmp_path: Path) -> None:
    ((what, cure),) = kea(site(str(tmp_path / "none"))).faults
    assert what == f"Kea does not answer on {tmp_path}/none: No such file or directory."
    assert "control-socket" in cure
    assert kea(Site()) == KeaState()
