"""`ringup rehearse` as people type it."""

from pathlib import Path

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from tests.cli.terminal import Ringup
from tests.street.streets import LOAD


@pytest.fixture(name="office")
def _office(ringup: Ringup, tmp_path: Path) -> Ringup:
    """Make a site with one phone and its firmware."""
    write_package(tmp_path / "firmware", make_sip_package(LOAD))
    ringup("phone", "add", "001646000001", "--extension", "201")
    return ringup


def test_the_phones_of_the_site_come_up_in_minutes_that_nobody_waits(office: Ringup) -> None:
    assert "1 of 1 phones got into service" in office("rehearse").out


def test_who_does_not_come_up_is_listed_with_a_reason(office: Ringup, tmp_path: Path) -> None:
    for image in (tmp_path / "firmware").glob("*.sbn"):
        image.unlink()
    said = office("rehearse", "--from", "factory", "--most", "10", "--json")
    assert (said.status, said.json()["in_service"]) == (1, 0)
    assert ".sbn" in said.json()["failures"][0]["why"]
    shown = office("rehearse", "--from", "factory", "--most", "10")
    assert shown.status == 1
    assert "0 of 1 phones got into service" in shown.out
    assert "001646000001" in shown.out


def test_a_change_is_rehearsed_and_not_made(office: Ringup, tmp_path: Path) -> None:
    changed = tmp_path / "site.yaml"
    changed.write_text(
        f"site: {{load: {LOAD}}}\nphones:\n"
        "  - {mac: '001646000001', lines: [{extension: '201'}]}\n"
        "  - {mac: '001646000002', lines: [{extension: '202'}]}\n"
    )
    assert "2 of 2 phones got into service" in office("rehearse", "--change", str(changed)).out
    assert "001646000002" not in office("phone", "list").out


def test_an_unknown_fault_is_refused_with_those_that_there_are(office: Ringup) -> None:
    said = office("rehearse", "--fault", "gremlins")
    assert said.status == 2
    assert "force-rport" in said.err
