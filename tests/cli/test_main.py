"""The command itself: help, settings, and how errors are printed."""

from collections.abc import Iterable
from pathlib import Path

import click
import pytest

from ringup import __version__
from ringup.cli.main import COMMANDS, cli, main
from ringup.errors import StoreError
from tests.cli.terminal import Ringup, terminal

OURS = ("phone", "group", "site", "apply", "export", "history")


def commands(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the words of every command and subcommand."""
    words: list[tuple[str, ...]] = []
    for name in names:
        command = cli.get_command(click.Context(cli, **cli.context_settings), name)
        parts = command.commands if isinstance(command, click.Group) else ()
        words += [(name,), *((name, part) for part in parts)]
    return words


def test_help_lists_every_command_in_the_order_of_the_road(ringup: Ringup) -> None:
    said = ringup("--help")
    assert said.status == 0
    listed = [line.split()[0] for line in said.out.splitlines() if line.strip()]
    assert [word for word in listed if word in COMMANDS] == list(COMMANDS)
    assert "ringup demo" in said.out
    assert ringup("-h").out == said.out


@pytest.mark.parametrize("words", commands(COMMANDS), ids=" ".join)
def test_every_command_has_help_with_a_first_sentence(ringup: Ringup, words: tuple[str, ...]) -> None:
    said = ringup(*words, "--help")
    assert (said.status, said.err) == (0, "")
    sentence = said.out.split("\n\n")[1].strip()
    assert sentence[0].isupper()
    assert "." in sentence


@pytest.mark.parametrize("words", commands(OURS), ids=" ".join)
def test_every_commands_help_has_an_example(ringup: Ringup, words: tuple[str, ...]) -> None:
    _, _, rest = ringup(*words, "--help").out.partition("\n\n")
    assert f"ringup {' '.join(words)}" in rest


def test_the_version_is_shown(ringup: Ringup) -> None:
    assert ringup("--version").out == f"ringup, version {__version__}\n"


@pytest.mark.parametrize(("wrong", "right"), [("phon", "phone"), ("exprot", "export"), ("hstory", "history")])
def test_a_misspelt_command_names_the_near_one(ringup: Ringup, wrong: str, right: str) -> None:
    said = ringup(wrong)
    assert said.status == 2
    assert f"No such command '{wrong}'. Did you mean {right}?" in said.err


def test_a_command_like_none_is_refused(ringup: Ringup) -> None:
    said = ringup("xyzzy")
    assert said.status == 2
    assert "No such command 'xyzzy'." in said.err


def test_one_problem_is_one_line(ringup: Ringup) -> None:
    said = ringup("phone", "show", "001646C0FFEE")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("ringup: phone 001646C0FFEE: is not in the site.")
    assert said.err.count("\n") == 1


def test_several_problems_stand_on_lines_of_their_own(ringup: Ringup) -> None:
    said = ringup("site", "set", "telnet_level=5", "tos_media=9")
    assert said.status == 2
    assert said.err == (
        "ringup: 2 problems, and nothing was changed:\n"
        "site: telnet_level is 5. It must be from 0 to 2.\n"
        "site: tos_media is 9. It must be from 0 to 5.\n"
    )


@pytest.mark.parametrize(
    "words", [("phone", "list"), ("group", "list"), ("site", "show"), ("export",), ("history",)], ids=" ".join
)
def test_a_database_that_cannot_be_used_is_said_with_a_cure(tmp_path: Path, words: tuple[str, ...]) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database\n" * 100)
    said = terminal(broken)(*words)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"ringup: database {broken}: file is not a database. Check that")


def test_a_file_of_settings_gives_flags_their_defaults(tmp_path: Path) -> None:
    ringup = terminal(tmp_path / "ringup.db")
    for number in range(3):
        ringup("site", "set", f"name=Office {number}")
    config = tmp_path / "ringup.toml"
    config.write_text("[history]\nlimit = 1\n")
    assert len(ringup("--config", str(config), "history", "--json").json()["revisions"]) == 1
    both = ringup("--config", str(config), "history", "--json", "--limit", "2").json()
    assert len(both["revisions"]) == 2


def test_a_broken_file_of_settings_is_refused(ringup: Ringup, tmp_path: Path) -> None:
    config = tmp_path / "ringup.toml"
    config.write_text("[history\n")
    said = ringup("--config", str(config), "history")
    assert said.status == 2
    assert "ringup.toml" in said.err


def test_flags_win_over_variables(tmp_path: Path) -> None:
    ringup = terminal(tmp_path / "variable.db")
    ringup("site", "set", "name=Flag", "--database", str(tmp_path / "flag.db"))
    assert not (tmp_path / "variable.db").exists()
    assert (tmp_path / "flag.db").exists()


@pytest.mark.parametrize(
    ("typed", "found", "said"),
    [
        ("ringup", None, "Add it: ringup firmware add P.zip"),
        (".venv/bin/ringup", "/usr/bin/ringup", "Add it: ringup firmware add P.zip"),
        (".venv/bin/ringup", None, "Add it: .venv/bin/ringup firmware add P.zip"),
        ("/srv/Straße/ringup", None, "Add it: '/srv/Straße/ringup' firmware add P.zip"),
        ("/usr/bin/pytest", None, "Add it: ringup firmware add P.zip"),
    ],
)
def test_a_cure_names_the_program_as_it_was_typed_where_it_is_not_in_the_path(
    typed: str,
    found: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse() -> None:
        raise StoreError("ringup serve", "the ringup database is bad.", "Add it: ringup firmware add P.zip")

    monkeypatch.setattr("ringup.cli.main.cli", refuse)
    monkeypatch.setattr("sys.argv", [typed])
    monkeypatch.setattr("shutil.which", lambda _name: found)
    with pytest.raises(SystemExit, match="2"):
        main()
    shown = capsys.readouterr().err
    assert shown.endswith(f"the ringup database is bad. {said}\n")
