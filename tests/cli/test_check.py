"""`ringup check`: its output and its exit status; real machines are in tests/peers/test_check.py."""

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from ringup.check.facts import Facts
from ringup.check.probes import gather, service_unit
from ringup.check.probes.quick import Places
from ringup.cli.main import cli
from ringup.errors import NoSiteYet
from ringup.store.database import open_database
from tests.check.cases import CASES
from tests.check.sound import SOUND

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command with these facts in place of this machine's."""

    def run_with(facts: Facts, *arguments: str) -> click.testing.Result:
        monkeypatch.setattr(gather, "everything", lambda *_places, **_options: facts)
        database = str(tmp_path / "ringup.db")
        if not Path(database).exists():
            open_database(database).dispose()
        return click.testing.CliRunner().invoke(
            cli, ["check", "--no-listen", "--database", database, *arguments]
        )

    return run_with


def test_a_sound_machine_ends_with_0(run: Run) -> None:
    done = run(SOUND)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "No fault was found."


def test_an_error_ends_with_1_and_is_told_with_its_cure(run: Run) -> None:
    done = run(CASES["tftpd on 69"].facts, "--quiet")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "✗ UDP 69 (TFTP)         in.tftpd (process 9) has UDP port 69. Stop it:",
        "      systemctl disable --now tftpd-hpa",
    ]


def test_a_warning_ends_with_0(run: Run) -> None:
    assert run(CASES["nginx on 80"].facts).exit_code == 0


def test_a_database_that_cannot_be_read_ends_with_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ringup.db").write_text("This is not a database. " * 99)
    done = run(SOUND)
    assert done.exit_code != 0
    assert "ringup.db" in str(done.exception)


def test_looking_makes_no_database(tmp_path: Path) -> None:
    arguments = ["check", "--no-listen", "--database", str(tmp_path / "none.db")]
    done = click.testing.CliRunner().invoke(cli, arguments)
    assert isinstance(done.exception, NoSiteYet)  # its exit status is 2
    assert list(tmp_path.iterdir()) == []


def test_a_check_can_be_left_out(run: Run) -> None:
    assert run(CASES["tftpd on 69"].facts, "--ignore", "tftp-port").exit_code == 0


def test_an_unknown_check_cannot(run: Run) -> None:
    done = run(SOUND, "--ignore", "weather")
    assert done.exit_code == 2
    assert "ringup check --list" in done.output


def test_programs_get_json(run: Run) -> None:
    done = run(CASES["no phones"].facts, "--json")
    data = json.loads(done.stdout)
    assert (done.exit_code, data["version"], data["ok"]) == (1, 1, False)


def test_every_check_is_listed(run: Run) -> None:
    done = run(SOUND, "--list")
    assert "other-dhcp" in done.stdout
    assert done.exit_code == 0


@pytest.mark.parametrize(("arguments", "user"), [((), "service"), (("--user", "another"), "another")])
def test_the_rights_are_those_of_the_service_s_user_unless_one_is_named(
    arguments: tuple[str, ...], user: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []

    def everything(_site: object, places: Places, *_rest: object, **_options: object) -> Facts:
        seen.append(places.user)
        return SOUND

    monkeypatch.setattr(gather, "everything", everything)
    monkeypatch.setattr(service_unit, "unit_user", lambda: "service")
    database = str(tmp_path / "ringup.db")
    open_database(database).dispose()
    command = ["check", "--no-listen", "--database", database, *arguments]
    assert click.testing.CliRunner().invoke(cli, command).exit_code == 0
    assert seen == [user]


def test_the_site_s_records_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = []

    def everything(*places: object, **_options: object) -> Facts:
        seen.append(places[0])
        return SOUND

    monkeypatch.setattr(gather, "everything", everything)
    open_database(str(tmp_path / "ringup.db")).dispose()
    click.testing.CliRunner().invoke(cli, ["check", "--no-listen", "--database", str(tmp_path / "ringup.db")])
    assert len(seen) == 1
