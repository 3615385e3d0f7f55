"""The completions that the Tab key offers in bash."""

from pathlib import Path

import pytest

from ringup.cli.main import COMMANDS, cli
from tests.cli.terminal import Ringup, terminal


@pytest.fixture
def office(ringup: Ringup) -> Ringup:
    ringup("group", "add", "sales", "--load", "P0S3-08-11-00")
    ringup("phone", "add", "001646C0FFEE", "--extension", "201", "--name", "Ann", "--label", "Reception")
    ringup("phone", "add", "001646C0FFEF", "--extension", "202")
    return ringup


@pytest.fixture
def offered(office: Ringup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "type[Offer]":
    monkeypatch.setenv("RINGUP_DATABASE", str(tmp_path / "ringup.db"))
    return Offer


class Offer(list[str]):
    """The words that bash is offered for the last word of a line."""

    def __init__(self, line: str) -> None:
        words = line.split(" ")
        environment = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**environment, "_RINGUP_COMPLETE": "bash_complete"}.items():
                patch.setenv(name, value)
            super().__init__(completed())


def completed() -> list[str]:
    """Return the result of click's own completion for bash."""
    from click.shell_completion import BashComplete

    context = {"auto_envvar_prefix": "RINGUP", "help_option_names": ["-h", "--help"]}
    done = BashComplete(cli, context, "ringup", "_RINGUP_COMPLETE").complete()
    return [line.partition(",")[2] for line in done.splitlines()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ringup phone show ", ["001646C0FFEE", "201", "Reception", "001646C0FFEF", "202"]),
        ("ringup phone show 2", ["201", "202"]),
        ("ringup phone show re", ["Reception"]),
        ("ringup phone remove 201 00", ["001646C0FFEE", "001646C0FFEF"]),
        ("ringup status 20", ["201", "202"]),
        ("ringup render 20", ["201", "202"]),
        ("ringup group show ", ["sales"]),
        ("ringup phone set 201 --group s", ["sales"]),
        ("ringup phone set 201 telnet", ["telnet_level="]),
        ("ringup phone set 201 lab", ["label="]),
        ("ringup phone set 201 --unset telnet", ["telnet_level"]),
        ("ringup site set pbx.manager_s", ["pbx.manager_secret="]),
        ("ringup firmware check P0S3-08", ["P0S3-08-11-00"]),
        ("ringup group set sales --load P0S3-08", ["P0S3-08-11-00"]),
    ],
)
def test_an_argument_offers_what_the_site_has(offered: type[Offer], line: str, words: list[str]) -> None:
    assert offered(line) == words


def test_a_command_is_offered_without_importing_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda name: pytest.fail(f"imported {name}"))
    assert Offer("ringup ") == list(COMMANDS)
    assert Offer("ringup ph") == ["phone"]


def test_flags_are_offered_as_well(offered: type[Offer]) -> None:
    assert offered("ringup phone add --ext") == ["--extension"]
    assert offered("ringup --conf") == ["--config"]


def test_a_site_that_cannot_be_read_offers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGUP_DATABASE", str(tmp_path / "none.db"))
    assert Offer("ringup phone show ") == []
    assert Offer("ringup phone add ") == []
    assert list(tmp_path.iterdir()) == []


def test_the_mac_of_a_phone_with_a_lease_is_offered_to_be_added(offered: type[Offer], tmp_path: Path) -> None:
    from ringup.engine.dhcp.lease import Lease
    from ringup.store.database import open_database
    from ringup.store.leases import save_leases

    engine = open_database(str(tmp_path / "ringup.db"))
    save_leases(engine, [Lease("001646C0FFEE", "10.0.0.1", 9e9), Lease("00156299A0B1", "10.0.0.2", 9e9)])
    engine.dispose()
    assert offered("ringup phone add ") == ["00156299A0B1"]
    assert terminal(tmp_path / "ringup.db")("phone", "add", "00156299A0B1").status == 0
    assert offered("ringup phone add ") == []
