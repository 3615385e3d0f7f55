"""The list of devices that send CDP, and the command that prints it."""

import socket
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ringup.cli.probe import probe
from ringup.probe import cdp as probe_module
from ringup.probe.cdp import CdpNeighbour, CdpNeighbours, listen
from ringup.wire.cdp import NO_VLAN
from tests.engine.test_voice_vlan import PHONE, SWITCH, query, switch

A_PHONE = CdpNeighbour(PHONE, f"SIP{PHONE}", "Cisco IP Phone 7960", "", "", NO_VLAN, True, True)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The other end of the tap."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    monkeypatch.setattr(probe_module, "_open_tap", lambda _interface: theirs)
    with ours:
        yield ours


def heard(*frames: bytes) -> CdpNeighbours:
    found = CdpNeighbours()
    for frame in frames:
        found.take(frame)
    return found


def test_phones_and_others_are_listed_apart_and_once() -> None:
    found = heard(query(), switch(), query(), b"noise", query()[:24])
    assert list(found.phones) == [A_PHONE]
    assert [(each.mac, each.voice_vlan) for each in found.others] == [(SWITCH, 10)]


@pytest.mark.parametrize(
    "frame", [query(vlan_query=b""), query(device=b"SIP001646C0FFAA"), query()[:-1] + b"\x55"]
)
def test_who_would_not_be_answered_would_not_be_moved(frame: bytes) -> None:
    (found,) = heard(frame).phones
    assert not found.would_move


def test_invented_devices_fill_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_module, "MOST_NEIGHBOURS", 5)
    assert len(heard(*(query(f"0016{number:08X}") for number in range(20))).phones) == 5


@given(st.binary(max_size=200))
def test_no_frame_raises(data: bytes) -> None:
    heard(query()[:22] + data, data)


def test_it_listens_until_its_time_is_over_or_the_operator_stops_it(wire: socket.socket) -> None:
    wire.send(query())
    told: list[CdpNeighbour] = []
    assert list(listen("eth0", 0.05, told.append).phones) == [A_PHONE] == told


def test_ctrl_c_ends_it_with_what_was_heard(wire: socket.socket) -> None:
    def stop(_found: CdpNeighbour) -> None:
        raise KeyboardInterrupt

    wire.send(query())
    assert list(listen("eth0", 60.0, stop).phones) == [A_PHONE]


@pytest.mark.parametrize(
    ("frames", "conclusion"),
    [
        ([query()], f"would move 1 phone:\n  {PHONE}  Cisco IP Phone 7960"),
        ([query(), query("001646C0FFAA")], "would move 2 phones:"),
        ([query(), switch()], "sw1 (cisco WS-C2950-12) sends CDP on eth0"),
        ([query(vlan_query=b"")], "No phone on eth0 asks for a voice VLAN"),
        ([], "No device sent CDP on eth0"),
    ],
)
def test_the_command_says_what_would_happen(
    wire: socket.socket, frames: list[bytes], conclusion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_module, "MOST_NEIGHBOURS", 5)
    for frame in frames:
        wire.send(frame)
    shown = CliRunner().invoke(probe, ["--cdp", "eth0", "--seconds", "0.05"])
    assert shown.exit_code == 0
    assert conclusion in shown.output
    assert "Nothing is sent." in shown.output
    assert shown.output.count("phone  0016") == sum(b"Cisco IP" in frame for frame in frames)
    wire.setblocking(False)
    with pytest.raises(BlockingIOError):
        wire.recv(10)


def test_a_device_in_the_list_says_its_names_and_vlan(wire: socket.socket) -> None:
    wire.send(switch())
    shown = CliRunner().invoke(probe, ["--cdp", "eth0", "--seconds", "0.05"])
    assert f"  other  {SWITCH}  cisco WS-C2950-12, sw1, announces voice VLAN 10\n" in shown.output
