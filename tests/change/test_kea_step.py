"""A running Kea follows each change of the site, and a change that Kea refuses is not made."""

from collections.abc import Iterator
from copy import deepcopy
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from ringup.change.carry_out import StepFailed
from ringup.change.kea_step import kea_steps
from ringup.change.site import change_site
from ringup.errors import SiteErrors
from ringup.site.model import Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit, read_site
from tests.kea.fake_kea import FakeKea, fake_kea
from tests.kea.test_drive import CONFIG

MAC = "001646C0FFEE"
SITE = Site(server_address=IPv4Address("10.77.0.9"), phones=(Phone(mac=MAC),))


@pytest.fixture
def kea(tmp_path: Path) -> Iterator[FakeKea]:
    with fake_kea(tmp_path, deepcopy(CONFIG)) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = str(tmp_path / "ringup.db")
    engine = open_database(path)
    commit(engine, SITE, author="test", summary="test", at=1.0)
    engine.dispose()
    return path


def stored(database: str) -> Site:
    engine = open_database(database)
    try:
        return read_site(engine)
    finally:
        engine.dispose()


def site_set(**fields: str) -> Any:
    return lambda data: data["site"].update(fields)


def address(text: str) -> Any:
    return lambda data: data["phones"][0].update(address=text)


def test_kea_follows_a_change_and_forgets_when_the_site_does(kea: FakeKea, database: str) -> None:
    done = change_site(database, site_set(kea=kea.path), "kea").done
    assert "Kea uses the new configuration (2 changes)." in " ".join(done)
    change_site(database, address("10.77.0.50"), "address")
    (reservation,) = kea.config["subnet4"][0]["reservations"]
    assert reservation["ip-address"] == "10.77.0.50"
    kea.commands.clear()
    change_site(database, site_set(name="Office"), "name")
    assert kea.commands == [], "this change does not concern Kea"
    change_site(database, site_set(kea=""), "no kea")
    assert kea.config["client-classes"] == kea.config["option-def"] == []
    assert kea.config["subnet4"][0]["reservations"] == []


def test_a_change_that_kea_refuses_is_put_back(kea: FakeKea, database: str) -> None:
    change_site(database, site_set(kea=kea.path), "kea")
    before = deepcopy(kea.config)
    with pytest.raises(StepFailed, match="Kea has no subnet for it"):
        change_site(database, address("192.0.2.50"), "address")
    kea.replies["config-test"] = {"result": 1, "text": "no"}
    with pytest.raises(StepFailed, match="no"):
        change_site(database, address("10.77.0.50"), "address")
    assert stored(database).phones[0].address is None
    assert kea.config == before


def test_a_kea_that_does_not_run_keeps_no_change_from_being_made(tmp_path: Path, database: str) -> None:
    done = change_site(database, site_set(kea=str(tmp_path / "none")), "kea").done
    assert done == (
        "Kea was not changed (No such file or directory.) Make it follow: ringup kea apply --yes",
    )


def test_without_the_servers_address_kea_is_refused(database: str) -> None:
    with pytest.raises(SiteErrors, match="kea is set without server_address"):
        change_site(database, lambda data: data.update(site={"kea": "/run/kea"}), "kea")


def test_another_socket_moves_the_parts_from_one_kea_to_the_other() -> None:
    first = SITE.model_copy(update={"kea": "/a"})
    second = SITE.model_copy(update={"kea": "/b"})
    names = [step.name for step in kea_steps(first, second)]
    assert names == ["changing Kea", "removing ringup's parts from Kea"]
    assert kea_steps(SITE, SITE) == ()
