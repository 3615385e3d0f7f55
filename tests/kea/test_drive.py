"""A change of a running Kea: checked first, set whole, written, and reverted if Kea refuses it."""

from collections.abc import Iterator
from copy import deepcopy
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from ringup.errors import OutsideError, UnsafeChange
from ringup.kea.control import KeaControl
from ringup.kea.drive import drive
from ringup.kea.merge import KeaChange, merged, removed
from ringup.site.model import Site
from tests.kea.fake_kea import FakeKea, fake_kea

CONFIG: dict[str, Any] = {
    "subnet4": [{"id": 1, "subnet": "10.77.0.0/24"}],
    "option-def": [],
    "client-classes": [],
}
REFUSED = {"result": 1, "text": "no such thing"}


@pytest.fixture
def kea(tmp_path: Path) -> Iterator[FakeKea]:
    with fake_kea(tmp_path, deepcopy(CONFIG)) as running:
        yield running


def plan(config: dict[str, Any]) -> KeaChange:
    return merged(config, Site(), IPv4Address("10.77.0.9"))


def change(kea: FakeKea, *, write: bool = True) -> list[str]:
    return drive(KeaControl(kea.path), plan, lambda _change: None, write=write)


def test_a_change_is_tested_set_and_written_and_undone_by_removing(kea: FakeKea) -> None:
    assert change(kea)[-1] == "Kea wrote it to /etc/kea/kea-dhcp4.conf."
    assert kea.commands == ["config-get", "config-test", "config-get", "config-set", "config-write"]
    assert change(kea) == [], "nothing is left to do"
    drive(KeaControl(kea.path), removed, lambda _change: None, write=True)
    assert kea.config == CONFIG


def test_without_writing_the_file_the_operator_is_told(kea: FakeKea) -> None:
    assert "a restart of Kea loses it" in change(kea, write=False)[-1]
    assert "config-write" not in kea.commands


def test_a_change_that_is_not_approved_or_fails_its_test_is_not_made(kea: FakeKea) -> None:
    def refuse(_change: KeaChange) -> None:
        raise UnsafeChange((), "")

    with pytest.raises(UnsafeChange):
        drive(KeaControl(kea.path), plan, refuse, write=True)
    kea.replies["config-test"] = REFUSED
    with pytest.raises(OutsideError, match=r"Kea's config-test: no such thing\."):
        change(kea)
    assert "config-set" not in kea.commands


def test_a_configuration_that_kea_refuses_is_replaced_by_the_former_one(kea: FakeKea) -> None:
    kea.replies["config-set"] = REFUSED
    with pytest.raises(OutsideError, match="config-set: no such thing"):
        change(kea)
    assert kea.commands[-2:] == ["config-set", "config-set"]


def test_a_file_that_cannot_be_written_is_said_and_the_change_stays(kea: FakeKea) -> None:
    kea.replies["config-write"] = {"result": 1, "text": "Permission denied"}
    assert change(kea)[-1] == (
        "Kea's file was not written (Permission denied): a restart of Kea loses the change."
    )
    assert kea.config["client-classes"]


def test_a_change_of_another_program_in_between_is_kept(kea: FakeKea) -> None:
    times = iter([{"valid-lifetime": 1}, {}])

    def other() -> None:
        kea.config = {**kea.config, **next(times)}

    kea.on_test = other
    change(kea)
    assert kea.config["valid-lifetime"] == 1
    assert kea.commands.count("config-set") == 1


def test_a_program_that_never_stops_changing_it_ends_the_attempt(kea: FakeKea) -> None:
    def other() -> None:
        kea.config = {**kea.config, "valid-lifetime": kea.config.get("valid-lifetime", 0) + 1}

    kea.on_test = other
    with pytest.raises(OutsideError, match="another program changes it"):
        change(kea)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("nonsense", "is not JSON"),
        ([{"result": 1, "text": "busy"}], "busy"),
        ([], "no reason given"),
        ({"result": 0, "arguments": {"Control-agent": {}}}, "serves no DHCPv4"),
        ({"result": 0}, "serves no DHCPv4"),
    ],
)
def test_a_strange_reply_is_an_error_with_a_fact(kea: FakeKea, reply: Any, said: str) -> None:
    kea.replies["config-get"] = reply
    with pytest.raises(OutsideError, match=said):
        KeaControl(kea.path).config()


def test_a_socket_that_does_not_exist_or_does_not_listen_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match='Set "control-socket"'):
        KeaControl(str(tmp_path / "none")).config()
    (tmp_path / "file").touch()
    with pytest.raises(OutsideError, match="Check that Kea runs"):
        KeaControl(str(tmp_path / "file")).config()
