"""The documents are true: every command in them exists with its options, and every link has a target."""

import re
import shlex
from pathlib import Path
from textwrap import indent

import click
import pytest

from ringup.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

COMMAND_LINE = re.compile(r"^ {4,8}(?:\$ )?(?:sudo )?(ringup (?:[^\n]*\\\n)*[^\n]*)$", re.MULTILINE)
"""Matches one command; a backslash at the end of a line continues it."""
FENCED = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def commands_in(page: Path) -> list[str]:
    """Return the `ringup …` lines in a page's blocks of commands, without remarks and pipes after them."""
    text = FENCED.sub(lambda block: indent(block[1], "    "), page.read_text(encoding="utf-8"))
    return [re.split(r" {2,}| \| ", re.sub(r" *\\\n *", " ", line))[0] for line in COMMAND_LINE.findall(text)]


def resolve(words: list[str]) -> None:
    """Find the command and parse its flags as the command line would; raises click's errors."""
    command: click.Command = cli
    context = click.Context(cli, info_name="ringup", **cli.context_settings)
    while isinstance(command, click.Group):
        name, words = words[0], words[1:]
        found = command.get_command(context, name)
        assert found is not None, f"no command {name}"
        context = click.Context(found, parent=context, info_name=name)
        command = found
        if not words:
            return
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_the_page_exists_with_its_flags(page: Path) -> None:
    for line in commands_in(page):
        resolve(shlex.split(line)[1:])


def test_the_pages_hold_commands_at_all() -> None:
    assert len(commands_in(ROOT / "README.md")) >= 8


def test_a_flag_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(click.NoSuchOption):
        resolve(["demo", "--no-such-flag"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_page_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli, **cli.context_settings), name)
    assert command is not None
    assert command.help
    pages = [command]
    if isinstance(command, click.Group):
        pages += command.commands.values()
    text = "".join(f"{page.help}{page.epilog}" for page in pages)
    assert f"ringup {name}" in text
