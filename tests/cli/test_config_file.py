"""The file for --config: defaults for commands, and errors about options that do not exist."""

from pathlib import Path

import pytest

from ringup.cli import main
from tests.cli.terminal import Ringup, terminal


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "ringup.toml"


def refused(ringup: Ringup, config: Path, text: str) -> str:
    config.write_text(text)
    said = ringup("--config", str(config), "site", "show")
    assert (said.status, said.out) == (2, "")
    return said.err


def test_unknown_keys_are_named_all_at_once_with_the_near_ones(ringup: Ringup, config: Path) -> None:
    text = 'databse = "x"\n[serv]\nuser = "x"\n[serve]\ninterfce = "eth0"\n[phone.ad]\n[history]\nlimt = 3\n'
    assert refused(ringup, config, text) == (
        "ringup: 5 problems, and nothing was changed:\n"
        f"{config}: there is no command databse. Did you mean database?\n"
        f"{config}: there is no command serv. Did you mean serve?\n"
        f"{config}: [serve]: there is no option interfce. Did you mean interface?\n"
        f"{config}: [phone]: there is no command ad. Did you mean add?\n"
        f"{config}: [history]: there is no option limt. Did you mean limit?\n"
    )


def test_a_key_like_none_gets_the_list(ringup: Ringup, config: Path) -> None:
    said = refused(ringup, config, "[history]\nxyz = 1\n")
    assert "[history]: there is no option xyz. Choose from: limit, json, database, key." in said


def test_a_command_without_its_table_is_told_how(ringup: Ringup, config: Path) -> None:
    assert "serve is a command. Give it a table: [serve]" in refused(ringup, config, "serve = true\n")


def test_a_key_is_spelt_like_the_flag_even_where_the_parameter_has_another_name(
    ringup: Ringup, config: Path
) -> None:
    ringup("site", "set", "name=Office")
    config.write_text("[history]\njson = true\n")
    assert ringup("--config", str(config), "history").json()["revisions"][0]["id"] == 1


def test_a_table_below_a_groups_is_for_the_command_of_the_group(ringup: Ringup, config: Path) -> None:
    ringup("phone", "add", "001646C0FFEE")
    config.write_text("[phone.list]\njson = true\n")
    assert ringup("--config", str(config), "phone", "list").json()["phones"][0]["mac"] == "001646C0FFEE"


def test_a_database_before_the_tables_is_that_of_every_command(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ringup = terminal("")
    config.write_text(f'database = "{tmp_path}/site.db"\n')
    assert ringup("--config", str(config), "site", "set", "name=Office").status == 0
    assert (tmp_path / "site.db").is_file()
    assert "name: Office" in ringup("--config", str(config), "export").out


def test_the_file_of_this_machine_is_read_without_being_named(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "CONFIG_FILE", config)
    monkeypatch.delenv("RINGUP_CONFIG")
    config.write_text(f'database = "{tmp_path}/site.db"\n')
    assert terminal("")("site", "set", "name=Office").status == 0
    assert (tmp_path / "site.db").is_file()


def test_a_file_that_is_not_utf8_is_refused(ringup: Ringup, config: Path) -> None:
    config.write_bytes(b"# B\xfcro\n")
    said = ringup("--config", str(config), "site", "show")
    assert said.err == f"ringup: {config}: is not UTF-8. Save it as UTF-8.\n"
