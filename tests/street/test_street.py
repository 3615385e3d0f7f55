"""The server's own parts, emulated phones and a registrar with a simulated clock."""

from pathlib import Path

import pytest

from ringup.events import LineReachable, LineRegistered, LineUnreachable
from ringup.store.history import read_events
from ringup.street.cable import Datagram
from ringup.street.registrar import PbxBehaviour
from ringup.street.street import Street
from tests.street.streets import all_registered, mac_of, street


def on(opened: Street, *numbers: int) -> None:
    for number in numbers:
        opened.power_on(mac_of(number))


def kinds(opened: Street) -> list[type]:
    opened.run(2.0)
    return [type(event) for _, event in read_events(opened.server.database)]


def test_a_phone_from_the_box_is_converted_and_registers_in_virtual_minutes(tmp_path: Path) -> None:
    with street(tmp_path, fresh=True) as opened:
        on(opened, 0)
        assert opened.run_until(lambda: all_registered(opened), most=600)
        assert 100 < opened.loop.time() < 400
        flashed = [
            report.detail["load"] for report in opened.phones[mac_of(0)].reports if report.kind == "flash"
        ]
    assert flashed == ["P003-8-12-00", "P0S3-8-12-00"]


def test_the_store_tells_of_the_registration_and_of_the_answer_to_options(tmp_path: Path) -> None:
    with street(tmp_path) as opened:
        on(opened, 0)
        assert opened.run_until(lambda: all_registered(opened), most=120)
        seen = kinds(opened)
    assert LineRegistered in seen
    assert LineReachable in seen


def test_a_pbx_that_answers_to_the_source_port_registers_nobody(tmp_path: Path) -> None:
    with street(tmp_path, changes={"behaviour": PbxBehaviour(force_rport=True)}) as opened:
        on(opened, 0)
        assert not opened.run_until(lambda: all_registered(opened), most=180)
        dropped = [report for report in opened.phones[mac_of(0)].reports if report.kind == "dropped"]
    assert dropped


def test_a_pbx_that_rewrites_the_contact_cannot_reach_the_phone(tmp_path: Path) -> None:
    with street(tmp_path, changes={"behaviour": PbxBehaviour(rewrite_contact=True)}) as opened:
        on(opened, 0)
        assert opened.run_until(lambda: all_registered(opened), most=120)
        opened.run(10)
        seen = kinds(opened)
    assert LineUnreachable in seen
    assert LineReachable not in seen


def test_the_same_seed_is_the_same_street_datagram_by_datagram(tmp_path: Path) -> None:
    def datagrams(name: str, seed: int) -> list[tuple[float, Datagram]]:
        folder = tmp_path / name
        folder.mkdir()
        heard: list[Datagram] = []
        with street(folder, 2, changes={"seed": seed, "on_datagram": heard.append}) as opened:
            on(opened, 0, 1)
            assert opened.run_until(lambda: all_registered(opened), most=120)
            return [(opened.loop.time(), datagram) for datagram in heard]

    first = datagrams("first", 1)
    assert datagrams("again", 1) == first
    assert datagrams("other", 2) != first


@pytest.mark.thorough
def test_a_lost_datagram_costs_time_and_nothing_else(tmp_path: Path) -> None:
    """Every seventh datagram is lost."""
    with street(tmp_path, 3) as opened:
        opened.cable.faults.append(
            lambda _datagram, delays: () if opened.cable.counts.sent % 7 == 0 else delays
        )
        on(opened, 0, 1, 2)
        assert opened.run_until(lambda: all_registered(opened), most=900)
        assert opened.cable.counts.lost > 10


def test_phones_share_the_bytes_of_an_image(tmp_path: Path) -> None:
    images: list[bytes] = []

    def note(_mac: str, name: str, data: bytes, _server: str) -> None:
        if name.endswith(".sb2"):
            images.append(data)

    with street(tmp_path, 2, fresh=True, changes={"on_file": note}) as opened:
        on(opened, 0, 1)
        assert opened.run_until(lambda: all_registered(opened), most=600)
    first, second = images
    assert first is second
