"""The rehearsal of a complete site."""

from dataclasses import replace
from pathlib import Path

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.street.rehearsal import (
    RehearsalResult,
    RehearsalScript,
    building,
    from_factory,
    rehearse,
    with_load,
)
from tests.street.streets import LOAD, mac_of, site_of


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    write_package(tmp_path / "firmware", make_sip_package(LOAD))
    return tmp_path / "firmware"


def script_of(site: Site, firmware: Path) -> RehearsalScript:
    return RehearsalScript(site, firmware, with_load(site.phones, LOAD, "P003-8-12-00"))


def place(tmp_path: Path, name: str = "street") -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_a_sound_site_comes_up_and_its_times_are_told(firmware: Path, tmp_path: Path) -> None:
    told: list[tuple[float, int]] = []
    result = rehearse(
        script_of(site_of(3), firmware),
        place(tmp_path),
        lambda seconds, phones: told.append((seconds, phones)),
    )
    assert set(result.in_service) == {mac_of(0), mac_of(1), mac_of(2)}
    assert result.failures == ()
    assert result.share_in_service(0.0) == min(result.in_service.values())
    assert result.share_in_service(1.0) == max(result.in_service.values())
    assert (told[-1][1], result.boots) == (3, 3)


def test_a_conversion_takes_minutes_and_many_datagrams(firmware: Path, tmp_path: Path) -> None:
    site = site_of(1)
    result = rehearse(replace(script_of(site, firmware), flashes=from_factory(site.phones)), place(tmp_path))
    assert result.failures == ()
    assert result.seconds > 100
    assert result.datagrams > 3_000


def test_a_load_that_is_not_filed_names_the_phone_and_the_stage(firmware: Path, tmp_path: Path) -> None:
    for image in firmware.glob("*.sb2"):
        image.unlink()
    site = site_of(1)
    script = replace(script_of(site, firmware), flashes=from_factory(site.phones), most=600.0)
    (failure,) = rehearse(script, place(tmp_path)).failures
    assert (failure.mac, failure.extensions) == (mac_of(0), ("200",))
    assert "sb2" in failure.why


def test_after_a_power_cut_all_come_back(firmware: Path, tmp_path: Path) -> None:
    result = rehearse(replace(script_of(site_of(2), firmware), power_cut=True), place(tmp_path))
    assert result.again is not None
    assert 10 < result.again < 300
    assert result.boots == 4


def test_faults_delay_the_boot(firmware: Path, tmp_path: Path) -> None:
    script = script_of(site_of(1), firmware)
    quick = rehearse(script, place(tmp_path, "quick"))
    slow = rehearse(replace(script, faults=("no-dhcp",)), place(tmp_path, "slow"))
    assert slow.failures == ()
    assert slow.seconds > quick.seconds + 60


def test_a_site_without_a_network_gets_the_streets_and_a_named_pbx_is_found(
    firmware: Path, tmp_path: Path
) -> None:
    site = site_of(1).model_copy(
        update={"subnets": (), "server_address": None, "pbx": Pbx(address="pbx.example.org")}
    )
    assert rehearse(script_of(site, firmware), place(tmp_path)).failures == ()


def test_a_building_boots_although_the_site_has_a_server_address(firmware: Path, tmp_path: Path) -> None:
    site = building(2, site_of(1))
    assert site.server_address is not None
    assert rehearse(script_of(site, firmware), place(tmp_path)).failures == ()


def test_stages_of_folded_boots_are_those_of_whole_ones(firmware: Path, tmp_path: Path) -> None:
    site = site_of(4)
    script = replace(script_of(site, firmware), flashes=from_factory(site.phones))
    whole, whole_events = rehearsed(script, place(tmp_path, "whole"))
    folded, folded_events = rehearsed(replace(script, fold=True), place(tmp_path, "folded"))
    assert whole.folded == 0 < folded.folded
    assert folded.datagrams < whole.datagrams
    assert folded.in_service == whole.in_service
    for mac, events in whole_events.items():
        assert [what for _, what in folded_events[mac]] == [what for _, what in events]
        assert [at for at, _ in folded_events[mac]] == pytest.approx([at for at, _ in events], abs=2.0)


def rehearsed(
    script: RehearsalScript, folder: Path
) -> tuple[RehearsalResult, dict[str, list[tuple[float, str]]]]:
    """Return the result, and the time of each event for each phone."""
    result = rehearse(script, folder)
    engine = open_database(str(folder / "street.db"))
    events: dict[str, list[tuple[float, str]]] = {mac: [] for mac in script.flashes}
    for _, event in read_events(engine):
        if event.mac:
            events[event.mac].append((event.at, f"{type(event).__name__} {getattr(event, 'name', '')}"))
    engine.dispose()
    return result, events


def test_an_image_is_fetched_whole_where_the_cable_has_a_fault(firmware: Path, tmp_path: Path) -> None:
    site = site_of(3)
    script = RehearsalScript(site, firmware, from_factory(site.phones), faults=("delay", "jitter"), fold=True)
    result = rehearse(script, place(tmp_path))
    assert result.failures == ()
    assert result.folded < 4


def test_a_building_has_as_many_phones_as_asked_and_no_two_alike() -> None:
    phones = building(300, site_of(1)).phones
    assert len({phone.mac for phone in phones}) == len({phone.lines[0].extension for phone in phones}) == 300
    assert all(isinstance(phone, Phone) for phone in phones)
