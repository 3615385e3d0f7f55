"""The key of the secrets on the command line: where it is, the message without it, and how to recover."""

from pathlib import Path

import pytest

from ringup.store.accounts import Account, add_account
from ringup.store.database import open_database
from tests.cli.terminal import Ringup, terminal
from tests.store.test_encryption import closing_engine

MAC = "001646C0FFEE"


@pytest.fixture(autouse=True)
def log_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the log, which `serve` would otherwise change for all later tests of this process."""
    monkeypatch.setattr("ringup.serve.log.start_log", lambda *_: None)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "ringup.db"


@pytest.fixture
def with_phone(ringup: Ringup, database: Path) -> Ringup:
    """Make a site whose line has a password, and whose key is in the same folder."""
    assert ringup("phone", "add", MAC, "--extension", "201", "--secret", "s3cret").status == 0
    return ringup


def lose(key: Path) -> None:
    key.unlink()


def replace(key: Path) -> None:
    key.write_text("A" * 43 + "=\n")


@pytest.mark.parametrize("spoil", [lose, replace])
@pytest.mark.parametrize(
    "words",
    [
        ("phone", "list"),
        ("phone", "set", MAC, "--label", "x"),
        ("status",),
        ("history",),
        ("export", "--reveal"),
        ("serve", "--interface", "lo"),
    ],
    ids=" ".join,
)
def test_every_command_names_a_lost_or_wrong_key(
    with_phone: Ringup, database: Path, spoil: object, words: tuple[str, ...]
) -> None:
    key = database.with_name("ringup.db.key")
    assert callable(spoil)
    spoil(key)
    said = with_phone(*words)
    assert said.status == 2
    assert said.out == ""
    assert said.err.startswith(f"ringup: key {key}: ")
    assert f"the passwords of database {database}" in said.err
    assert "ringup apply --new-key site.yaml" in said.err


@pytest.mark.parametrize("spoil", [lose, replace])
def test_an_export_and_a_new_key_are_the_way_back(
    with_phone: Ringup, database: Path, tmp_path: Path, spoil: object
) -> None:
    file = tmp_path / "site.yaml"
    with_phone("export", "--reveal", "-o", str(file))
    assert callable(spoil)
    spoil(database.with_name("ringup.db.key"))
    said = with_phone("apply", "--new-key", str(file))
    assert said.status == 0, said.err
    assert with_phone("phone", "show", MAC, "--reveal", "--json").json()["lines"][0]["secret"] == "s3cret"
    assert [each["id"] for each in with_phone("history", "--json").json()["revisions"]] == [4, 3, 2, 1]


def test_a_lost_second_factor_is_reported_with_its_cure(
    with_phone: Ringup, database: Path, tmp_path: Path
) -> None:
    with closing_engine(open_database(str(database))) as engine:
        add_account(engine, Account("larry", "administrator", "hash", totp="JBSWY3DPEHPK3PXP"))
        add_account(engine, Account("bert", "viewer", "hash"))
    file = tmp_path / "site.yaml"
    with_phone("export", "--reveal", "-o", str(file))
    lose(database.with_name("ringup.db.key"))
    said = with_phone("apply", "--new-key", str(file))
    assert "Type: ringup account password larry --no-second-factor" in said.out
    assert "bert" not in said.out


def test_a_masked_export_is_no_way_back_and_changes_nothing(
    with_phone: Ringup, database: Path, tmp_path: Path
) -> None:
    file, key = tmp_path / "site.yaml", database.with_name("ringup.db.key")
    with_phone("export", "-o", str(file))
    kept = key.rename(tmp_path / "kept.key")
    said = with_phone("apply", "--new-key", str(file))
    assert said.status == 2
    assert "secret is masked, and no stored one is there to keep" in said.err
    assert not key.exists()
    assert with_phone("phone", "list", "--key", str(kept)).status == 0


def test_a_new_key_needs_a_lost_one(with_phone: Ringup, tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    with_phone("export", "--reveal", "-o", str(file))
    said = with_phone("apply", "--new-key", str(file))
    assert said.status == 2
    assert "it is the right one already. Leave --new-key out." in said.err


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_a_key_may_be_kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    database, key = tmp_path / "lab.db", tmp_path / "secrets" / "lab.key"
    ringup = terminal(database)
    flag = ("--key", str(key)) if way == "flag" else ()
    if way == "variable":
        monkeypatch.setenv("RINGUP_KEY", str(key))
    assert ringup("phone", "add", MAC, *flag).status == 0
    assert key.is_file()
    assert ringup("phone", "list", *flag).status == 0
    monkeypatch.delenv("RINGUP_KEY", raising=False)
    assert ringup("phone", "list").status == 2  # the option was valid for one command only


def test_the_file_of_settings_names_the_key_of_its_own_database_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, key, config = tmp_path / "lab.db", tmp_path / "lab.key", tmp_path / "ringup.toml"
    config.write_text(f'database = "{database}"\nkey = "{key}"\n')
    monkeypatch.setenv("RINGUP_CONFIG", str(config))
    assert terminal(database)("phone", "add", MAC).status == 0
    assert terminal(tmp_path / "other.db")("phone", "add", MAC).status == 0
    assert sorted(path.name for path in tmp_path.glob("*.key")) == ["lab.key", "other.db.key"]
