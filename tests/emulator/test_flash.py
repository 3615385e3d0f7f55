"""The data that a phone keeps without power (P-LOAD-18, P-CNF-4, P-PATH-22)."""

import json
from pathlib import Path

import pytest

from ringup.emulator.flash import (
    Flash,
    load,
    save,
    with_address,
    with_application,
    with_loader,
    with_settings,
)
from ringup.errors import OutsideError

FACTORY = Flash("001646C0FFEE", "7960")


def test_a_factory_phone_runs_sccp_with_a_loader_of_its_time() -> None:
    assert FACTORY.application == "P00305000200"
    assert FACTORY.protocol == "SCCP"
    assert FACTORY.loader_version != "PAS30830"


@pytest.mark.parametrize(
    ("load_name", "protocol"), [("P0S3-8-12-00", "SIP"), ("P0M3-06-1-00", "MGCP"), ("", "")]
)
def test_the_third_character_of_the_application_is_the_protocol(load_name: str, protocol: str) -> None:
    assert with_application(FACTORY, load_name).protocol == protocol


def test_what_a_file_leaves_out_keeps_its_value() -> None:
    flash = with_settings(with_settings(FACTORY, {"sync": "1", "line1_name": "201"}), {"sync": "2"})
    assert flash.settings == {"sync": "2", "line1_name": "201"}


def test_a_new_loader_wipes_passwords_and_network_settings() -> None:
    flash = with_settings(
        FACTORY,
        {"line1_password": "x", "phone_password": "y", "dyn_tftp_addr": "192.0.2.1", "line1_name": "201"},
    )
    assert with_loader(flash, "P003-8-12-00", "PAS30830").settings == {"line1_name": "201"}


def test_a_new_loader_wipes_the_address_of_the_last_lease() -> None:
    assert with_loader(with_address(FACTORY, "192.0.2.50"), "P003-8-12-00", "PAS30830").address == ""


def test_a_flash_file_from_before_addresses_were_kept_is_read(tmp_path: Path) -> None:
    path = tmp_path / "flash.json"
    save(path, FACTORY)
    record = json.loads(path.read_text())
    del record["address"]
    path.write_text(json.dumps(record))
    assert load(path) == FACTORY


def test_flash_survives_the_power(tmp_path: Path) -> None:
    path = tmp_path / "phones" / "flash.json"
    flash = with_settings(with_application(FACTORY, "P0S3-8-12-00"), {"phone_label": "Küche"})
    flash = with_address(flash, "192.0.2.50")
    save(path, FACTORY)
    save(path, flash)
    assert load(path) == flash
    assert [each.name for each in path.parent.iterdir()] == ["flash.json"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_phone_without_a_flash_file_is_new(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"mac": 1}', '{"settings": {"a": 1}}', "\udcff"])
def test_a_damaged_flash_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "flash.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(OutsideError, match=r"flash\.json"):
        load(path)
